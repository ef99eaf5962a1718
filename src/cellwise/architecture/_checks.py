"""Checks of fields that several layers share."""

from typing import Literal, get_args

from cellwise._errors import ArchitectureError

Activation = Literal["tanh", "relu", "sigmoid", "hard_sigmoid", "linear"]
"""Functions that a layer may apply; ``hard_sigmoid`` is ``clip(x / 6 + 1/2, 0, 1)``."""

ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)


def check_size(name: str, value: int, least: int = 1) -> None:
    """Refuse a number that is too small.

    Args:
        name: Field, for the message.
        value: Its value.
        least: Smallest value that is allowed.

    Raises:
        ArchitectureError: If it is smaller.
    """
    if value < least:
        raise ArchitectureError(f"{name} must be at least {least}, got {value}")


def check_rate(name: str, value: float) -> None:
    """Refuse what is no rate of dropping.

    Args:
        name: Field, for the message.
        value: Its value.

    Raises:
        ArchitectureError: If it is below 0, or 1 and above.
    """
    if not 0.0 <= value < 1.0:
        raise ArchitectureError(f"{name} must be at least 0 and below 1, got {value}")


def check_word(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a word that is not in a list.

    Args:
        name: Field, for the message.
        value: Its value.
        allowed: Words that are allowed.

    Raises:
        ArchitectureError: If it is none of them.
    """
    if value not in allowed:
        raise ArchitectureError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")
