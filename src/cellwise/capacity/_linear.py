"""VC dimension of linear recurrent perceptrons, the one class with tight constants."""

import math

from cellwise.capacity._vc import Interval


def dasgupta_sontag(*, order: int, extra: int) -> Interval:
    """VC dimension of linear recurrent perceptrons: signs of n-recursive filters of length n + q.

    Theorem 1, found; a fraction garbled in the text was completed from memory and agrees with
    the corollary.

    Args:
        order: Order n of the recursion.
        extra: Length q beyond n, at least 1.

    Returns:
        Lower and upper limit.

    Reference:
        Dasgupta & Sontag (1995), "Sample Complexity for Learning Recurrent Perceptron Mappings",
        NIPS 8, Theorem 1.

    Example:
        >>> found = dasgupta_sontag(order=5, extra=1000)
        >>> found.lower, round(found.upper, 2)
        (35, 289.34)
    """
    n, q = order, extra
    lower = max(n, n * math.floor(math.log2(1 + (q - 1) // n)))
    return Interval(lower=lower, upper=min(n + q, 18 * n + 4 * n * math.log2(q + 1)))


def dasgupta_sontag_order(*, order: int, extra: int) -> Interval | None:
    """Closed form of `dasgupta_sontag` for long filters.

    Theorem (corollary, found): ``(n/2) log2 q <= VC <= 8 n log2 q`` for ``q > max(2 + n^2, 32)``.

    Args:
        order: Order n of the recursion.
        extra: Length q beyond n.

    Returns:
        Lower and upper limit; ``None`` for shorter filters.

    Reference:
        Dasgupta & Sontag (1995), NIPS 8.
    """
    if extra <= max(2 + order**2, 32):
        return None
    logarithm = math.log2(extra)
    return Interval(lower=order / 2 * logarithm, upper=8 * order * logarithm)
