"""Paired comparisons on the same windows, folds and seeds."""

from dataclasses import dataclass

import numpy as np

from cellwise.data import Metric, summarise
from cellwise.records import ComparisonRecord
from cellwise.search._statistics import Floats, block_means, two_noise_t

# Consecutive blocks of windows per fold, the unit of data noise; chosen in docs/log.md
BLOCKS_PER_FOLD = 3

Errors = tuple[Floats, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """How much better one method is than another.

    Attributes:
        gain: Relative improvement in the decision metric.
        difference: Improvement of the mean window error relative to the other's in the fold,
            averaged over blocks of windows.
        standard_error: Standard error of ``difference``.
        p_value: One-sided, against "no improvement".
    """

    gain: float
    difference: float
    standard_error: float
    p_value: float


def compare(metric: Metric, candidate: Errors, incumbent: Errors) -> Paired:
    """Compare two methods on the same windows.

    Args:
        metric: Decision metric.
        candidate: For each fold, errors of each seed on each window, ``(S, n)``; S = 1 for a
            method without seeds.
        incumbent: The same of the other method; S may be 1, and is then paired with every seed.

    Returns:
        The comparison; its test counts data noise by blocks of windows and optimisation noise by
        training runs (`two_noise_t`). Folds of unlike difficulty count alike.
    """
    differences = [(i - c) / _level(i) for i, c in zip(incumbent, candidate, strict=True)]  # (S, n)
    blocks = np.concatenate([block_means(d.mean(axis=0), BLOCKS_PER_FOLD) for d in differences])
    statistic, p_value = two_noise_t(blocks, [d.mean(axis=1) for d in differences])
    mean = float(np.mean(blocks))
    error = abs(mean / statistic) if statistic and np.isfinite(statistic) else 0.0
    gain = relative_gain(overall(metric, candidate), overall(metric, incumbent))
    return Paired(gain=gain, difference=mean, standard_error=error, p_value=p_value)


def _level(errors: Floats) -> float:
    """Mean error in a fold; 1 for a perfect method, which nothing beats."""
    return float(np.mean(errors)) or 1.0


def relative_gain(error: float, reference: float) -> float:
    """Return the share of a reference error that is gone.

    Args:
        error: Error of the candidate.
        reference: Error to compare with, such as 0 of a perfect method.

    Returns:
        ``1 - error / reference``; where the reference is 0, minus infinity, or 0 if both are.
    """
    if reference > 0:
        return 1.0 - error / reference
    return 0.0 if error == reference else float("-inf")


def gain_words(gain: float) -> str:
    """Say a relative gain.

    Args:
        gain: What `relative_gain` returned.

    Returns:
        Such as ``8.1% better``; ``worse`` where the reference made no error at all.

    Example:
        >>> gain_words(0.081), gain_words(float("-inf"))
        ('8.1% better', 'worse')
    """
    if gain == float("-inf"):
        return "worse"
    if gain == 0.0:
        return "no better"
    return f"{abs(gain):.1%} {'better' if gain > 0 else 'worse'}"


def overall(metric: Metric, errors: Errors) -> float:
    """Average a method's errors as its record does: seeds within folds, then folds.

    Args:
        metric: Decision metric.
        errors: For each fold, errors of each seed on each window, ``(S, n)``.

    Returns:
        The metric.
    """
    return float(np.mean([np.mean([summarise(metric, e) for e in fold]) for fold in errors]))


def decide(
    paired: Paired, *, stage: str, candidate: str, incumbent: str, alpha: float, min_gain: float
) -> ComparisonRecord:
    """Decide whether a candidate replaces the incumbent.

    Args:
        paired: The comparison.
        stage: What is decided.
        candidate: Name of the candidate.
        incumbent: Name of the incumbent.
        alpha: Level of the test.
        min_gain: Smallest improvement that counts.

    Returns:
        The decision with its reason.
    """
    gained = gain_words(paired.gain)
    big, sure = paired.gain >= min_gain, paired.p_value < alpha
    if big and sure:
        reason = f"{gained}, p = {paired.p_value:.3g}"
    elif paired.gain <= 0:
        reason = gained
    elif not big:
        reason = f"{gained}, less than the {min_gain:.0%} that counts"
    else:
        reason = f"{gained}, but p = {paired.p_value:.2g} is not below {alpha:.3g}"
    return ComparisonRecord(
        stage=stage,
        candidate=candidate,
        incumbent=incumbent,
        gain=paired.gain,
        p_value=paired.p_value,
        alpha=alpha,
        accepted=big and sure,
        reason=reason,
    )
