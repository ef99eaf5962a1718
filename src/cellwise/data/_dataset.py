"""A table that is ready for windows: standardised columns, series bounds and folds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

OVER_HORIZON = "over_horizon"
"""Name of the feature that is 1 over the horizon, where the target is hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesSpan:
    """Where one series lies in the arrays of a `ForecastData`.

    Attributes:
        name: Value of the series column as text; empty for a single unnamed series.
        start: First row.
        stop: One past the last row.
        center: Mean of the target over the training rows, in original units.
        scale: Standard deviation of the target over the training rows (1 where it is 0).
        mase_scale: Mean absolute seasonal-naive error over the training rows, in standardised
            units (Hyndman & Koehler 2006).
        train_stop: One past the last row of the training part.
        val_stop: One past the last row of the validation part.
        test_stop: One past the last row of the test part.
    """

    name: str
    start: int
    stop: int
    center: float
    scale: float
    mase_scale: float
    train_stop: int
    val_stop: int
    test_stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Windows to learn from and windows to be scored on, both as first-row indices.

    A window that starts at row r has its context in rows [r, r + context_length) and its target
    in the ``horizon`` rows that follow.

    Attributes:
        name: ``fold 1`` to ``fold K``, or ``test``.
        train_starts: First rows of the training windows, ``(n,)``.
        val_starts: First rows of the windows to be scored, ``(m,)``, in time order per series.
        history_stops: For each series, one past the last row that training may look at, ``(series,)``.
    """

    name: str
    train_starts: Rows
    val_starts: Rows
    history_stops: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastData:
    """All rows of all series, one after the other, standardised with training statistics.

    Attributes:
        target: Target, ``(N,)``, standardised per series.
        past: Past covariates, ``(N, Fp)``, standardised over all training rows.
        known: Known covariates, ``(N, Fk)``, standardised over all training rows.
        calendar: Calendar features, ``(N, Fc)``: sines, cosines and a 0/1 weekend.
        target_name: Name of the target.
        past_names: Names of the columns of ``past``.
        known_names: Names of the columns of ``known``.
        calendar_names: Names of the columns of ``calendar``.
        series: Span of each series, in row order.
        context_length: Steps T of the context.
        horizon: Steps ahead.
        anchor: ``last``, ``mean`` or ``none``.
        season_length: Steps of the main season; 1 where there is none.
        input_gain: What the anchored context is multiplied by so that it has unit mean square.
        output_gain: What the anchored target is multiplied by so that it has unit mean square.
        folds: Walk-forward folds for every decision.
        test: Training and validation windows against the test windows; read once, at the end.
    """

    target: Floats
    past: Floats
    known: Floats
    calendar: Floats
    target_name: str
    past_names: tuple[str, ...]
    known_names: tuple[str, ...]
    calendar_names: tuple[str, ...]
    series: tuple[SeriesSpan, ...]
    context_length: int
    horizon: int
    anchor: str
    season_length: int
    input_gain: float
    output_gain: float
    folds: tuple[Fold, ...]
    test: Fold

    @property
    def runs_over_horizon(self) -> bool:
        """Whether the network walks over the horizon too, because something is known there."""
        return bool(self.known.shape[1] > 0)

    @property
    def num_steps(self) -> int:
        """Steps that the network walks over: the context, and the horizon if it is known."""
        return self.context_length + (self.horizon if self.runs_over_horizon else 0)

    @property
    def input_size(self) -> int:
        """Input features F of the network at each step."""
        columns = self.past.shape[1] + self.known.shape[1] + self.calendar.shape[1]
        return 1 + int(columns) + int(self.runs_over_horizon)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the input features of a step, ``input_size`` of them."""
        covariates = (self.past_names, self.known_names, self.calendar_names)
        return feature_names(self.target_name, *covariates)

    @property
    def output_size(self) -> int:
        """Outputs O of the output layer: one a step over the horizon, else all steps at once."""
        return 1 if self.runs_over_horizon else self.horizon

    def series_of(self, starts: Rows) -> Rows:
        """Return the index of the series that each window lies in.

        Args:
            starts: First rows of windows, ``(n,)``.

        Returns:
            Series indices, ``(n,)``.
        """
        stops = np.array([span.stop for span in self.series])
        return np.searchsorted(stops, starts, side="right").astype(np.int64)

    def targets(self, starts: Rows) -> Floats:
        """Return the true values over the horizon.

        Args:
            starts: First rows of windows, ``(n,)``.

        Returns:
            Standardised targets, ``(n, horizon)``.
        """
        first = starts[:, None] + self.context_length
        return np.asarray(self.target[first + np.arange(self.horizon)])


def feature_names(
    target: str, past: tuple[str, ...], known: tuple[str, ...], calendar: tuple[str, ...]
) -> tuple[str, ...]:
    """Name what a network reads at a step, in its order.

    Args:
        target: Name of the target.
        past: Names of the past covariates.
        known: Names of the known covariates.
        calendar: Names of the calendar features.

    Returns:
        The target, ``over_horizon`` (the flag that is 1 where the target is hidden, only where
        something is known there), covariates, calendar.
    """
    flag = (OVER_HORIZON,) if known else ()
    return (target, *flag, *past, *known, *calendar)
