"""The window behind the last known value of each series, ready for a trained model."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cellwise._errors import DataError
from cellwise.data._calendar import calendar_of
from cellwise.data._columns import Doubles, require_columns
from cellwise.data._dataset import Floats, Fold, ForecastData, Rows, SeriesSpan
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
        data: The context, what is kept before it, and the horizon of each series; over the horizon
            the target is NaN and past covariates are 0; without folds.
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
    source: Any,
    task: ForecastTask,
    scaling: Scaling,
    future: Any = None,
    *,
    with_history: bool = False,
) -> FutureWindows:
    """Prepare the windows that a trained model forecasts from.

    Args:
        source: Path or data frame with the history. Rows at the end without a target are future
            rows and may hold the known covariates.
        task: The task of the training, with its columns resolved.
        scaling: What the model remembers of the training data.
        future: Path or data frame with the known covariates of the horizon, in the place of future
            rows.
        with_history: Whether the rows before a window are kept too, as many whole contexts as there
            are, for a network that carries its state from window to window.

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
    rows = [
        np.arange(stop - _kept(stop - start, scaling.context_length, with_history), stop)
        for (_, start, _), stop in zip(table.spans, stops, strict=True)
    ]
    spans, notes = _spans(table, stops, scaling, rows)
    data = _data(table, task, scaling, spans, (rows, times, ahead))
    return FutureWindows(
        data=data,
        starts=np.array([span.train_stop for span in spans], dtype=np.int64)
        - scaling.context_length,
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


def _kept(known: int, length: int, with_history: bool) -> int:
    """Rows of a series that are kept, its horizon apart."""
    return known // length * length if with_history else length


def _spans(
    table: CheckedTable, stops: Rows, scaling: Scaling, rows: list[Rows]
) -> tuple[tuple[SeriesSpan, ...], tuple[str, ...]]:
    """Spans of the windows, scaled as in training."""
    spans, new, first = [], [], 0
    for (name, start, _), stop, kept in zip(table.spans, stops, rows, strict=True):
        scales = scaling.series.get(name)
        if scales is None:
            new.append(name)
            scales = series_scales(table.target[start:stop], scaling.season_length)
        spans.append(
            SeriesSpan(
                name=name,
                start=first,
                stop=first + len(kept) + scaling.horizon,
                center=scales[0],
                scale=scales[1],
                mase_scale=scales[2],
                train_stop=first + len(kept),
                val_stop=first + len(kept),
                test_stop=first + len(kept),
            )
        )
        first = spans[-1].stop
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
    ahead: tuple[list[Rows], Times | None, Doubles],
) -> ForecastData:
    rows, times, known = ahead
    horizon = scaling.horizon
    target = _joined(table.target, rows, np.full((len(rows), horizon), np.nan))
    past = standardise(table.past, scaling.past_array)
    past = _joined(past, rows, np.zeros((len(rows), horizon, past.shape[1]), past.dtype))
    all_times = None
    if table.times is not None and times is not None:
        all_times = _joined(table.times, rows, times)
    nothing = np.empty(0, dtype=np.int64)
    return ForecastData(
        target=standardise_target(target, spans),
        past=past,
        known=standardise(_joined(table.known, rows, known), scaling.known_array),
        calendar=_calendar(table, task, scaling, all_times, len(target)),
        target_name=scaling.target,
        past_names=scaling.past_names,
        known_names=scaling.known_names,
        calendar_names=scaling.calendar_names,
        series=spans,
        context_length=scaling.context_length,
        horizon=horizon,
        anchor=scaling.anchor,
        season_length=scaling.season_length,
        input_gain=scaling.input_gain,
        output_gain=scaling.output_gain,
        folds=(),
        test=Fold(name="test", train_starts=nothing, val_starts=nothing, history_stops=nothing),
    )


def _calendar(
    table: CheckedTable, task: ForecastTask, scaling: Scaling, times: Times | None, count: int
) -> Floats:
    """Calendar features of training, which leaves out cycles that it has not seen twice."""
    names, calendar = calendar_of(times, table.frequency, task, count)
    kept = [names.index(name) for name in scaling.calendar_names]
    return np.ascontiguousarray(calendar[:, kept])


def _joined(values: NDArray[Any], rows: list[Rows], ahead: NDArray[Any]) -> NDArray[Any]:
    """Put the kept rows of each series and what is known over its horizon one behind the other."""
    parts = [
        part for kept, after in zip(rows, ahead, strict=True) for part in (values[kept], after)
    ]
    return np.concatenate(parts)
