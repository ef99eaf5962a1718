"""The used columns of a table as arrays, series by series."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cellwise._errors import DataError
from cellwise.data._columns import Doubles, arrow_column, numeric
from cellwise.data._read import Frame
from cellwise.data._task import ForecastTask
from cellwise.data._time import Times, parse_times


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """Used columns on the way to a `CheckedTable`.

    Attributes:
        names: Names of the columns: target, past covariates, known covariates.
        values: Their values, NaN where missing, ``(N, C)``; rows of a series are contiguous.
        times: Time of each row, ``(N,)``, or ``None``.
        series: Names of the series, in order of first appearance.
        bounds: First row of each series, and N, ``(series + 1,)``.
        numbers: Row of the source table, from 1; 0 for a row that was inserted, ``(N,)``.
    """

    names: tuple[str, ...]
    values: Doubles
    times: Times | None
    series: tuple[str, ...]
    bounds: NDArray[np.int64]
    numbers: NDArray[np.int64]

    @property
    def codes(self) -> NDArray[np.int64]:
        """Index of the series of each row, ``(N,)``."""
        return np.repeat(np.arange(len(self.series)), np.diff(self.bounds))

    def where(self, row: int) -> str:
        """Name a row for a message.

        Args:
            row: Row of this table.

        Returns:
            Such as ``series 'a', row 17``; only ``row 17`` for a single unnamed series.
        """
        series = self.series[int(np.searchsorted(self.bounds, row, side="right")) - 1]
        number = int(self.numbers[row])
        place = f"row {number}" if number else "an inserted row"
        return f"series {series!r}, {place}" if series else place

    def keep(self, mask: NDArray[np.bool_]) -> Self:
        """Return the table with some rows only.

        Args:
            mask: Rows to keep, ``(N,)``.

        Returns:
            The smaller table, with the same series.
        """
        before = np.concatenate([[0], np.cumsum(mask)])
        return replace(
            self,
            values=self.values[mask],
            times=None if self.times is None else self.times[mask],
            bounds=before[self.bounds],
            numbers=self.numbers[mask],
        )


def gather(frame: Frame, task: ForecastTask) -> RawTable:
    """Read the columns that a task names and bring rows of the same series together.

    Args:
        frame: The table.
        task: What to forecast, with its columns resolved.

    Returns:
        Rows of each series in file order, series in order of first appearance.

    Raises:
        DataError: If a value cannot be read.
        ColumnError: If a column is not in the table.
    """  # noqa: DOC502  raised by numeric, parse_times and arrow_column
    names = (task.target, *task.past_covariates, *task.known_covariates)
    return gather_columns(frame, task, names)


def gather_columns(frame: Frame, task: ForecastTask, names: tuple[str, ...]) -> RawTable:
    """Read some columns, with time and series as the task names them.

    Args:
        frame: The table.
        task: Names the time and the series column.
        names: Columns of numbers.

    Returns:
        Rows of each series in file order, series in order of first appearance.

    Raises:
        DataError: If a value cannot be read.
        ColumnError: If a column is not in the table.
    """  # noqa: DOC502  raised by numeric, parse_times and arrow_column
    values = np.empty((len(frame), len(names)))
    for column, name in enumerate(names):
        values[:, column] = numeric(frame, name)
    times = None if task.time is None else parse_times(frame, task.time)
    series, codes = _series(frame, task.series)
    order = np.argsort(codes, kind="stable")
    counts = np.bincount(codes, minlength=len(series))
    return RawTable(
        names=names,
        values=values[order],
        times=None if times is None else times[order],
        series=series,
        bounds=np.concatenate([[0], np.cumsum(counts)]),
        numbers=order + 1,
    )


def _series(frame: Frame, name: str | None) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Names in order of first appearance, and the index of each row's."""
    if name is None:
        return ("",), np.zeros(len(frame), dtype=np.int64)
    encoded = arrow_column(frame, name).dictionary_encode()
    if encoded.null_count:
        row = int(np.argmax(np.asarray(encoded.is_null())))
        raise DataError(f"series column {name!r}, row {row + 1}: must name a series, got nothing")
    texts = tuple(str(value) for value in encoded.dictionary.to_pylist())
    return texts, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
