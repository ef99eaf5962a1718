"""From a table to standardised rows, windows and folds."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cellwise.data._calendar import calendar_of, cycles_seen_twice
from cellwise.data._columns import Doubles, resolve_columns
from cellwise.data._dataset import ForecastData, SeriesSpan
from cellwise.data._folds import FoldPlan, default_context, make_folds, split_rows
from cellwise.data._gains import measure_gains
from cellwise.data._read import read_table
from cellwise.data._standard import (
    column_scales,
    series_scales,
    standardise,
    standardise_target,
)
from cellwise.data._table import CheckedTable, check_table
from cellwise.data._task import ForecastTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A task, the table it was checked against, and the data made of both.

    Attributes:
        task: The task with its columns and its context length filled in.
        table: The used columns in original units.
        data: Standardised rows, windows and folds.
        past_scales: Center and scale of each past covariate, ``(Fp, 2)``.
        known_scales: Center and scale of each known covariate, ``(Fk, 2)``.
        notes: What was dropped, inserted, filled and left unused.
    """

    task: ForecastTask
    table: CheckedTable
    data: ForecastData
    past_scales: Doubles
    known_scales: Doubles
    notes: tuple[str, ...]


def prepare(source: Any, task: ForecastTask) -> Prepared:
    """Read, check, standardise and cut a table.

    Means and standard deviations come from the training part alone, gains from the training
    windows of the first fold alone.

    Args:
        source: Path or data frame, as `read_table` takes it.
        task: What to forecast.

    Returns:
        Everything that a search needs.

    Raises:
        DataError: If the table cannot be used as it is.
        ColumnError: If a column is not in the table.
    """  # noqa: DOC502  raised by what this calls
    frame = read_table(source)
    task = resolve_columns(frame, task)
    return prepare_table(check_table(frame, task), task)


def prepare_table(table: CheckedTable, task: ForecastTask) -> Prepared:
    """Standardise and cut a table that was checked.

    Args:
        table: The used columns.
        task: What to forecast, with its columns resolved.

    Returns:
        As `prepare`.

    Raises:
        DataError: If there are too few rows.
    """  # noqa: DOC502  raised by make_folds
    spans = _spans(table, task)
    length = task.context_length or _context_length(spans, table, task)
    task = replace(task, context_length=length)
    plan = make_folds(spans, task, length)
    training = np.zeros(len(table.target), dtype=bool)
    for span in spans:
        training[span.start : span.train_stop] = True
    past_scales = column_scales(table.past[training])
    known_scales = column_scales(table.known[training])
    data = _data(table, task, spans, plan, (past_scales, known_scales))
    input_gain, output_gain = measure_gains(data, plan.folds[0].train_starts)
    return Prepared(
        task=task,
        table=table,
        data=replace(data, input_gain=input_gain, output_gain=output_gain),
        past_scales=past_scales,
        known_scales=known_scales,
        notes=table.notes + plan.notes,
    )


def _spans(table: CheckedTable, task: ForecastTask) -> tuple[SeriesSpan, ...]:
    spans = []
    for name, start, stop in table.spans:
        train, val, test = split_rows(stop - start, task, name)
        # a series with no training row gives no window, but it still needs numbers
        seen = table.target[start : start + max(train, 1)]
        center, scale, mase_scale = series_scales(seen, table.season_length)
        spans.append(
            SeriesSpan(
                name=name,
                start=start,
                stop=stop,
                center=center,
                scale=scale,
                mase_scale=mase_scale,
                train_stop=start + train,
                val_stop=start + val,
                test_stop=start + test,
            )
        )
    return tuple(spans)


def _training_time(table: CheckedTable, spans: tuple[SeriesSpan, ...]) -> np.timedelta64:
    """Longest time that the training rows of a series cover."""
    times = table.times
    if times is None:
        return np.timedelta64(0, "us")
    covered = [times[max(s.train_stop - 1, s.start)] - times[s.start] for s in spans]
    return np.timedelta64(max(covered))


def _context_length(spans: tuple[SeriesSpan, ...], table: CheckedTable, task: ForecastTask) -> int:
    rows = int(np.median([span.train_stop - span.start for span in spans]))
    return default_context(table.season_length, task.horizon, rows)


def _data(
    table: CheckedTable,
    task: ForecastTask,
    spans: tuple[SeriesSpan, ...],
    plan: FoldPlan,
    scales: tuple[Doubles, Doubles],
) -> ForecastData:
    """Standardise all rows; the gains are still 1."""
    names, calendar = calendar_of(table.times, table.frequency, task, len(table.target))
    kept = cycles_seen_twice(names, _training_time(table, spans)) if names else []
    return ForecastData(
        target=standardise_target(table.target, spans),
        past=standardise(table.past, scales[0]),
        known=standardise(table.known, scales[1]),
        calendar=np.ascontiguousarray(calendar[:, kept]),
        target_name=task.target,
        past_names=task.past_covariates,
        known_names=task.known_covariates,
        calendar_names=tuple(names[index] for index in kept),
        series=spans,
        context_length=task.context_length or 1,
        horizon=task.horizon,
        anchor=task.anchor,
        season_length=table.season_length,
        input_gain=1.0,
        output_gain=1.0,
        folds=plan.folds,
        test=plan.test,
    )
