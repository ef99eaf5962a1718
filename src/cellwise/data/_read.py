"""Tables from files and frames, as one kind of frame."""

from os import PathLike
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow as pa
from pyarrow import csv, feather, parquet

from cellwise._errors import DataError

Frame = nw.DataFrame[Any]

MISSING_TEXTS = ("", "NA", "NaN", "nan", "N/A", "null", "NULL")
_ENDINGS = (".csv", ".csv.gz", ".parquet", ".feather", ".arrow")


def read_table(source: Any) -> Frame:
    """Read a file or wrap a frame.

    Args:
        source: Path of a ``.csv``, ``.csv.gz``, ``.parquet``, ``.feather`` or ``.arrow`` file, or a
            pandas, polars, pyarrow or narwhals data frame. A named pandas index becomes a column.

    Returns:
        An eager narwhals frame with at least one row.

    Raises:
        DataError: If there is no such file, or it cannot be read, or it has no rows.
    """
    if isinstance(source, (str, PathLike)):
        name = str(source)
        frame = _wrap(_read_file(Path(source)), name)
    else:
        name = "the table"
        frame = _wrap(source, name)
    if len(frame) == 0:
        raise DataError(f"{name} must have at least one row, got none")
    return frame


def _wrap(source: Any, name: str) -> Frame:
    source = nw.to_native(source, pass_through=True)
    if nw.dependencies.is_pandas_dataframe(source):
        names = [name for name in source.index.names if name is not None]
        if names and not set(names) & set(source.columns):
            source = source.reset_index()
        if not all(isinstance(column, str) for column in source.columns):
            source = source.rename(columns=str)
    try:
        frame: Frame = nw.from_native(source, eager_only=True)
        # pandas frames are checked only when a column is asked for
        frame = frame.select(frame.columns)
    except nw.exceptions.DuplicateError as error:
        twice = str(error).splitlines()[-1].lstrip("- ")
        raise DataError(f"{name} has columns of the same name ({twice}); rename them") from error
    except (TypeError, ValueError, nw.exceptions.NarwhalsError) as error:
        kind = f"{type(source).__module__}.{type(source).__qualname__}"
        raise DataError(
            f"table must be a path or a pandas, polars or pyarrow data frame, got {kind}: "
            f"{_first_line(error)}"
        ) from error
    return frame


def _read_file(path: Path) -> Any:
    if path.is_dir():
        raise DataError(f"{path} is a directory; name one file in it")
    if not path.is_file():
        raise DataError(f"{path} does not exist; check the path")
    name = path.name.lower()
    if not name.endswith(_ENDINGS):
        raise DataError(f"{path} must end in one of {', '.join(_ENDINGS)}")
    try:
        if name.endswith((".csv", ".csv.gz")):
            return _read_csv(path)
        if name.endswith(".parquet"):
            return parquet.read_table(path)
        return feather.read_table(path)
    except DataError:
        raise
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text; save it as UTF-8") from error
    except (pa.ArrowException, OSError, ValueError, EOFError) as error:
        raise DataError(f"{path} cannot be read: {_first_line(error)}") from error


def _read_csv(path: Path) -> Any:
    with pa.input_stream(str(path)) as stream:
        content = stream.read()
    header = content[: content.find(b"\n")].decode("utf-8")
    table = csv.read_csv(
        pa.BufferReader(content),
        # one block, since types are inferred from the first block only
        read_options=csv.ReadOptions(block_size=min(len(content) + 1, 2**31 - 1)),
        parse_options=csv.ParseOptions(
            delimiter=max(",;\t", key=header.count),
            # in a single column an empty line is a missing value, not nothing
            ignore_empty_lines=any(sign in header for sign in ",;\t"),
        ),
        convert_options=csv.ConvertOptions(
            null_values=list(MISSING_TEXTS), strings_can_be_null=True
        ),
    )
    binary = [field.name for field in table.schema if pa.types.is_binary(field.type)]
    if binary:
        raise DataError(f"{path} is not UTF-8 text in column {binary[0]!r}; save it as UTF-8")
    return table


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
