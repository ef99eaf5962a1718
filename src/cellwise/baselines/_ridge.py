"""Linear autoregression over the same window as the networks."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cellwise.data import Floats, Fold, ForecastData, Rows, WindowReader

Doubles = NDArray[np.float64]

_CHUNK = 1024
_PENALTIES = np.logspace(-6, 2, 17)  # times the number of windows
# windows beyond this are thinned evenly: neighbours overlap in all but one step
_MOST_WINDOWS = 40_000


@dataclass(frozen=True, slots=True)
class Ridge:
    """Direct multi-step ridge regression; anchored, it is NLinear with a penalty.

    It reads the anchored context, past covariates over the context, known covariates over context
    and horizon, and the calendar: sines and cosines at the forecast origin (at any later step
    they are linear combinations of these), flags such as ``weekend`` at every step ahead. The penalty is chosen on the last fifth of the training
    windows, a horizon apart from the rest.

    Reference:
        Hoerl & Kennard (1970); NLinear: Zeng et al. (2023), "Are Transformers Effective for Time
        Series Forecasting?".
    """

    name: str = field(default="ridge", init=False)
    label: str = field(default="linear autoregression (ridge)", init=False)

    def why_not(self, data: ForecastData) -> str:
        """Return why the method does not apply; empty if it does."""
        width = num_features(data)
        return f"{width} features are too many" if width > 6000 else ""

    def estimated_seconds(self, data: ForecastData, fold: Fold) -> float:
        """Predict the cost on a fold."""
        width, windows = num_features(data), min(len(fold.train_starts), _MOST_WINDOWS)
        # 40 GFLOP/s, measured on 2 cores of an AMD EPYC (Zen 5) at 700 to 1,200 features
        return float(4 * windows * width**2 + 20 * width**3) / 40e9

    def forecast(self, data: ForecastData, fold: Fold) -> Floats:
        """Fit on the fold's training windows, forecast its validation windows, ``(m, horizon)``."""
        reader = WindowReader(data)
        weights, bias = fit_ridge(reader, fold.train_starts)
        parts = []
        for first in range(0, len(fold.val_starts), _CHUNK):
            starts = fold.val_starts[first : first + _CHUNK]
            features, anchor = _features(reader, starts)
            outputs = (features @ weights + bias).astype(np.float32)
            parts.append(reader.forecasts(outputs[None], anchor)[0])
        return np.concatenate(parts)


def num_features(data: ForecastData) -> int:
    """Count the values that the regression reads of a window.

    Args:
        data: The data.

    Returns:
        Number of features.
    """
    waves, flags = _calendar_columns(data)
    context, fixed = data.context_length, len(waves) + data.horizon * len(flags)
    return int(context * (1 + data.past.shape[1]) + data.num_steps * data.known.shape[1] + fixed)


def fit_ridge(reader: WindowReader, starts: Rows) -> tuple[Doubles, Doubles]:
    """Fit weights and bias, the penalty chosen on the last fifth of the windows.

    Args:
        reader: Reads windows.
        starts: First rows of the training windows, ``(n,)``.

    Returns:
        Weights, ``(features, horizon)``, and bias, ``(horizon,)``.
    """
    if len(starts) > _MOST_WINDOWS:
        picked = np.linspace(0, len(starts) - 1, _MOST_WINDOWS).round().astype(np.int64)
        starts = starts[picked]
    ordered = np.sort(starts)
    cut = int(len(ordered) * 0.8)
    gap = reader.data.horizon if cut > 2 * reader.data.horizon else 0
    early, late = _Moments.of(reader, ordered[: cut - gap]), _Moments.of(reader, ordered[cut:])
    penalty = _best_penalty(early, late) if early.count and late.count else 1e-3
    # the windows inside the gap come back for the final fit
    middle = _Moments.of(reader, ordered[cut - gap : cut])
    return early.plus(middle).plus(late).solve(np.array([penalty]))[0]


@dataclass(frozen=True, slots=True)
class _Moments:
    """Sums over windows that a regression needs: nothing as large as the windows is kept."""

    count: int
    sum_x: Doubles
    sum_y: Doubles
    gram: Doubles
    cross: Doubles
    square_y: float

    @classmethod
    def of(cls, reader: WindowReader, starts: Rows) -> "_Moments":
        width, outputs = num_features(reader.data), reader.data.horizon
        total = cls(
            0, np.zeros(width), np.zeros(outputs), np.zeros((width, width)),
            np.zeros((width, outputs)), 0.0,
        )  # fmt: skip
        for first in range(0, len(starts), _CHUNK):
            chunk = starts[first : first + _CHUNK]
            x, anchor = _features(reader, chunk)
            y = reader.scaled_targets(chunk[None], anchor)[0].astype(np.float64)
            part = cls(len(x), x.sum(0), y.sum(0), x.T @ x, x.T @ y, float((y**2).sum()))
            total = total.plus(part)
        return total

    def plus(self, other: "_Moments") -> "_Moments":
        names = self.__dataclass_fields__
        return _Moments(*(getattr(self, name) + getattr(other, name) for name in names))

    def solve(self, penalties: Doubles) -> list[tuple[Doubles, Doubles]]:
        mean_x, mean_y = self.sum_x / self.count, self.sum_y / self.count
        gram = self.gram - self.count * np.outer(mean_x, mean_x)
        cross = self.cross - self.count * np.outer(mean_x, mean_y)
        values, vectors = np.linalg.eigh(gram)
        rotated, values = vectors.T @ cross, np.maximum(values, 0.0)
        solutions = []
        for penalty in penalties:
            shrink = values + penalty * self.count
            weights = vectors @ (rotated / shrink[:, None])
            solutions.append((weights, mean_y - mean_x @ weights))
        return solutions

    def squared_error(self, weights: Doubles, bias: Doubles) -> float:
        """Sum of squared errors of a solution on these windows, from the sums alone."""
        fitted = np.sum(weights * (self.gram @ weights)) + self.count * np.sum(bias**2)
        fitted += 2 * np.sum((self.sum_x @ weights) * bias)
        return float(
            self.square_y - 2 * np.sum(weights * self.cross) - 2 * self.sum_y @ bias + fitted
        )


def _best_penalty(early: _Moments, late: _Moments) -> float:
    solutions = early.solve(_PENALTIES)
    errors = [late.squared_error(weights, bias) for weights, bias in solutions]
    return float(_PENALTIES[int(np.argmin(errors))])


def _features(reader: WindowReader, starts: Rows) -> tuple[Doubles, Floats]:
    """Features of windows, ``(n, features)``, and their anchors, ``(1, n)``."""
    data = reader.data
    x, anchor = reader.read(starts[None])
    steps = x[0].transpose(2, 0, 1)  # (n, T, F)
    context, columns = data.context_length, steps.shape[2]
    calendar = columns - data.calendar.shape[1]
    known = calendar - data.known.shape[1]
    past = known - data.past.shape[1]
    origins, (waves, flags) = starts + context, _calendar_columns(data)
    ahead = origins[:, None] + np.arange(data.horizon)
    parts = [
        steps[:, :context, 0],
        steps[:, :context, past:known].reshape(len(starts), -1),
        steps[:, :, known:calendar].reshape(len(starts), -1),
        data.calendar[origins - 1][:, waves],
        data.calendar[ahead][:, :, flags].reshape(len(starts), -1),
    ]
    return np.concatenate(parts, axis=1).astype(np.float64), anchor


def _calendar_columns(data: ForecastData) -> tuple[list[int], list[int]]:
    """Calendar columns that are sines or cosines, and those that are not."""
    waves = [i for i, name in enumerate(data.calendar_names) if name.endswith(("_sin", "_cos"))]
    return waves, [i for i in range(len(data.calendar_names)) if i not in waves]
