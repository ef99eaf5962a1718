"""AutoETS, AutoTheta and AutoARIMA of statsforecast, rolled over the windows."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cellwise.data import Floats, Fold, ForecastData

# Rows that a method looks back on at a window; its parameters are those of all training rows
_THETA_HISTORY = 500

# Seconds to load the library, of which each of the three methods is charged an equal part
_LOAD_SECONDS = 1.4


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsForecast:
    """A statsforecast model, fitted once per series and rolled forward with fixed parameters.

    Attributes:
        name: Short name.
        label: Name for people.
        model: Class name in ``statsforecast.models``.
        fit_cost: Seconds per training row, ``season_length``-free part.
        season_cost: Seconds per training row and squared season.
        window_cost: Seconds per window.
        row_cost: Seconds per window and row of its history, ``season_length``-free part.
        season_row_cost: Seconds per window, row of its history and squared season.
        length_cost: Seconds per training row and row of its series.
        history: Rows given to the model at a window; 0 for all of them.
    """

    name: str
    label: str
    model: str
    fit_cost: float
    season_cost: float
    window_cost: float
    row_cost: float
    season_row_cost: float = 0.0
    length_cost: float = 0.0
    history: int = 0

    def why_not(self, data: ForecastData) -> str:
        """Return why the method does not apply; empty if it does."""
        shortest = min(span.train_stop - span.start for span in data.series)
        needed = max(10, 2 * data.season_length + 5)
        if shortest < needed:
            return f"needs {needed} training rows in every series, the shortest has {shortest}"
        return ""

    def estimated_seconds(self, data: ForecastData, fold: Fold) -> float:
        """Predict the cost on a fold.

        The constants were measured on a core of an AMD EPYC (Zen 5) with statsforecast 2.1.1, on
        the tables in docs/log.md.
        """
        starts = np.array([span.start for span in data.series])
        rows = float((fold.history_stops - starts).sum())
        mean = rows / len(data.series)
        squared = data.season_length**2
        fit = rows * (self.fit_cost + self.season_cost * squared + self.length_cost * mean)
        per_row = self.row_cost + self.season_row_cost * squared
        window = self.window_cost + per_row * min(mean, self.history or mean)
        return _LOAD_SECONDS / 3 / len(data.folds) + fit + window * len(fold.val_starts)

    def forecast(self, data: ForecastData, fold: Fold) -> Floats:
        """Fit on the fold's training rows, forecast its validation windows, ``(m, horizon)``."""
        series = data.series_of(fold.val_starts)
        origins = fold.val_starts + data.context_length
        found = np.empty((len(origins), data.horizon), dtype=np.float32)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for index in np.unique(series):
                rows = np.flatnonzero(series == index)
                found[rows] = self._series(data, int(index), fold, origins[rows])
        return found

    def _series(
        self, data: ForecastData, index: int, fold: Fold, origins: NDArray[np.int64]
    ) -> Floats:
        start = data.series[index].start
        values = data.target.astype(np.float64)
        fallback = np.repeat(data.target[origins - 1][:, None], data.horizon, axis=1)
        try:
            model = self._fitted(values[start : fold.history_stops[index]], data.season_length)
            forecasts = [
                self._forward(model, values, start, stop, data.horizon) for stop in origins
            ]
        except Exception:  # numerical failure inside the library: this series keeps its last value
            return fallback
        found = np.asarray(forecasts, dtype=np.float32)
        return np.where(np.isfinite(found), found, fallback)

    def _fitted(self, history: NDArray[np.float64], season_length: int) -> Any:
        import statsforecast.models

        model = getattr(statsforecast.models, self.model)(season_length=season_length)
        return model.fit(history)

    def _forward(
        self, model: Any, values: NDArray[np.float64], start: int, stop: int, horizon: int
    ) -> NDArray[np.float64]:
        first = max(start, stop - self.history) if self.history else start
        return np.asarray(model.forward(y=values[first:stop], h=horizon)["mean"])


STATSFORECAST_METHODS = (
    StatsForecast(
        name="auto_ets",
        label="exponential smoothing (AutoETS)",
        model="AutoETS",
        fit_cost=1.7e-4,
        season_cost=0.0,
        window_cost=3e-5,
        row_cost=2e-8,
    ),
    StatsForecast(
        name="auto_theta",
        label="the Theta method (AutoTheta)",
        model="AutoTheta",
        fit_cost=1.1e-4,
        season_cost=0.0,
        window_cost=2e-4,
        row_cost=8e-7,
        length_cost=5e-8,
        history=_THETA_HISTORY,
    ),
    # Between 1/8 and 1.3 times this: it is dear where seasonal differences and terms are tried
    StatsForecast(
        name="auto_arima",
        label="AutoARIMA",
        model="AutoARIMA",
        fit_cost=1e-3,
        season_cost=1e-4,
        window_cost=1e-4,
        row_cost=6e-7,
        season_row_cost=2e-8,
    ),
)
