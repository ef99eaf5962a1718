"""How far back the past of a series tells something of its future."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

Doubles = NDArray[np.float64]

# Bins of equal counts; 64 cells need some hundred pairs
_BINS = 8
_LEVEL = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependence:
    """Dependence of a series on its past.

    Attributes:
        autocorrelation: At lags 1 to K, ``(K,)``.
        information: Mutual information at lags 1 to K, nats, bias removed, ``(K,)``.
        linear_lag: Largest lag whose autocorrelation is beyond chance; 0 for none.
        any_lag: Largest lag whose mutual information is beyond chance; 0 for none.
    """

    autocorrelation: Doubles
    information: Doubles
    linear_lag: int
    any_lag: int


def dependence(series: Doubles, most_lags: int) -> Dependence:
    r"""Measure the autocorrelation and the mutual information of a series with its past.

    The bounds are Bonferroni's at 1 % over all lags: :math:`z / \sqrt{n}` for the autocorrelation;
    for the mutual information of 8 by 8 bins of equal counts, :math:`2 n I` is chi-squared with
    :math:`7^2` degrees of freedom where there is none. Both hold for values that are independent
    under the null hypothesis, and are too low for a series with a trend.

    Args:
        series: Values in the order of time, ``(n,)``.
        most_lags: Largest lag K; at most half the series is taken.

    Returns:
        Both curves and the largest lag of each.

    Reference:
        Bartlett (1946); Miller (1955) for the bias; Fraser & Swinney (1986) for mutual
        information as a measure of what the past tells.
    """
    lags = range(1, min(most_lags, len(series) // 2) + 1)
    level = _LEVEL / max(1, len(lags))
    linear = np.array([_correlation(series, lag) for lag in lags])
    bins = _binned(series)
    found = np.array([_information(bins, lag) for lag in lags])
    counts = len(series) - np.arange(1, len(lags) + 1)
    bound = np.sqrt(chi2.isf(level, 1) / counts)
    freedom = (_BINS - 1) ** 2
    certain = 2 * counts * found > chi2.isf(level, freedom)
    return Dependence(
        autocorrelation=linear,
        information=np.maximum(found - freedom / (2 * counts), 0.0),
        linear_lag=_largest(np.abs(linear) > bound),
        any_lag=_largest(certain),
    )


def _correlation(series: Doubles, lag: int) -> float:
    centred = series - series.mean()
    power = float(np.square(centred).sum())
    return float(centred[lag:] @ centred[:-lag]) / power if power > 0 else 0.0


def _binned(series: Doubles) -> NDArray[np.int64]:
    """Bin of each value; equal values share one."""
    edges = np.quantile(series, np.arange(1, _BINS) / _BINS)
    return np.searchsorted(edges, series, side="right").astype(np.int64)


def _information(bins: NDArray[np.int64], lag: int) -> float:
    joint = np.bincount(bins[lag:] * _BINS + bins[:-lag], minlength=_BINS**2) / (len(bins) - lag)
    table = joint.reshape(_BINS, _BINS)
    product = np.outer(table.sum(axis=1), table.sum(axis=0))
    seen = table > 0
    return float(np.sum(table[seen] * np.log(table[seen] / product[seen])))


def _largest(true: NDArray[np.bool_]) -> int:
    return int(np.flatnonzero(true).max()) + 1 if true.any() else 0
