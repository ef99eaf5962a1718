"""Options of layers that tuning tries: what the cells compute, and what noise they are given."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from cellwise._errors import ArchitectureError
from cellwise.architecture import Architecture, RecurrentLayer

LAYER_OPTIONS = ("activation", "gate_activation", "recurrent_dropout", "zoneout")
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


def other_values(
    architecture: Architecture, name: str, values: Iterable[Any]
) -> list[Architecture]:
    """Return a stack with other values of one option.

    Args:
        architecture: The stack.
        name: The option.
        values: What to try.

    Returns:
        A stack for each value that it does not have and can have: a simple RNN has no gates.
    """
    found = []
    for value in values:
        try:
            other = with_layer_options(architecture, **{name: value})
        except ArchitectureError:
            continue
        if other != architecture:
            found.append(other)
    return found
