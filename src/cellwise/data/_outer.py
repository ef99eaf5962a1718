"""Outer folds: the table as it was at earlier times, each with test rows of its own."""

from dataclasses import replace

import numpy as np

from cellwise._errors import DataError, SettingsError
from cellwise.data._prepare import Prepared, prepare_table
from cellwise.data._table import CheckedTable
from cellwise.data._task import ForecastTask

# fractions such as 0.6 * 10 must not lose a row to rounding
_ROUNDING = 1e-9


def outer_folds(prepared: Prepared, count: int) -> tuple[Prepared, ...]:
    """Cut the validation part of a table into blocks, each the test rows of a table that ends there.

    Outer fold k holds the rows up to the end of block k and nothing behind it; the rows before
    the block are split into training and validation part in the ratio of the whole table. So a
    whole search fits into each, and the test rows of the whole table stay shut.

    Args:
        prepared: The whole table, with its context length chosen.
        count: Outer folds K.

    Returns:
        A prepared table for each outer fold, in time order; scaled by its own training rows.

    Raises:
        DataError: If a block is too short for a window, or what lies before it for the folds.
    """  # noqa: DOC502  raised by _outer_fold
    return tuple(_outer_fold(prepared, number, count) for number in range(1, count + 1))


def _outer_fold(prepared: Prepared, number: int, count: int) -> Prepared:
    try:
        task, stop = _task(prepared.task, number, count)
        return prepare_table(_shorten(prepared.table, task, stop), task)
    except (DataError, SettingsError) as error:
        raise DataError(
            f"outer fold {number} of {count} has too few rows: {error}; or use fewer --outer-folds"
        ) from error


def _task(task: ForecastTask, number: int, count: int) -> tuple[ForecastTask, float]:
    """The task of an outer fold, and where its rows end: a fraction or a number of rows."""
    train, both = task.split[0], task.split[0] + task.split[1]
    first, stop = (train + (both - train) * k / count for k in (number - 1, number))
    if not task.split_is_fraction:
        first, stop = first // 1, stop // 1
        own = first * train // both
        return replace(task, split=(own, first - own, stop - first)), stop
    own = first * train / both
    return replace(task, split=(own / stop, (first - own) / stop, (stop - first) / stop)), stop


def _shorten(table: CheckedTable, task: ForecastTask, stop: float) -> CheckedTable:
    """Leave out the rows of every series behind a point."""
    kept = []
    spans: list[tuple[str, int, int]] = []
    for name, start, end in table.spans:
        wanted = (end - start) * stop if task.split_is_fraction else stop
        rows = min(end - start, int(wanted + _ROUNDING))
        if rows:
            place = spans[-1][2] if spans else 0
            spans.append((name, place, place + rows))
            kept.append(np.arange(start, start + rows))
    rows_kept = np.concatenate(kept)
    return replace(
        table,
        target=table.target[rows_kept],
        past=table.past[rows_kept],
        known=table.known[rows_kept],
        times=None if table.times is None else table.times[rows_kept],
        spans=tuple(spans),
    )
