"""Tests of significance and choice rules; plain functions of numbers."""

import bisect
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

_MOST_RUNS = 1000


def corrected_resampled_t(differences: Floats, test_share: float) -> tuple[float, float]:
    """Test paired differences over J splits whose training sets overlap.

    Args:
        differences: Improvement of the candidate in each split, ``(J,)``.
        test_share: Test size over training size of a split.

    Returns:
        Statistic and one-sided p of "no improvement", with J - 1 degrees of freedom.

    Reference:
        Nadeau & Bengio (2003), "Inference for the Generalization Error", section 4.
    """
    count = len(differences)
    variance = (1.0 / count + test_share) * float(np.var(differences, ddof=1))
    return _t_test(float(np.mean(differences)), variance, count - 1)


def diebold_mariano(differences: Floats, horizon: int) -> tuple[float, float]:
    """Test whether one forecast is better than another on the same windows of one series.

    Args:
        differences: Loss of the benchmark minus loss of the candidate, in time order, ``(n,)``.
        horizon: Steps ahead h; h - 1 autocovariances are counted.

    Returns:
        Statistic and one-sided p of "no improvement", with n - 1 degrees of freedom.

    Reference:
        Diebold & Mariano (1995), equation for S1; Harvey, Leybourne & Newbold (1997), equation 9.
    """
    n = len(differences)
    variance = long_run_variance(differences, horizon - 1) / n
    factor = max(1.0 / n, (n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n)
    return _t_test(float(np.mean(differences)), variance / factor, n - 1)


def long_run_variance(values: Floats, lags: int) -> float:
    """Estimate n times the variance of the mean of an autocorrelated series.

    Args:
        values: The series, ``(n,)``.
        lags: Autocovariances to count.

    Returns:
        The rectangular estimate of Diebold & Mariano, or Bartlett's (Newey & West 1987) where
        that is not positive.
    """
    n, centred = len(values), values - np.mean(values)
    lags = min(lags, n - 1)
    covariances = np.array([centred[k:] @ centred[: n - k] / n for k in range(lags + 1)])
    plain = covariances[0] + 2.0 * covariances[1:].sum()
    if plain > 0:
        return float(plain)
    weights = 1.0 - np.arange(1, lags + 1) / (lags + 1)
    return float(max(covariances[0] + 2.0 * weights @ covariances[1:], 0.0))


def block_means(values: Floats, blocks: int) -> Floats:
    """Average a series in consecutive blocks of nearly equal length.

    Args:
        values: The series, ``(n,)``.
        blocks: Number of blocks; fewer where the series is shorter.

    Returns:
        Means, ``(blocks,)``.
    """
    return np.array([part.mean() for part in np.array_split(values, min(blocks, len(values)))])


def two_noise_t(window_means: Floats, runs: Sequence[Floats]) -> tuple[float, float]:
    """Test an improvement that is blurred by both data and optimisation.

    The variance of the mean is the sum of two: that of block means in time (data noise, seeds
    averaged) and that of training runs within folds (optimisation noise). Degrees of freedom are
    Satterthwaite's.

    Args:
        window_means: Improvement in consecutive blocks of windows, seeds averaged, ``(Q,)``.
        runs: For each fold, the improvement of each seed, ``(S,)``.

    Returns:
        Statistic and one-sided p of "no improvement".

    Reference:
        Block means: Ibragimov & Muller (2010), "t-statistic based correlation and heterogeneity
        robust inference"; degrees of freedom: Satterthwaite (1946).
    """
    data = float(np.var(window_means, ddof=1)) / len(window_means)
    seeds = sum(len(run) for run in runs)
    freedom = seeds - len(runs)
    pooled = sum(float(((run - run.mean()) ** 2).sum()) for run in runs)
    optimisation = pooled / freedom / seeds if freedom else 0.0
    total = data + optimisation
    parts = data**2 / (len(window_means) - 1) + (optimisation**2 / freedom if freedom else 0.0)
    degrees = total**2 / parts if parts > 0 else 1.0
    return _t_test(float(np.mean(window_means)), total, degrees)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjust the p-values of several tests, so that any false find among them is as rare as one.

    Theorem: rejecting what stays below a level keeps the family-wise error below it, whatever the
    tests have in common.

    Args:
        p_values: One of each test, ``(m,)``.

    Returns:
        Adjusted p-values, in the same order.

    Reference:
        Holm (1979), "A Simple Sequentially Rejective Multiple Test Procedure".

    Example:
        >>> [round(p, 2) for p in holm((0.01, 0.04, 0.03, 0.005))]
        [0.03, 0.06, 0.06, 0.02]
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, (len(order) - rank) * p_values[place])
        adjusted[place] = min(1.0, largest)
    return tuple(adjusted)


def runs_needed(effect: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return how many paired runs show an improvement.

    Exact for differences that are normal and independent: the power of Student's one-sided t test.

    Args:
        effect: Improvement over the standard deviation of the paired differences.
        alpha: Level of the test.
        power: Probability with which it is to be shown.

    Returns:
        The least number J of runs from 2 to 1,000; infinite if more are needed.

    Example:
        >>> [runs_needed(effect) for effect in (2.0, 1.0, 0.5)]
        [4, 8, 27]
    """

    def shown(runs: int) -> bool:
        beyond = stats.t.isf(alpha, runs - 1)
        return bool(stats.nct.sf(beyond, runs - 1, effect * math.sqrt(runs)) >= power)

    counts = range(2, _MOST_RUNS + 1)
    place = bisect.bisect_left(counts, True, key=shown)
    return counts[place] if place < len(counts) else math.inf


def _t_test(mean: float, variance: float, degrees: float) -> tuple[float, float]:
    if variance <= 0:
        statistic = math.copysign(math.inf, mean) if mean else 0.0
        return statistic, 0.0 if mean > 0 else 1.0
    statistic = mean / math.sqrt(variance)
    return statistic, float(stats.t.sf(statistic, degrees))
