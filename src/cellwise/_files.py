"""Files that are either the old one or the new one, never half of it."""

import os
from collections.abc import Callable
from pathlib import Path

from cellwise._errors import RunError


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Write beside the file, force it to disk, then replace the file in one step.

    Args:
        path: File to replace.
        write: Writes the whole content to the path that it is given.

    Raises:
        RunError: If the disk is full or the place cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        with temporary.open("rb") as handle:
            os.fsync(handle.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise RunError(f"{path} cannot be written: {reason}; free space or choose another --out") from error


def write_text_atomically(path: Path, text: str) -> None:
    """Replace a text file in one step.

    Args:
        path: File to replace.
        text: New content.

    Raises:
        RunError: If the disk is full or the place cannot be written.
    """  # noqa: DOC502  raised by write_atomically
    write_atomically(path, lambda temporary: _write(temporary, text))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
