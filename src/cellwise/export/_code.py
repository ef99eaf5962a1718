"""What the writers of torch and Keras code share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from cellwise._errors import ArchitectureError
from cellwise.architecture import Architecture, Chain, Placed, RecurrentLayer, place_words


@dataclass(frozen=True, slots=True)
class Value:
    """A variable of the code.

    Attributes:
        sequence: Every step of it, or a vector alone.
        end: What stands at its end.
    """

    sequence: str
    end: str


def network_chain(
    architecture: Architecture,
    columns: Sequence[str],
    *,
    input_size: int,
    output_size: int,
    output_steps: int,
) -> tuple[Chain, tuple[str, ...]]:
    """Place the layers that are to be written.

    Args:
        architecture: The network.
        columns: Names of the input features, where branches name theirs; empty for the network's.
        input_size: Input features F.
        output_size: Outputs O.
        output_steps: Steps at the end that the output layer reads; 0 for the last one alone.

    Returns:
        The layers, and the names of the input features.

    Raises:
        ArchitectureError: If a named column is absent.
    """  # noqa: DOC502  raised by require_columns
    if columns:
        architecture.require_columns(columns)
    chain = architecture.place(
        input_size=input_size, output_size=output_size, every_step=output_steps > 0
    )
    return chain, tuple(columns) or architecture.columns


def recurrent_layer(placed: Placed) -> RecurrentLayer:
    """Return a layer that must be recurrent.

    Args:
        placed: The layer in its place.

    Returns:
        The layer.

    Raises:
        TypeError: If it is not recurrent.
    """
    if not isinstance(placed.layer, RecurrentLayer):
        raise TypeError(f"{placed.path} must be recurrent, got {placed.layer}")
    return placed.layer


def recurrent_inputs(
    placed: Placed, below: str, network_input: str, beside: dict[str, str]
) -> list[str]:
    """List what a recurrent layer reads at each step, to be put side by side.

    Args:
        placed: The layer in its place.
        below: What the layer below hands on.
        network_input: What the first layer of the chain reads.
        beside: What some layers read besides, by path.

    Returns:
        One or more variables.
    """
    read = [below]
    if recurrent_layer(placed).from_input and not placed.path.endswith(".0"):
        read.append(network_input)
    if placed.path in beside:
        read.append(beside[placed.path])
    return read


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
    """  # noqa: DOC502  raised by cannot and recurrent_layer
    layer = recurrent_layer(placed)
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
