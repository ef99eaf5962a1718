"""Shapes of the learning rate over a training."""

import math
from collections.abc import Callable

# One-cycle as torch has it: share of the rise, and what the peak is divided by at both ends
_RISE, _FIRST, _LAST = 0.3, 25.0, 25.0 * 1e4


def constant(share: float, final: float) -> float:
    """Return 1 throughout.

    Args:
        share: Steps taken over all steps, 0 to 1.
        final: Not used.

    Returns:
        The factor.
    """
    return 1.0


def step(share: float, final: float) -> float:
    """Fall to the final factor in two drops of equal ratio, at a half and at three quarters.

    Args:
        share: Steps taken over all steps, 0 to 1.
        final: Factor after the second drop.

    Returns:
        The factor.
    """
    return float(final ** (((share >= 0.5) + (share >= 0.75)) / 2))


def exponential(share: float, final: float) -> float:
    """Fall by the same ratio at every step.

    Args:
        share: Steps taken over all steps, 0 to 1.
        final: Factor at the end.

    Returns:
        The factor.
    """
    return float(final**share)


def cosine(share: float, final: float) -> float:
    """Fall along half a cosine to 0.

    Args:
        share: Steps taken over all steps, 0 to 1.
        final: Not used.

    Returns:
        The factor.

    Reference:
        Loshchilov & Hutter (2017), SGDR, equation 5 without restarts.
    """
    return 0.5 * (1.0 + math.cos(math.pi * share))


def one_cycle(share: float, final: float) -> float:
    """Rise along a cosine from a 25th for 30 % of the way, then fall to nearly nothing.

    Args:
        share: Steps taken over all steps but one, 0 to 1.
        final: Not used.

    Returns:
        The factor.

    Reference:
        Smith & Topin (2018), "Super-convergence"; the shape is that of torch's ``OneCycleLR``.
    """
    if share <= _RISE:
        return _between(1.0 / _FIRST, 1.0, share / _RISE)
    return _between(1.0, 1.0 / _LAST, (share - _RISE) / (1.0 - _RISE))


def _between(first: float, last: float, share: float) -> float:
    return last + (first - last) * cosine(share, 0.0)


SHAPES: dict[str, Callable[[float, float], float]] = {
    "constant": constant,
    "step": step,
    "exponential": exponential,
    "cosine": cosine,
    "one_cycle": one_cycle,
}
"""Name of a schedule to ``shape(share, final_factor) -> factor``."""
