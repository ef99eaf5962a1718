"""A table that passed every check."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cellwise._errors import DataError
from cellwise.data._columns import LARGEST, Doubles
from cellwise.data._frequency import Frequency
from cellwise.data._grid import to_grid
from cellwise.data._missing import drop_open_ends, history_stops, repair
from cellwise.data._raw import RawTable, gather
from cellwise.data._read import Frame
from cellwise.data._task import ForecastTask
from cellwise.data._time import Times


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedTable:
    """The used columns of a table: regular in time, repaired, series after series.

    Attributes:
        target: Target in original units, ``(N,)``; NaN only in future rows (`check_history`).
        past: Past covariates, ``(N, Fp)``.
        known: Known covariates, ``(N, Fk)``.
        times: Time of each row, ``datetime64[us]`` or ``int64``, ``(N,)``; ``None`` without a time
            column.
        frequency: Step between rows; ``None`` without a time column.
        spans: Name, first row and one past the last row of each series.
        notes: What was dropped, inserted and filled.
        frame_kind: ``pandas``, ``polars`` or ``pyarrow`` (also for files).
    """

    target: Doubles
    past: Doubles
    known: Doubles
    times: Times | None
    frequency: Frequency | None
    spans: tuple[tuple[str, int, int], ...]
    notes: tuple[str, ...]
    frame_kind: str

    @property
    def season_length(self) -> int:
        """Steps of the main season; 1 where there is none."""
        return 1 if self.frequency is None else self.frequency.season_length

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the used values, times and series, as hex digits."""
        digest = sha256(repr((self.spans, self.frequency)).encode())
        for array in (self.target, self.past, self.known, self.times):
            if array is not None:
                digest.update(repr((array.shape, array.dtype.str)).encode())
                digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    @classmethod
    def of(
        cls,
        raw: RawTable,
        task: ForecastTask,
        *,
        frequency: Frequency | None,
        notes: tuple[str, ...],
        frame_kind: str,
    ) -> Self:
        """Name the columns of checked rows.

        Args:
            raw: Rows that passed the checks.
            task: Names the columns.
            frequency: Step between rows.
            notes: What was done to the rows.
            frame_kind: Library of the frame.

        Returns:
            The table.
        """
        known_from = 1 + len(task.past_covariates)
        bounds = [int(row) for row in raw.bounds]
        return cls(
            target=raw.values[:, 0],
            past=raw.values[:, 1:known_from],
            known=raw.values[:, known_from:],
            times=raw.times,
            frequency=frequency,
            spans=tuple(zip(raw.series, bounds[:-1], bounds[1:], strict=True)),
            notes=notes,
            frame_kind=frame_kind,
        )


def check_table(frame: Frame, task: ForecastTask) -> CheckedTable:
    """Check a table for fitting; rows at the end without a target are dropped.

    Args:
        frame: The table.
        task: What to forecast, with its columns resolved (`resolve_columns`).

    Returns:
        The used columns, with no value missing.

    Raises:
        DataError: If the table cannot be used as it is.
        ColumnError: If a column is not in the table.
    """  # noqa: DOC502  raised by gather, to_grid and repair
    raw, frequency, inserted = to_grid(gather(frame, task), task)
    raw, dropped = drop_open_ends(raw, task)
    raw, filled = repair(raw, task, raw.bounds[1:])
    _check_varies(raw, task)
    kind, notes = str(frame.implementation.value), inserted + dropped + filled
    return CheckedTable.of(raw, task, frequency=frequency, notes=notes, frame_kind=kind)


def check_history(
    frame: Frame, task: ForecastTask, expected: Frequency | None
) -> tuple[CheckedTable, NDArray[np.int64]]:
    """Check a table for predicting; rows at the end without a target are kept as future rows.

    Args:
        frame: The table.
        task: What to forecast, with its columns resolved.
        expected: The frequency that the model was trained on.

    Returns:
        The used columns, where only future rows miss values, and one past the last row of each
        series that has a target, ``(series,)``.

    Raises:
        DataError: If the table cannot be used as it is.
        ColumnError: If a column is not in the table.
    """  # noqa: DOC502  raised by gather, to_grid and repair
    raw, frequency, inserted = to_grid(gather(frame, task), task, expected)
    stops = history_stops(raw, task)
    raw, filled = repair(raw, task, stops)
    kind, notes = str(frame.implementation.value), inserted + filled
    return CheckedTable.of(raw, task, frequency=frequency, notes=notes, frame_kind=kind), stops


def _check_varies(raw: RawTable, task: ForecastTask) -> None:
    starts = raw.bounds[:-1]
    lowest = np.minimum.reduceat(raw.values[:, 0], starts)
    highest = np.maximum.reduceat(raw.values[:, 0], starts)
    spread = float(np.max(highest - lowest))
    if 0 < spread < 1 / LARGEST:
        raise DataError(
            f"column {task.target!r} must vary by at least {1 / LARGEST:g}, got {spread:g}; give it "
            "in a smaller unit"
        )
    if spread == 0:
        rows = "every row of each series" if len(raw.series) > 1 else "every row"
        raise DataError(
            f"column {task.target!r} must vary, got the same value in {rows} ({lowest[0]:g}); "
            "a constant needs no model"
        )
