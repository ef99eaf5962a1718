"""Options of layers that tuning tries: what the cells compute, and what noise they are given."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import Any

from cellwise._errors import ArchitectureError
from cellwise.architecture import Architecture, RecurrentLayer

STAGES_OF_LAYERS = {
    "activation": ("activation", "gate_activation"),
    "recurrent_dropout": ("recurrent_dropout",),
    "zoneout": ("zoneout",),
}
"""Stage of tuning to the fields of a recurrent layer that it tries."""

LAYER_OPTIONS = tuple(chain.from_iterable(STAGES_OF_LAYERS.values()))
"""Fields of a recurrent layer that have ranges."""


def with_layer_options(architecture: Architecture, **options: Any) -> Architecture:
    """Change every recurrent layer of a stack.

    Args:
        architecture: The stack; other layers stay as they are.
        **options: Fields of `RecurrentLayer`.

    Returns:
        The stack with the options.

    Raises:
        ArchitectureError: If a layer cannot have them.
    """  # noqa: DOC502  raised by the layers
    return replace(
        architecture,
        layers=tuple(
            replace(layer, **options) if isinstance(layer, RecurrentLayer) else layer
            for layer in architecture.layers
        ),
    )


def like(architecture: Architecture, model: Architecture) -> Architecture:
    """Give the layers of one stack the options of another.

    Args:
        architecture: The stack.
        model: Its first recurrent layer has the options.

    Returns:
        The stack with the options.
    """
    first = model.recurrent_layers[0]
    return with_layer_options(
        architecture, **{name: getattr(first, name) for name in LAYER_OPTIONS}
    )


def with_values(
    architecture: Architecture, name: str, values: Iterable[Any]
) -> dict[Any, Architecture]:
    """Return a stack with each value of one option.

    Args:
        architecture: The stack.
        name: The option.
        values: What to try.

    Returns:
        A stack for each value that it can have: a simple RNN has no gates.
    """
    found = {}
    for value in values:
        with suppress(ArchitectureError):
            found[value] = with_layer_options(architecture, **{name: value})
    return found
