"""Means and standard deviations of training rows, and columns measured in them."""

from collections.abc import Sequence

import numpy as np

from cellwise.data._columns import Doubles
from cellwise.data._dataset import Floats, SeriesSpan


def series_scales(values: Doubles, season_length: int) -> tuple[float, float, float]:
    """Return center, scale and MASE scale of the training rows of one series.

    Args:
        values: Target in original units, ``(n,)``.
        season_length: Steps of the main season; 1 where there is none.

    Returns:
        Mean; standard deviation, 1 where it is 0; mean absolute seasonal-naive error in standard
        deviations, of the naive forecast where the season is too long or repeats exactly, 1 where
        that is 0 too.

    Reference:
        Hyndman & Koehler (2006), "Another look at measures of forecast accuracy".
    """
    center, scale = float(values.mean()), _scale(float(values.std()), center=float(values.mean()))
    for lag in (season_length, 1):
        error = float(np.mean(np.abs(values[lag:] - values[:-lag]))) if len(values) > lag else 0.0
        if error > 0:
            return center, scale, error / scale
    return center, scale, 1.0


def column_scales(values: Doubles) -> Doubles:
    """Return center and scale of columns.

    Args:
        values: Training rows, ``(n, F)``.

    Returns:
        Mean and standard deviation (1 where it is 0), ``(F, 2)``.
    """
    scales = np.empty((values.shape[1], 2))
    for column in range(values.shape[1]):
        center, spread = float(values[:, column].mean()), float(values[:, column].std())
        scales[column] = center, _scale(spread, center=center)
    return scales


def standardise(values: Doubles, scales: Doubles) -> Floats:
    """Measure columns in standard deviations from their means.

    Args:
        values: Columns in original units, ``(N, F)``.
        scales: What `column_scales` returned, ``(F, 2)``.

    Returns:
        Standardised columns, ``(N, F)``.
    """
    return np.asarray((values - scales[:, 0]) / scales[:, 1], dtype=np.float32)


def standardise_target(values: Doubles, spans: Sequence[SeriesSpan]) -> Floats:
    """Measure the target of each series in its own standard deviations.

    Args:
        values: Target in original units, ``(N,)``.
        spans: Where each series lies, with its center and scale.

    Returns:
        Standardised target, ``(N,)``.
    """
    lengths = [span.stop - span.start for span in spans]
    center = np.repeat([span.center for span in spans], lengths)
    scale = np.repeat([span.scale for span in spans], lengths)
    return np.asarray((values - center) / scale, dtype=np.float32)


def _scale(spread: float, *, center: float) -> float:
    """Return the spread, or 1 where it is nothing but rounding error of the mean."""
    return spread if spread > 1e-12 * abs(center) else 1.0
