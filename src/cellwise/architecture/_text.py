"""How the text form writes numbers, names and options."""

import re
from collections.abc import Iterable

_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*")


def number_text(value: float) -> str:
    """Write a number so that reading it gives the same number.

    Args:
        value: A number.

    Returns:
        The shorter of the six-digit form and the full one that reads back equal.
    """
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def call_text(name: str, arguments: Iterable[str]) -> str:
    """Write a layer.

    Args:
        name: Such as ``dense``.
        arguments: Such as ``8`` and ``relu``; empty ones are left out.

    Returns:
        Such as ``dense(8, relu)``.
    """
    return f"{name}({', '.join(argument for argument in arguments if argument)})"


def column_text(name: str) -> str:
    """Write the name of a column, in quotes where it is not a plain word.

    Args:
        name: Any name without a double quote.

    Returns:
        Such as ``temp`` or ``"wind speed"``.
    """
    return name if _PLAIN_NAME.fullmatch(name) else f'"{name}"'


def chain_text(layers: Iterable[object]) -> str:
    """Write layers that stand on one another.

    Args:
        layers: First layer first.

    Returns:
        Such as ``lstm(8) > dense(4)``.
    """
    return " > ".join(str(layer) for layer in layers)
