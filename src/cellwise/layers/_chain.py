"""Chains of layers, and chains side by side."""

from cellwise.architecture import Branches, Chain, Embedding, Placed, RecurrentLayer
from cellwise.layers._feed_forward import make_simple
from cellwise.layers._flow import Flow, Run, Signal, Streams, side_by_side
from cellwise.layers._plan import Plan
from cellwise.layers._recurrent import make_recurrent


def make_chain(chain: Chain, plan: Plan) -> Run:
    """Make the layers of a chain.

    Args:
        chain: Layers at their place.
        plan: The network.

    Returns:
        The chain as one layer: what its tapped layers hand on, side by side.

    Raises:
        ArchitectureError: If a layer cannot be run; names it.
    """  # noqa: DOC502  raised by the layers
    layers = [
        (placed.path, _make(placed, plan), index in chain.taps, isinstance(placed.layer, Embedding))
        for index, placed in enumerate(chain.placed)
    ]
    every = chain.placed[-1].returns == "all"

    def run(flow: Flow, below: Signal, source: Signal) -> Signal:
        tapped = []
        for path, layer, is_tap, is_embedding in layers:
            below = layer(flow, below, source)
            if flow.trace is not None:
                flow.trace[path] = below
            if is_embedding:
                source = below  # tokens as they are mean nothing beside numbers
            if is_tap:
                tapped.append(below)
        return _joined(tapped, every=every)

    return run


def _make(placed: Placed, plan: Plan) -> Run:
    layer = placed.layer
    if isinstance(layer, RecurrentLayer):
        return make_recurrent(placed, layer, plan)
    if isinstance(layer, Branches):
        return _make_branches(placed, layer, plan)
    return make_simple(placed, plan)


def _joined(signals: list[Signal], *, every: bool) -> Signal:
    """Put what several layers hand on side by side, the two streams of one as well."""
    if len(signals) == 1 and len(signals[0].steps) < 2 and len(signals[0].ends) < 2:
        return signals[0]
    if every and signals[0].steps:
        return Signal(steps=(side_by_side([s for one in signals for s in one.steps]),))
    return Signal(ends=(side_by_side([s for one in signals for s in one.end()]),))


def _make_branches(placed: Placed, group: Branches, plan: Plan) -> Run:
    chains = [(make_chain(chain, plan), _columns(group, chain, plan)) for chain in placed.chains]
    every = placed.returns == "all"

    def run(flow: Flow, below: Signal, source: Signal) -> Signal:
        found = []
        for chain, columns in chains:
            given = Signal(steps=_picked(below.steps, columns), ends=_picked(below.ends, columns))
            found.append(chain(flow, given, given))
        return _joined(found, every=every)

    return run


def _picked(streams: Streams, columns: list[int]) -> Streams:
    return tuple(values[..., columns] for values in streams) if columns else streams


def _columns(group: Branches, chain: Chain, plan: Plan) -> list[int]:
    """Indices of the columns that a branch reads; none for all."""
    known = plan.columns or group.columns
    return [known.index(name) for name in chain.columns]
