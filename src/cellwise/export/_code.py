"""What the writers of torch and Keras code share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from cellwise._errors import ArchitectureError
from cellwise.architecture import Chain, Placed, RecurrentLayer, place_words


@dataclass(frozen=True, slots=True)
class Value:
    """A variable of the code.

    Attributes:
        sequence: Every step of it, or a vector alone.
        end: What stands at its end.
    """

    sequence: str
    end: str


def cannot(placed: Placed, side: str, what: str) -> NoReturn:
    """Refuse a layer that the other side has no words for.

    Args:
        placed: The layer.
        side: ``torch`` or ``keras``.
        what: What is missing there.

    Raises:
        ArchitectureError: Always; names the layer.
    """
    where = place_words(placed.path)
    raise ArchitectureError(f"{where}, {placed.layer}: {side} has no {what}")


def unusual_options(layer: RecurrentLayer) -> dict[str, bool]:
    """Tell which options a layer uses that neither side has.

    Args:
        layer: The layer.

    Returns:
        What it is, in words, and whether it is used.
    """
    return {
        "second projection (skip)": layer.skip_size > 0,
        "peepholes": layer.peephole,
        "coupled gates": layer.coupled,
        "layer normalisation inside of a cell (ln)": layer.layer_norm != "none",
        "zoneout": layer.zoneout > 0,
        "deep gates": layer.gate_depth > 1,
        "deep transition": layer.transition_depth > 1,
    }


def refuse_options(placed: Placed, side: str, more: dict[str, bool]) -> RecurrentLayer:
    """Refuse a recurrent layer with an option that the other side does not have.

    Args:
        placed: The layer.
        side: ``torch`` or ``keras``.
        more: What else is missing there, and whether it is used.

    Returns:
        The layer.

    Raises:
        ArchitectureError: At the first option that is used and missing.
        TypeError: If the layer is not recurrent.
    """  # noqa: DOC503  one is raised by cannot
    layer = placed.layer
    if not isinstance(layer, RecurrentLayer):
        raise TypeError(f"{placed.path} must be recurrent, got {layer}")
    for what, used in (unusual_options(layer) | more).items():
        if used:
            cannot(placed, side, what)
    if placed.input.streams > 1:
        cannot(placed, side, "layer whose directions read a sequence each")
    return layer


def column_indices(chain: Chain, columns: Sequence[str]) -> list[int]:
    """Find the columns of a branch.

    Args:
        chain: The branch.
        columns: Columns of the input, in order.

    Returns:
        Indices; empty where the branch reads all.
    """
    return [columns.index(name) for name in chain.columns]
