"""What is known of the rows after the last known target."""

import numpy as np

from cellwise._errors import DataError
from cellwise.data._columns import Doubles
from cellwise.data._dataset import Rows
from cellwise.data._raw import RawTable, gather_columns
from cellwise.data._read import Frame
from cellwise.data._table import CheckedTable
from cellwise.data._task import ForecastTask
from cellwise.data._time import Times


def horizon_times(table: CheckedTable, stops: Rows, horizon: int) -> Times | None:
    """Return the times that follow the last known target of each series.

    Args:
        table: The history.
        stops: One past the last row of each series that has a target, ``(series,)``.
        horizon: Steps ahead.

    Returns:
        Times, ``(series, horizon)``; ``None`` without a time column.
    """
    if table.times is None or table.frequency is None:
        return None
    steps = np.arange(1, horizon + 1)
    last = table.times[stops - 1]
    return np.stack([table.frequency.at(time, steps) for time in last])


def known_ahead(
    table: CheckedTable,
    stops: Rows,
    times: Times | None,
    task: ForecastTask,
    future: Frame | None,
) -> Doubles:
    """Return the known covariates over the horizon, from future rows or a future table.

    Args:
        table: The history, with future rows behind ``stops``.
        stops: One past the last row of each series that has a target, ``(series,)``.
        times: Times of the horizon, or ``None``.
        task: Names the known covariates.
        future: Known covariates by series and time (by order without a time column), instead of
            the future rows.

    Returns:
        Values in original units, ``(series, horizon, Fk)``.

    Raises:
        DataError: If a value is missing.
        ColumnError: If the future table lacks a column.
    """  # noqa: DOC502  ColumnError is raised by gather_columns
    names = tuple(name for name, _, _ in table.spans)
    ahead = np.full((len(names), task.horizon, len(task.known_covariates)), np.nan)
    if not task.known_covariates:
        return ahead
    if future is None:
        for index, ((_, _, end), stop) in enumerate(zip(table.spans, stops, strict=True)):
            rows = table.known[stop : min(end, stop + task.horizon)]
            ahead[index, : len(rows)] = rows
    else:
        raw = gather_columns(future, task, task.known_covariates)
        for index, name in enumerate(names):
            if name in raw.series:
                rows = _series_rows(raw, name, None if times is None else times[index])
                ahead[index, : len(rows)] = rows[: task.horizon]
    _check_known(ahead, names, task)
    return ahead


def _series_rows(raw: RawTable, name: str, times: Times | None) -> Doubles:
    """Rows of one series; those at the wanted times if there are times."""
    index = raw.series.index(name)
    part = slice(int(raw.bounds[index]), int(raw.bounds[index + 1]))
    values = raw.values[part]
    if times is None or raw.times is None:
        return values
    if raw.times.dtype != times.dtype:
        raise DataError("times of the future table must be of the same kind as in the history")
    place = {time: row for row, time in enumerate(raw.times[part].tolist())}
    rows = np.array([place.get(time, -1) for time in times.tolist()])
    return np.where((rows >= 0)[:, None], values[rows], np.nan)


def _check_known(ahead: Doubles, names: tuple[str, ...], task: ForecastTask) -> None:
    missing = np.isnan(ahead)
    if not missing.any():
        return
    series, _, column = (int(part[0]) for part in np.nonzero(missing))
    found = task.horizon - int(missing[series, :, column].sum())
    place = f" of series {names[series]!r}" if names[series] else ""
    raise DataError(
        f"known covariate {task.known_covariates[column]!r} must be given for the {task.horizon} "
        f"rows after the last {task.target}{place}, got {found} of them; append rows with an empty "
        f"{task.target}, or give a table of future values"
    )
