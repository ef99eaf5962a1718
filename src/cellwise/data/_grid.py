"""Rows on a regular grid in time: order, doubles and gaps."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cellwise._errors import DataError
from cellwise.data._frequency import Frequency, infer_frequency
from cellwise.data._raw import RawTable
from cellwise.data._task import ForecastTask


def to_grid(
    raw: RawTable, task: ForecastTask, expected: Frequency | None = None
) -> tuple[RawTable, Frequency | None, tuple[str, ...]]:
    """Check that the rows of each series follow one another in equal steps; insert absent rows.

    Args:
        raw: The rows; without times they are taken as equally spaced.
        task: Says what to do with absent rows (``missing``).
        expected: The frequency that a model was trained on.

    Returns:
        The rows with none absent, their frequency, and notes about what was inserted.

    Raises:
        DataError: If times are unsorted, doubled, off the grid or of another frequency, or rows
            are absent and ``missing`` is ``error``.
    """  # noqa: DOC502  raised by the checks below
    if raw.times is None:
        return raw, None, ()
    within = np.diff(raw.codes) == 0
    _check_order(raw, task, within)
    frequency = infer_frequency(raw.times, within)
    if expected is not None:
        _check_expected(frequency, expected, task)
        frequency = expected
    if frequency is None:
        raise DataError(f"time column {task.time!r} must hold at least 2 rows of a series, got 1")
    positions = _positions(raw, frequency)
    absent = np.where(within, np.diff(positions) - 1, 0)
    if not absent.any():
        return raw, frequency, ()
    _check_gaps(raw, task, frequency, absent)
    note = f"inserted {int(absent.sum())} absent rows ({frequency.words} data)"
    return _insert(raw, frequency, positions), frequency, (note,)


def _check_order(raw: RawTable, task: ForecastTask, within: NDArray[np.bool_]) -> None:
    times: NDArray[Any] = np.asarray(raw.times)
    earlier = np.flatnonzero(within & (times[1:] < times[:-1]))
    if len(earlier):
        row = int(earlier[0]) + 1
        raise DataError(
            f"{raw.where(row)}: time {_text(times[row])} is before {_text(times[row - 1])} in the "
            f"row above it; sort the table by {task.series + ' and ' if task.series else ''}"
            f"{task.time}"
        )
    doubled = np.flatnonzero(within & (times[1:] == times[:-1]))
    if len(doubled):
        row = int(doubled[0]) + 1
        raise DataError(
            f"{raw.where(row)}: time {_text(times[row])} occurs twice "
            f"({len(doubled)} such rows); remove the doubles"
            + ("" if task.series else ", or name the column of the series with --series")
        )


def _check_expected(found: Frequency | None, expected: Frequency, task: ForecastTask) -> None:
    same = found is None or (found.unit, found.step) == (expected.unit, expected.step)
    if not same and found is not None:
        raise DataError(
            f"time column {task.time!r} must be {expected.words} as in training, got {found.words}"
        )


def _positions(raw: RawTable, frequency: Frequency) -> NDArray[np.int64]:
    times: NDArray[Any] = np.asarray(raw.times)
    positions = frequency.positions(times[raw.bounds[:-1]][raw.codes], times)
    off = np.flatnonzero(positions < 0)
    if len(off):
        row = int(off[0])
        raise DataError(
            f"{raw.where(row)}: time {_text(times[row])} is not a whole number of steps after the "
            f"start of the series ({frequency.words} data); resample the table, or leave out "
            "--time to take rows as equally spaced"
        )
    return positions


def _check_gaps(
    raw: RawTable, task: ForecastTask, frequency: Frequency, absent: NDArray[np.int64]
) -> None:
    times: NDArray[Any] = np.asarray(raw.times)
    total, row = int(absent.sum()), int(np.flatnonzero(absent)[0])
    first = _text(frequency.advance(times[row], 1)[0])
    if task.missing == "error":
        raise DataError(
            f"{total} rows are absent from {frequency.words} data, the first at {first} after "
            f"{raw.where(row)}; use --missing interpolate or --missing forward, or leave out "
            "--time to take rows as equally spaced"
        )
    if total > len(times):
        raise DataError(
            f"more rows are absent than present ({total} against {len(times)}) if the data are "
            f"{frequency.words}, the first at {first} after {raw.where(row)}; resample the table, "
            "or leave out --time to take rows as equally spaced"
        )


def _insert(raw: RawTable, frequency: Frequency, positions: NDArray[np.int64]) -> RawTable:
    """Spread the rows over the grid; values of inserted rows are NaN."""
    lengths = positions[raw.bounds[1:] - 1] + 1
    bounds = np.concatenate([[0], np.cumsum(lengths)])
    place = bounds[:-1][raw.codes] + positions
    values = np.full((bounds[-1], raw.values.shape[1]), np.nan)
    values[place] = raw.values
    numbers = np.zeros(bounds[-1], dtype=np.int64)
    numbers[place] = raw.numbers
    codes = np.repeat(np.arange(len(raw.series)), lengths)
    origin = np.asarray(raw.times)[raw.bounds[:-1]][codes]
    times = frequency.at(origin, np.arange(bounds[-1]) - bounds[:-1][codes])
    return replace(raw, values=values, times=times, bounds=bounds, numbers=numbers)


def _text(time: Any) -> str:
    if time.dtype.kind == "i":
        return str(time)
    return str(time.astype("datetime64[s]")).replace("T", " ")
