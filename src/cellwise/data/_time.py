"""The time column, whatever it is written in, as datetime64 or as whole numbers."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cellwise._errors import DataError
from cellwise.data._columns import arrow_column
from cellwise.data._read import Frame

Times = NDArray[Any]
"""``datetime64[us]`` or ``int64``, ``(N,)``."""

_CLOCKS = ("", " %H:%M", " %H:%M:%S")
_YEAR_FIRST = ("%Y-%m", "%Y/%m", *(f"%Y{s}%m{s}%d{c}" for s in "-/." for c in _CLOCKS), "%Y%m%d")
_MONTH_FIRST = tuple(f"%m{s}%d{s}{y}{c}" for y in ("%Y", "%y") for s in "/-." for c in _CLOCKS)
_DAY_FIRST = tuple(f"%d{s}%m{s}{y}{c}" for y in ("%Y", "%y") for s in "/-." for c in _CLOCKS)


def parse_times(frame: Frame, name: str) -> Times:
    """Read the time column.

    Times with a zone are turned into UTC. Texts are read as ISO 8601 first, then in a short list
    of common forms; day and month are told apart by the values that allow one reading only.

    Args:
        frame: The table.
        name: Column of timestamps, dates, texts or whole numbers.

    Returns:
        ``datetime64[us]``, or ``int64`` for a regular index, ``(N,)``.

    Raises:
        DataError: If a value is missing or is no time.
        ColumnError: If the table has no such column.
    """  # noqa: DOC503  ColumnError is raised by arrow_column
    array = arrow_column(frame, name)
    kind = array.type
    absent = np.flatnonzero(np.asarray(pc.is_null(array, nan_is_null=True)))
    if len(absent):
        raise DataError(
            f"time column {name!r}, row {absent[0] + 1}: must be a time, got nothing "
            f"({len(absent)} rows without one); remove these rows"
        )
    if pa.types.is_integer(kind):
        return np.array(array.cast(pa.int64()).to_numpy(zero_copy_only=False))
    if pa.types.is_floating(kind):
        return _whole(array.to_numpy(zero_copy_only=False), name)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or kind == pa.string_view():
        array = _parse(array.cast(pa.string()), name)
    elif not (pa.types.is_timestamp(kind) or pa.types.is_date(kind)):
        raise DataError(f"time column {name!r} must hold times or whole numbers, got {kind}")
    return _microseconds(array)


def _microseconds(array: Any) -> Times:
    # a zone-aware array counts from the epoch in UTC already; only the label goes
    plain = array.cast(pa.timestamp("us"), safe=False)
    return np.array(plain.to_numpy(zero_copy_only=False), dtype="datetime64[us]")


def _whole(values: NDArray[Any], name: str) -> Times:
    broken = np.flatnonzero(values != np.floor(values))
    if len(broken):
        row = int(broken[0])
        raise DataError(
            f"time column {name!r}, row {row + 1}: must be a time or a whole number, "
            f"got {values[row]}; leave out --time to take rows as equally spaced"
        )
    return values.astype(np.int64)


def _parse(array: Any, name: str) -> Any:
    array = pc.utf8_trim_whitespace(array)
    for kind in (pa.timestamp("us"), pa.timestamp("us", "UTC")):
        try:
            return array.cast(kind)
        except pa.ArrowInvalid:
            continue
    found = _first_reading(array, _YEAR_FIRST)
    if found is not None:
        return found
    month_first, day_first = (_first_reading(array, forms) for forms in (_MONTH_FIRST, _DAY_FIRST))
    if month_first is not None and day_first is not None and not month_first.equals(day_first):
        raise DataError(
            f"time column {name!r}: dates like {array[0].as_py()!r} can be read day first or month "
            "first; write them as 2012-02-01"
        )
    found = day_first if month_first is None else month_first
    if found is None:
        raise _unreadable(array, name)
    return found


def _first_reading(array: Any, forms: tuple[str, ...]) -> Any:
    """Return the times under the first form that reads all, or None."""
    for form in forms:
        # most forms fail on the first value, which saves reading all of them
        if _read_as(array[:1], form).null_count == 0:
            found = _read_as(array, form)
            if found.null_count == 0:
                return found
    return None


def _read_as(array: Any, form: str) -> Any:
    times = pc.strptime(array, format=form, unit="us", error_is_null=True)
    if "%d" not in form:
        return times
    # "1/2/10" is not a day of the year 10
    return pc.if_else(pc.less(pc.year(times), 100), pa.scalar(None, times.type), times)


def _unreadable(array: Any, name: str) -> DataError:
    """Name the first value that the form which reads most cannot read."""
    readings = [pc.is_null(_read_as(array, f)) for f in _YEAR_FIRST + _MONTH_FIRST + _DAY_FIRST]
    readings += [pc.invert(pc.match_substring_regex(array, r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d|$)"))]
    failed = min((np.asarray(reading) for reading in readings), key=lambda r: int(r.sum()))
    row = int(np.argmax(failed))
    return DataError(
        f"time column {name!r}, row {row + 1}: {array[row].as_py()!r} cannot be read as a time; "
        "write times like 2016-07-01 00:00:00"
    )
