"""Shapes of the learning rate over a training."""

import math
from collections.abc import Callable, Sequence

# One-cycle as torch has it: share of the rise, and what the peak is divided by at both ends
_RISE, _FIRST, _LAST = 0.3, 25.0, 25.0 * 1e4
# Plateau: what a drop multiplies the rate by, the share of the epochs that it waits for a better
# error, and what is no better (torch's threshold). The early stop waits for longer.
_DROP, _WAIT, _NO_BETTER = 0.3, 12, 1e-4


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


def plateau_drops(curve: Sequence[float], epochs: int) -> tuple[int, ...]:
    """Find when ``plateau`` lowers the learning rate: where the error no longer falls.

    A function of the curve alone, so that a checkpoint needs no more than the curve.

    Args:
        curve: Validation error after each epoch so far.
        epochs: Largest number of epochs, a twelfth of which is waited for a better error.

    Returns:
        Epochs after which the rate is lowered, from 1.

    Reference:
        torch's ``ReduceLROnPlateau`` with a relative threshold of 1e-4 and no cooldown.
    """
    best, waited, drops = math.inf, 0, []
    for epoch, error in enumerate(curve, 1):
        if error < best * (1 - _NO_BETTER):
            best, waited = error, 0
        else:
            waited += 1
        if waited > max(1, epochs // _WAIT):
            drops.append(epoch)
            waited = 0
    return tuple(drops)


def plateau_factor(drops: Sequence[int], epoch: int, final: float) -> float:
    """Return what ``plateau`` multiplies the learning rate by.

    Args:
        drops: Epochs after which it is lowered.
        epoch: Epochs done.
        final: Lowest factor.

    Returns:
        The factor.
    """
    return float(max(_DROP ** sum(drop <= epoch for drop in drops), final))


def usual_drops(curves: Sequence[Sequence[float]], epochs: int) -> tuple[int, ...]:
    """Say when ``plateau`` lowers the rate of a training that has no curve to go by.

    Args:
        curves: Validation curves of replicates, at least one.
        epochs: Largest number of epochs.

    Returns:
        For each drop that at least half of them had, the median epoch.
    """
    found = [plateau_drops(curve, epochs) for curve in curves]
    usual: list[int] = []
    while len(late := [d[len(usual)] for d in found if len(d) > len(usual)]) * 2 >= len(found):
        usual.append(sorted(late)[len(late) // 2])
    return tuple(usual)


def _between(first: float, last: float, share: float) -> float:
    return last + (first - last) * cosine(share, 0.0)


SHAPES: dict[str, Callable[[float, float], float]] = {
    "constant": constant,
    "step": step,
    "exponential": exponential,
    "cosine": cosine,
    "one_cycle": one_cycle,
    "plateau": constant,  # times what each member's own curve says
}
"""Name of a schedule to ``shape(share, final_factor) -> factor``."""
