"""Records as JSON: plain dataclasses in, the same dataclasses out."""

import dataclasses
import json
import math
import types
import typing
from pathlib import Path
from typing import Any

from cellwise._errors import RunError
from cellwise._files import write_text_atomically

Record = typing.TypeVar("Record")

SCHEMA_VERSION = 1
"""Version of the files of a run directory."""


def to_plain(record: Any) -> Any:
    """Turn a record into values that JSON can hold; non-finite numbers become ``None``.

    Args:
        record: A dataclass, or a container or scalar that occurs in one.

    Returns:
        Dicts, lists, strings, numbers, booleans and ``None``.
    """
    if dataclasses.is_dataclass(record):
        return {f.name: to_plain(getattr(record, f.name)) for f in dataclasses.fields(record)}
    if isinstance(record, dict):
        return {str(key): to_plain(value) for key, value in record.items()}
    if isinstance(record, list | tuple):
        return [to_plain(value) for value in record]
    if isinstance(record, float):
        return record if math.isfinite(record) else None
    return record


def from_plain(kind: Any, value: Any) -> Any:
    """Build a record of a type from what `to_plain` returned.

    Args:
        kind: A record class or an annotation that occurs in one.
        value: Plain values.

    Returns:
        The record; ``None`` where a float was not finite comes back as NaN.

    Raises:
        ValueError: If a record is not an object, or lacks a field.
    """  # noqa: DOC502  raised by _check_object
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        _check_object(kind, value)
        hints = typing.get_type_hints(kind)
        known = {k: v for k, v in value.items() if k in hints}
        return typing.cast(Any, kind)(**{k: from_plain(hints[k], v) for k, v in known.items()})
    if origin in (types.UnionType, typing.Union):
        inner = next(arg for arg in args if arg is not type(None))
        return None if value is None else from_plain(inner, value)
    if origin is tuple:
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(from_plain(args[0], item) for item in value)
        return tuple(from_plain(arg, item) for arg, item in zip(args, value, strict=True))
    if origin is dict:
        return {key: from_plain(args[1], item) for key, item in value.items()}
    if kind is float:
        return math.nan if value is None else float(value)
    return value


def _check_object(kind: Any, value: Any) -> None:
    """Refuse what cannot be a record of a class."""
    if not isinstance(value, dict):
        raise ValueError(f"{kind.__name__} must be an object, got {str(value)[:40]}")
    for one in dataclasses.fields(kind):
        needed = one.default is one.default_factory is dataclasses.MISSING
        if needed and one.name not in value:
            raise ValueError(f"{one.name} is absent")


def write_record(path: Path, record: Any) -> None:
    """Write a record as JSON, replacing the file atomically.

    Args:
        path: File to write.
        record: A record.

    Raises:
        RunError: If the file cannot be written.
    """  # noqa: DOC502  raised by write_text_atomically
    plain = {"schema_version": SCHEMA_VERSION, **to_plain(record)}
    write_text_atomically(path, json.dumps(plain, indent=1, allow_nan=False) + "\n")


class DamagedError(RunError):
    """A file that is there, but is not what was written."""


def read_record(path: Path, kind: type[Record]) -> Record:
    """Read a record that `write_record` wrote.

    Args:
        path: File to read.
        kind: Class of the record.

    Returns:
        The record.

    Raises:
        RunError: If the file is absent or of a newer schema.
        DamagedError: If it is neither, and cannot be read.
    """
    plain, version = _read_plain(path)
    if version > SCHEMA_VERSION:
        raise RunError(
            f"{path} has schema version {version}, this Cellwise reads up to "
            f"{SCHEMA_VERSION}; use a newer Cellwise"
        )
    try:
        return typing.cast(Record, from_plain(kind, plain))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DamagedError(f"{path} cannot be read as a Cellwise record: {error}") from error


def _read_plain(path: Path) -> tuple[dict[str, Any], int]:
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(plain, dict):
            raise ValueError(f"it must be an object, got {str(plain)[:40]}")
        if "schema_version" not in plain:
            raise ValueError("schema_version is absent")
        version = plain.pop("schema_version")
        if not isinstance(version, int):
            raise ValueError(f"schema_version must be a whole number, got {version}")
        return plain, version
    except FileNotFoundError as error:
        raise RunError(f"{path} must exist, but there is no such file") from error
    except (OSError, ValueError) as error:
        raise DamagedError(f"{path} cannot be read as a Cellwise record: {error}") from error
