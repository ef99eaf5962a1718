"""The window behind the last known value of each series, ready for a trained model."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cellwise._errors import DataError
from cellwise.data._calendar import calendar_of
from cellwise.data._columns import Doubles, require_columns
from cellwise.data._dataset import Fold, ForecastData, Rows, SeriesSpan
from cellwise.data._horizon import horizon_times, known_ahead
from cellwise.data._read import read_table
from cellwise.data._scaling import Scaling
from cellwise.data._standard import series_scales, standardise, standardise_target
from cellwise.data._table import CheckedTable, check_history
from cellwise.data._task import ForecastTask
from cellwise.data._time import Times

_SHOWN_NAMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FutureWindows:
    """One window per series, its target not known yet.

    Attributes:
        data: ``context_length + horizon`` rows per series; over the horizon the target is NaN and
            past covariates are 0; without folds.
        starts: First row of each window, ``(series,)``.
        series: Names of the series.
        times: Times of the horizon, ``(series, horizon)``; ``None`` without a time column.
        notes: What was inserted and filled, and which series are new.
    """

    data: ForecastData
    starts: Rows
    series: tuple[str, ...]
    times: Times | None
    notes: tuple[str, ...]


def future_windows(
    source: Any, task: ForecastTask, scaling: Scaling, future: Any = None
) -> FutureWindows:
    """Prepare the windows that a trained model forecasts from.

    Args:
        source: Path or data frame with the history. Rows at the end without a target are future
            rows and may hold the known covariates.
        task: The task of the training, with its columns resolved.
        scaling: What the model remembers of the training data.
        future: Path or data frame with the known covariates of the horizon, in the place of future
            rows.

    Returns:
        One window for each series of ``source``; a series that training did not have is scaled by
        its own mean and standard deviation.

    Raises:
        DataError: If a table cannot be used, or too few rows are known.
        ColumnError: If a column is not in a table.
    """  # noqa: DOC502  raised by what this calls
    frame = read_table(source)
    require_columns(frame, task)
    table, stops = check_history(frame, task, scaling.frequency)
    _check_length(table, stops, scaling)
    times = horizon_times(table, stops, scaling.horizon)
    ahead = known_ahead(table, stops, times, task, None if future is None else read_table(future))
    spans, notes = _spans(table, stops, scaling)
    data = _data(table, task, scaling, spans, (stops, times, ahead))
    return FutureWindows(
        data=data,
        starts=np.array([span.start for span in spans], dtype=np.int64),
        series=tuple(span.name for span in spans),
        times=times,
        notes=table.notes + notes,
    )


def _check_length(table: CheckedTable, stops: Rows, scaling: Scaling) -> None:
    for (name, start, _), stop in zip(table.spans, stops, strict=True):
        if stop - start < scaling.context_length:
            place = f"series {name!r}" if name else "the table"
            raise DataError(
                f"{place} must have at least {scaling.context_length} rows with {scaling.target} "
                f"(the context length of the model), got {stop - start}"
            )


def _spans(
    table: CheckedTable, stops: Rows, scaling: Scaling
) -> tuple[tuple[SeriesSpan, ...], tuple[str, ...]]:
    """Spans of the windows, scaled as in training."""
    context, width = scaling.context_length, scaling.context_length + scaling.horizon
    spans, new = [], []
    for index, ((name, start, _), stop) in enumerate(zip(table.spans, stops, strict=True)):
        scales = scaling.series.get(name)
        if scales is None:
            new.append(name)
            scales = series_scales(table.target[start:stop], scaling.season_length)
        spans.append(
            SeriesSpan(
                name=name,
                start=index * width,
                stop=(index + 1) * width,
                center=scales[0],
                scale=scales[1],
                mase_scale=scales[2],
                train_stop=index * width + context,
                val_stop=index * width + context,
                test_stop=index * width + context,
            )
        )
    return tuple(spans), _notes(new)


def _notes(new: list[str]) -> tuple[str, ...]:
    if not new:
        return ()
    named = ", ".join(map(repr, new[:_SHOWN_NAMES])) + (", ..." if len(new) > _SHOWN_NAMES else "")
    return (
        f"{len(new)} series were not in training ({named}); each is scaled by its own mean and "
        "standard deviation",
    )


def _data(
    table: CheckedTable,
    task: ForecastTask,
    scaling: Scaling,
    spans: tuple[SeriesSpan, ...],
    ahead: tuple[Rows, Times | None, Doubles],
) -> ForecastData:
    stops, times, known = ahead
    length, horizon = scaling.context_length, scaling.horizon
    rows = stops[:, None] - length + np.arange(length)  # (series, context_length)
    unknown = np.full((len(rows), horizon), np.nan)
    target = np.concatenate([table.target[rows], unknown], axis=1).reshape(-1)
    past = standardise(table.past, scaling.past_array)[rows]
    past = np.pad(past, ((0, 0), (0, horizon), (0, 0)))
    known = np.concatenate([table.known[rows], known], axis=1)
    all_times = None
    if table.times is not None and times is not None:
        all_times = np.concatenate([table.times[rows], times], axis=1).reshape(-1)
    names, calendar = calendar_of(all_times, table.frequency, task, len(target))
    kept = [names.index(name) for name in scaling.calendar_names]
    nothing = np.empty(0, dtype=np.int64)
    return ForecastData(
        target=standardise_target(target, spans),
        past=past.reshape(len(target), -1),
        known=standardise(known.reshape(len(target), -1), scaling.known_array),
        calendar=np.ascontiguousarray(calendar[:, kept]),
        target_name=scaling.target,
        past_names=scaling.past_names,
        known_names=scaling.known_names,
        calendar_names=scaling.calendar_names,
        series=spans,
        context_length=length,
        horizon=horizon,
        anchor=scaling.anchor,
        season_length=scaling.season_length,
        input_gain=scaling.input_gain,
        output_gain=scaling.output_gain,
        folds=(),
        test=Fold(name="test", train_starts=nothing, val_starts=nothing, history_stops=nothing),
    )
