"""An estimate of the error that no model can go below."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from cellwise.data import ForecastData, Metric, Rows, WindowReader

_SAMPLE = 3000
_NEIGHBOURS = 10
_EMBEDDINGS = (1, 2, 4, 8)
# An estimate this far above what a method has reached says nothing about the floor
_TRUSTED = 1.25


def noise_floor(data: ForecastData, starts: Rows, metric: Metric, best_error: float) -> float:
    """Estimate the irreducible error of a forecasting task.

    The Gamma test: half the mean squared difference between targets of near neighbours, carried
    to distance 0. It is made for short embeddings of the last values of the context, with what
    is known of the first step ahead; the lowest estimate counts. Windows are a horizon apart, so
    that neighbours do not share the shocks of their future. What a method has reached bounds the
    floor from above: an estimate a little higher is taken down to it, one far higher is no estimate.
    An error on the test rows can lie below it, where these are calmer than the training rows: they
    have no say in it, since an estimate that had read them could not be held against them.

    Args:
        data: The data.
        starts: First rows of training windows, ``(n,)``.
        metric: Decision metric.
        best_error: Lowest validation error that any method has reached.

    Returns:
        Estimate in the metric's standardised units; NaN where there is none (sMAPE, too few
        windows, or neighbours too far apart to say anything).

    Reference:
        Stefansson, Koncar & Jones (1997), "A note on the Gamma test". For MAE and MASE the
        estimate takes the noise as Gaussian (mean size ``sqrt(2 / pi)`` of its deviation).
    """
    apart = starts[:: data.horizon]
    if metric == "smape" or len(apart) < 4 * _NEIGHBOURS:
        return float("nan")
    picked = apart[np.linspace(0, len(apart) - 1, min(_SAMPLE, len(apart))).astype(np.int64)]
    reader = WindowReader(data)
    x, anchor = reader.read(picked[None])
    targets = reader.scaled_targets(picked[None], anchor)[0] / data.output_gain  # (n, horizon)
    values = x[0].transpose(2, 0, 1)  # (n, T, F)
    variance = min(_gamma(_embed(values, data, lags), targets) for lags in _EMBEDDINGS)
    estimate = _in_metric(max(variance, 0.0), data, metric)
    return min(estimate, best_error) if estimate <= _TRUSTED * best_error else float("nan")


def _embed(values: NDArray[np.float32], data: ForecastData, lags: int) -> NDArray[np.float64]:
    """The last values of the context, and what is known at the first step ahead, unit variance."""
    context = data.context_length
    past = values[:, max(0, context - lags) : context, 0]
    columns = np.concatenate([past, values[:, min(context, values.shape[1] - 1), 1:]], axis=1)
    columns = columns.astype(np.float64)
    deviation = columns.std(axis=0)
    return np.asarray((columns / np.where(deviation > 0, deviation, 1.0))[:, deviation > 0])


def _gamma(points: NDArray[np.float64], targets: NDArray[np.float32]) -> float:
    if points.shape[1] == 0:
        return float(targets.var(axis=0).mean())
    distances, neighbours = cKDTree(points).query(points, k=_NEIGHBOURS + 1)
    delta = (distances[:, 1:] ** 2).mean(axis=0)  # (p,)
    difference = targets[neighbours[:, 1:]] - targets[:, None]
    gamma = 0.5 * (difference.astype(np.float64) ** 2).mean(axis=(0, 2))  # (p,)
    if np.ptp(delta) <= 1e-9 * delta.max():  # values on a lattice: every neighbour is equally far
        return float(gamma.mean())
    slope, intercept = np.polyfit(delta, gamma, 1)
    # a falling line means that distance says nothing: the neighbours' own noise is the estimate
    return float(intercept) if slope > 0 else float(gamma.mean())


def _in_metric(variance: float, data: ForecastData, metric: Metric) -> float:
    if metric == "mse":
        return variance
    deviation = math.sqrt(variance)
    if metric == "rmse":
        return deviation
    size = math.sqrt(2 / math.pi) * deviation
    if metric == "mae":
        return size
    return size / float(np.mean([span.mase_scale for span in data.series]))
