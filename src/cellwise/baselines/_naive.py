"""Methods that fit nothing."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cellwise.data import Floats, Fold, ForecastData, Rows

Rule = Callable[[ForecastData, Rows], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Naive:
    """A forecast by a rule on the rows up to the origin.

    Attributes:
        name: Short name.
        label: Name for people.
        rule: Takes the data and origins (last known rows), ``(m,)``; returns ``(m, horizon)``.
        seasonal: Whether it needs a season.
    """

    name: str
    label: str
    rule: Rule
    seasonal: bool = False

    def why_not(self, data: ForecastData) -> str:
        """Return why the method does not apply; empty if it does."""
        if self.seasonal and data.season_length < 2:
            return "the data have no season"
        if self.seasonal and data.season_length > data.context_length:
            shortest = min(span.train_stop - span.start for span in data.series)
            if data.season_length > shortest:
                return f"the season of {data.season_length} steps is longer than the history"
        return ""

    def estimated_seconds(self, data: ForecastData, fold: Fold) -> float:
        """Predict the cost on a fold: next to nothing."""
        return 1e-6 * len(fold.val_starts) * data.horizon

    def forecast(self, data: ForecastData, fold: Fold) -> Floats:
        """Forecast the validation windows of a fold, ``(m, horizon)``."""
        origins = fold.val_starts + data.context_length - 1
        return np.asarray(self.rule(data, origins), dtype=np.float32)


def last_value(data: ForecastData, origins: Rows) -> Floats:
    """Repeat the last value.

    Args:
        data: The data.
        origins: Last known rows, ``(m,)``.

    Returns:
        Forecasts, ``(m, horizon)``.
    """
    return np.repeat(data.target[origins][:, None], data.horizon, axis=1)


def seasonal_naive(data: ForecastData, origins: Rows) -> Floats:
    """Repeat the last season.

    Args:
        data: The data.
        origins: Last known rows, ``(m,)``.

    Returns:
        Forecasts, ``(m, horizon)``.
    """
    steps = np.arange(data.horizon) % data.season_length
    first = data.series_of(origins)
    starts = np.array([span.start for span in data.series])[first]
    rows = origins[:, None] - data.season_length + 1 + steps
    return np.asarray(data.target[np.maximum(rows, starts[:, None])])


def drift(data: ForecastData, origins: Rows) -> Floats:
    """Continue the line from the first value of the series to the last.

    Args:
        data: The data.
        origins: Last known rows, ``(m,)``.

    Returns:
        Forecasts, ``(m, horizon)``.

    Reference:
        Hyndman & Athanasopoulos, "Forecasting: Principles and Practice", section 5.2.
    """
    starts = np.array([span.start for span in data.series])[data.series_of(origins)]
    last = data.target[origins]
    slope = (last - data.target[starts]) / np.maximum(origins - starts, 1)
    return np.asarray(last[:, None] + slope[:, None] * np.arange(1, data.horizon + 1))


def context_mean(data: ForecastData, origins: Rows) -> Floats:
    """Repeat the mean of the context.

    Args:
        data: The data.
        origins: Last known rows, ``(m,)``.

    Returns:
        Forecasts, ``(m, horizon)``.
    """
    total = np.concatenate([[0.0], np.cumsum(data.target, dtype=np.float64)])
    mean = (total[origins + 1] - total[origins + 1 - data.context_length]) / data.context_length
    return np.repeat(mean[:, None], data.horizon, axis=1).astype(np.float32)


NAIVE_METHODS = (
    Naive(name="last_value", label="the last value", rule=last_value),
    Naive(
        name="seasonal_naive",
        label="the value one season before",
        rule=seasonal_naive,
        seasonal=True,
    ),
    Naive(name="drift", label="the drift method", rule=drift),
    Naive(name="context_mean", label="the mean of the context", rule=context_mean),
)
