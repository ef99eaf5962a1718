"""Columns by name, as numbers."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cellwise._errors import ColumnError, DataError
from cellwise.data._read import MISSING_TEXTS, Frame
from cellwise.data._task import ForecastTask

Doubles = NDArray[np.float64]

_SHOWN_COLUMNS = 12
LARGEST = 1e100
"""Largest size of a value: sums of squares stay finite, and so do those of 1 over it above 0."""


def require_column(columns: Sequence[str], name: str) -> None:
    """Check that a column exists.

    Args:
        columns: Names of the columns there are.
        name: The one that is asked for.

    Raises:
        ColumnError: If it is not among them; the message names the nearest one.
    """
    if name in columns:
        return
    texts = [str(column) for column in columns]
    folded = {text.lower(): text for text in reversed(texts)}
    near = get_close_matches(name.lower(), folded, n=1, cutoff=0.5)
    hint = f"; did you mean {folded[near[0]]!r}?" if near else ""
    shown = ", ".join(texts[:_SHOWN_COLUMNS]) + (", ..." if len(texts) > _SHOWN_COLUMNS else "")
    raise ColumnError(f"column {name!r} is not in the table{hint} (columns: {shown})")


def default_target(columns: Sequence[str]) -> str | None:
    """Return the target that the Nixtla naming implies.

    Args:
        columns: Names of the columns of a table.

    Returns:
        ``y`` if there is such a column, else ``None``.
    """
    return "y" if "y" in columns else None


def resolve_columns(frame: Frame, task: ForecastTask) -> ForecastTask:
    """Fill in the series and time column where the table uses Nixtla's names, and check all.

    Args:
        frame: The table.
        task: What to forecast.

    Returns:
        The task with ``series`` and ``time`` set where ``unique_id`` and ``ds`` are columns.

    Raises:
        ColumnError: If a named column is not in the table.
    """  # noqa: DOC502  raised by require_column
    taken = {task.target, *task.past_covariates, *task.known_covariates, task.time, task.series}
    if task.series is None and "unique_id" in frame.columns and "unique_id" not in taken:
        task = replace(task, series="unique_id")
    if task.time is None and "ds" in frame.columns and "ds" not in taken:
        task = replace(task, time="ds")
    require_columns(frame, task)
    return task


def require_columns(frame: Frame, task: ForecastTask) -> None:
    """Check that every column of a task exists.

    Args:
        frame: The table.
        task: What to forecast.

    Raises:
        ColumnError: If a named column is not in the table.
    """  # noqa: DOC502  raised by require_column
    for name in (
        task.target,
        task.time,
        task.series,
        *task.past_covariates,
        *task.known_covariates,
    ):
        if name is not None:
            require_column(frame.columns, name)


def arrow_column(frame: Frame, name: str) -> Any:
    """Return a column as one Arrow array, whatever the frame is made of.

    Args:
        frame: The table.
        name: Column to take.

    Returns:
        A ``pyarrow.Array`` with plain values (no dictionary encoding).

    Raises:
        DataError: If the values of the column are of several kinds.
        ColumnError: If the table has no such column.
    """  # noqa: DOC503  ColumnError is raised by require_column
    require_column(frame.columns, name)
    try:
        array = frame[name].to_arrow()
    except (pa.ArrowException, TypeError) as error:
        reason = (str(error).splitlines() or [""])[0]
        raise DataError(f"column {name!r} mixes kinds of values: {reason}") from error
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    return array


def numeric(frame: Frame, name: str) -> Doubles:
    """Return a column as numbers, with NaN where a value is missing.

    Args:
        frame: The table.
        name: Column of integers, floats, booleans or texts that read as numbers.

    Returns:
        Values, ``(N,)``.

    Raises:
        DataError: If a value is not a finite number, or its square could not be added up.
        ColumnError: If the table has no such column.
    """  # noqa: DOC503  ColumnError is raised by arrow_column
    array = arrow_column(frame, name)
    kind = array.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or kind == pa.string_view():
        array = _parse(array.cast(pa.string()), name)
    elif not _is_number(kind):
        raise DataError(f"column {name!r} must hold numbers, got {kind}; leave it out or encode it")
    elif pa.types.is_boolean(kind):
        array = array.cast(pa.int8())
    # decimals and large integers may lose digits beyond float64
    values = pc.cast(array, pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    values = np.array(values, dtype=np.float64)
    beyond = np.flatnonzero(np.abs(values) > LARGEST)
    if len(beyond):
        row = int(beyond[0])
        place, value = f"column {name!r}, row {row + 1}", values[row]
        if np.isinf(value):
            raise DataError(f"{place}: must be a finite number, got {value}")
        raise DataError(
            f"{place}: must be at most {LARGEST:g} in size, got {value:g}; give the column in a "
            "larger unit"
        )
    return values


def _is_number(kind: Any) -> bool:
    types = pa.types
    tests = (types.is_integer, types.is_floating, types.is_boolean, types.is_decimal, types.is_null)
    return any(test(kind) for test in tests)


def _parse(array: Any, name: str) -> Any:
    """Read texts as numbers."""
    array = pc.utf8_trim_whitespace(array)
    missing = pc.is_in(array, value_set=pa.array(MISSING_TEXTS, pa.string()))
    array = pc.if_else(missing, pa.scalar(None, pa.string()), array)
    try:
        return array.cast(pa.float64())
    except pa.ArrowInvalid as error:
        row, text = next((i, v) for i, v in enumerate(array.to_pylist()) if not _is_float(v))
        raise DataError(
            f"column {name!r}, row {row + 1}: {text!r} is not a number; "
            "leave the column out, or encode it as numbers"
        ) from error


def _is_float(text: str | None) -> bool:
    try:
        pa.scalar(text, pa.string()).cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True
