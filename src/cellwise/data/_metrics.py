"""Error measures, window by window, the same for networks and classical methods."""

from typing import get_args

import numpy as np
from numpy.typing import NDArray

from cellwise._errors import SettingsError
from cellwise.data._dataset import Floats, ForecastData, Rows
from cellwise.data._task import Metric

METRICS: tuple[Metric, ...] = get_args(Metric)


def window_errors(
    metric: Metric, data: ForecastData, starts: Rows, forecast: Floats
) -> NDArray[np.float64]:
    """Return one error per window, averaged over the horizon.

    ``mse``, ``rmse`` and ``mae`` are in standardised units; ``rmse`` gives squared errors here,
    since its root is taken only after averaging (`summarise`).

    Args:
        metric: Error measure.
        data: The data that the windows lie in.
        starts: First rows of the windows, ``(n,)``.
        forecast: Forecasts in standardised units, ``(n, horizon)``.

    Returns:
        Errors, ``(n,)``.

    Raises:
        SettingsError: If the metric is unknown.

    Reference:
        MASE: Hyndman & Koehler (2006). sMAPE, 0 to 200: Makridakis (1993), as in M4.
    """
    truth = data.targets(starts).astype(np.float64)
    error = np.abs(truth - forecast)
    if metric in ("mse", "rmse"):
        return np.asarray((error**2).mean(axis=1))
    if metric == "mae":
        return np.asarray(error.mean(axis=1))
    if metric == "mase":
        scale = np.array([span.mase_scale for span in data.series])[data.series_of(starts)]
        return np.asarray(error.mean(axis=1) / scale)
    if metric == "smape":
        center, scale = _units(data, starts)
        size = np.abs(truth * scale + center) + np.abs(forecast * scale + center)
        # 0 / 0 counts as no error, as in M4
        ratio = np.divide(error * scale, size, out=np.zeros_like(error), where=size > 0)
        return np.asarray(200.0 * ratio.mean(axis=1))
    raise SettingsError(f"metric must be one of {', '.join(METRICS)}, got {metric!r}")


def summarise(metric: Metric, errors: NDArray[np.float64]) -> float:
    """Average window errors into the metric.

    Args:
        metric: Error measure that `window_errors` was given.
        errors: What it returned.

    Returns:
        The mean, or its root for ``rmse``.
    """
    mean = float(np.mean(errors))
    return mean**0.5 if metric == "rmse" else mean


def all_errors(data: ForecastData, starts: Rows, forecast: Floats) -> dict[str, float]:
    """Return every error measure over a set of windows, named as the fields of `records.Score`.

    Args:
        data: The data that the windows lie in.
        starts: First rows of the windows, ``(n,)``.
        forecast: Forecasts in standardised units, ``(n, horizon)``.

    Returns:
        ``mse``, ``mae`` (standardised), ``mase``, ``smape``, ``original_mse``, ``original_mae``.
    """
    found: dict[str, float] = {
        name: summarise(name, window_errors(name, data, starts, forecast))
        for name in METRICS
        if name != "rmse"
    }
    scale = _units(data, starts)[1]
    error = np.abs(data.targets(starts).astype(np.float64) - forecast) * scale
    found["original_mse"] = float(np.mean(error**2))
    found["original_mae"] = float(np.mean(error))
    return found


def to_original(data: ForecastData, starts: Rows, values: Floats) -> NDArray[np.float64]:
    """Turn standardised values of windows into the data's units.

    Args:
        data: The data that the windows lie in.
        starts: First rows of the windows, ``(n,)``.
        values: Standardised values, ``(n, steps)``.

    Returns:
        Values in original units, ``(n, steps)``.
    """
    center, scale = _units(data, starts)
    return np.asarray(values.astype(np.float64) * scale + center)


def _units(data: ForecastData, starts: Rows) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Center and scale of the series of each window, ``(n, 1)`` each."""
    series = data.series_of(starts)
    center = np.array([span.center for span in data.series])[series]
    scale = np.array([span.scale for span in data.series])[series]
    return center[:, None], scale[:, None]
