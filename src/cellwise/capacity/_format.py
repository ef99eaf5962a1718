"""Numbers from 0.001 to 2^4000 in at most seven characters."""

import math

from cellwise.capacity._statement import Statement

ABSENT = "-"
# a unit begins where three digits would round up to it
_UNITS = ((0.9995e12, 1e12, "T"), (0.9995e9, 1e9, "G"), (0.9995e6, 1e6, "M"), (9999.5, 1e3, "k"))


def short(value: float | None) -> str:
    """Write a number with three digits.

    Args:
        value: Number, not negative; ``None`` for none.

    Returns:
        Text such as ``51.8k``, ``0.0966`` or ``2^56``.

    Example:
        >>> short(51_777), short(256), short(0.25), short(2.0**80)
        ('51.8k', '256', '0.25', '2^80')
    """
    if value is None or not math.isfinite(value):
        return ABSENT
    if value >= 1e15:
        return f"2^{math.log2(value):.0f}"
    for begin, size, unit in _UNITS:
        if value >= begin:
            return f"{float(f'{value / size:.3g}'):g}{unit}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def whole(value: float | None) -> str:
    """Write a count in full where it is short enough.

    Args:
        value: Count; ``None`` for none.

    Returns:
        Text such as ``51,777``.
    """
    return f"{value:,.0f}" if value is not None and value < 1e8 else short(value)


def stated(statement: Statement) -> str:
    """Write the number of a statement, also one too large for a float.

    Args:
        statement: The statement.

    Returns:
        Text.
    """
    if statement.value is None and statement.log2_value is not None:
        return f"2^{statement.log2_value:.0f}"
    return short(statement.value)
