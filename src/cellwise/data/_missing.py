"""Missing values: refused, or repaired and reported."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cellwise._errors import DataError
from cellwise.data._columns import Doubles
from cellwise.data._raw import RawTable
from cellwise.data._task import ForecastTask

_WORDS = {"interpolate": "by interpolation", "forward": "with the value before"}


def drop_open_ends(raw: RawTable, task: ForecastTask) -> tuple[RawTable, tuple[str, ...]]:
    """Drop rows that have no target before the first or after the last known one of their series.

    Rows at the end are future rows, which only a prediction can use. Rows at the start are kept
    if ``missing`` is ``error``, so that they are reported.

    Args:
        raw: The rows on their grid.
        task: Names the target and says what to do with missing values.

    Returns:
        The remaining rows, and notes about the others.
    """
    first, last = _known_part(raw, task)
    row = np.arange(len(raw.values))
    before = (row < first[raw.codes]) & (task.missing != "error")
    after = row >= last[raw.codes]
    notes = []
    if before.any():
        notes.append(f"dropped {int(before.sum())} rows at the start without {task.target}")
    if after.any():
        notes.append(f"dropped {int(after.sum())} rows at the end without {task.target}")
    return raw.keep(~before & ~after), tuple(notes)


def history_stops(raw: RawTable, task: ForecastTask) -> NDArray[np.int64]:
    """Return one past the last row of each series that has a target.

    Args:
        raw: The rows on their grid.
        task: Names the target.

    Returns:
        Rows, ``(series,)``.

    Raises:
        DataError: If a series has no target at all.
    """  # noqa: DOC502  raised by _known_part
    return _known_part(raw, task)[1]


def repair(
    raw: RawTable, task: ForecastTask, stops: NDArray[np.int64]
) -> tuple[RawTable, tuple[str, ...]]:
    """Fill missing values of every column, series by series.

    ``interpolate`` draws a line between the values before and after a gap, so a gap that reaches
    over a split border is filled with the help of a value behind the border: a mild leak.
    ``forward`` has none. Both repeat the first value before it and the last value behind it.

    Args:
        raw: The rows on their grid.
        task: Says what to do with missing values.
        stops: One past the last row of each series to repair, ``(series,)``.

    Returns:
        The repaired rows, and notes about what was filled.

    Raises:
        DataError: If values are missing and ``missing`` is ``error``, or a series has no value.
    """  # noqa: DOC503  one is built by _report
    used = np.arange(len(raw.values)) < stops[raw.codes]
    absent = np.isnan(raw.values) & used[:, None]
    counts = absent.sum(axis=0)
    if not counts.any():
        return raw, ()
    if task.missing == "error":
        raise _report(raw, absent)
    values = raw.values.copy()
    for column in np.flatnonzero(counts):
        for index in np.unique(raw.codes[absent[:, column]]):
            part = slice(int(raw.bounds[index]), int(stops[index]))
            if absent[part, column].all():
                name = raw.series[index]
                raise DataError(
                    f"column {raw.names[column]!r} must have a value"
                    + (f" in series {name!r}" if name else "")
                    + ", got only missing ones; leave it out"
                )
            values[part, column] = _fill(values[part, column], linear=task.missing == "interpolate")
    notes = tuple(
        f"filled {counts[column]} missing values of {raw.names[column]} {_WORDS[task.missing]}"
        for column in np.flatnonzero(counts)
    )
    return replace(raw, values=values), notes


def _known_part(raw: RawTable, task: ForecastTask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First row with a target and one past the last, for each series."""
    present = np.flatnonzero(~np.isnan(raw.values[:, 0]))
    left = np.searchsorted(present, raw.bounds[:-1])
    right = np.searchsorted(present, raw.bounds[1:])
    empty = np.flatnonzero(left == right)
    if len(empty):
        name = raw.series[int(empty[0])]
        place = f"series {name!r}" if name else "the table"
        raise DataError(
            f"column {task.target!r} must have a value in {place}, got only missing ones"
        )
    return present[left], present[right - 1] + 1


def _report(raw: RawTable, absent: NDArray[np.bool_]) -> DataError:
    counts = absent.sum(axis=0)
    parts = [f"{counts[c]} of {raw.names[c]!r}" for c in np.flatnonzero(counts)]
    column = int(np.flatnonzero(counts)[0])
    row = int(np.argmax(absent[:, column]))
    return DataError(
        f"values are missing ({', '.join(parts)}), the first of {raw.names[column]!r} in "
        f"{raw.where(row)}; use --missing interpolate or --missing forward"
    )


def _fill(values: Doubles, *, linear: bool) -> Doubles:
    known = np.flatnonzero(~np.isnan(values))
    row = np.arange(len(values))
    if linear:
        return np.interp(row, known, values[known])
    latest = np.searchsorted(known, row, side="right") - 1
    return np.asarray(values[known[np.maximum(latest, 0)]])
