"""Derive what each layer hands on: all steps, the last one, or one pooled vector."""

from dataclasses import replace

from cellwise.architecture._encoder_decoder import Encoder
from cellwise.architecture._shapes import Chain, Placed, Return, needs_all_steps


def with_returns(chain: Chain, wanted: Return) -> Chain:
    """Set what each layer of a chain hands on.

    Args:
        chain: Layers at their place.
        wanted: What the reader of the chain needs: ``all`` or ``last``.

    Returns:
        The chain with ``returns`` set.
    """
    need, found = wanted, list(chain.placed)
    for index in reversed(range(len(found))):
        if index in chain.taps and wanted == "all":
            need = "all"
        found[index] = _with_return(found[index], need)
        need = "all" if needs_all_steps(found[index]) else "last"
    return replace(chain, placed=tuple(found))


def _with_return(placed: Placed, need: Return) -> Placed:
    need = need if placed.output.steps else "pooled"
    chains = tuple(with_returns(chain, need) for chain in placed.chains)
    if isinstance(placed.layer, Encoder) and need == "last":
        # the decoder starts from the states alone
        chains = tuple(with_returns(chain, "last") for chain in placed.chains)
    return replace(placed, returns=need, chains=chains)
