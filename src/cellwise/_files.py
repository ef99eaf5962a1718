"""Files that are either the old one or the new one, never half of it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cellwise._errors import RunError

_UNFINISHED = ".tmp"


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside the file, force it to disk, then replace the file in one step.

    Args:
        path: File to replace.
        write: Writes the whole content to the path that it is given.

    Raises:
        RunError: If the disk is full or the place cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{_UNFINISHED}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        with temporary.open("rb") as handle:
            os.fsync(handle.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):  # it may never have been made
            temporary.unlink()
        reason = error.strerror or str(error)
        raise RunError(
            f"{path} cannot be written: {reason}; free space or choose another --out"
        ) from error


def is_unfinished(path: Path) -> bool:
    """Return whether a file was being written when its writer ended.

    Args:
        path: File in a place where nobody writes.

    Returns:
        Whether its name is that of a file that was to replace another one.
    """
    return path.name.startswith(".") and path.name.endswith(_UNFINISHED)


def write_text_atomically(path: Path, text: str) -> None:
    """Replace a text file in one step.

    Args:
        path: File to replace.
        text: New content.

    Raises:
        RunError: If the disk is full or the place cannot be written.
    """  # noqa: DOC502  raised by write_atomically
    write_bytes_atomically(path, text.encode())


def write_bytes_atomically(path: Path, content: bytes) -> None:
    """Replace a file in one step.

    Args:
        path: File to replace.
        content: New content.

    Raises:
        RunError: If the disk is full or the place cannot be written.
    """  # noqa: DOC502  raised by write_atomically
    write_atomically(path, lambda temporary: temporary.write_bytes(content))


def write_tensors(path: Path, tensors: dict[str, NDArray[Any]], metadata: dict[str, str]) -> None:
    """Replace a safetensors file in one step.

    Args:
        path: File to replace.
        tensors: Arrays by name.
        metadata: Text by name, kept in the file's header.

    Raises:
        RunError: If the disk is full or the place cannot be written.
    """  # noqa: DOC502  raised by write_atomically
    from safetensors.numpy import save

    content = save({k: np.ascontiguousarray(v) for k, v in tensors.items()}, metadata)
    write_bytes_atomically(path, content)


def read_tensors(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Read a safetensors file.

    Args:
        path: File that `write_tensors` wrote.

    Returns:
        Arrays and metadata by name.

    Raises:
        RunError: If the file is absent or damaged.
    """  # noqa: DOC502  raised by _opened
    with _opened(path) as handle:
        tensors = {name: handle.get_tensor(name) for name in handle.keys()}  # noqa: SIM118
        return tensors, dict(handle.metadata() or {})


def read_metadata(path: Path) -> dict[str, str]:
    """Read what is written at the head of a safetensors file.

    Args:
        path: File that `write_tensors` wrote.

    Returns:
        Text by name.

    Raises:
        RunError: If the file is absent or damaged.
    """  # noqa: DOC502  raised by _opened
    with _opened(path) as handle:
        return dict(handle.metadata() or {})


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as handle:
            yield handle
    except (OSError, SafetensorError) as error:
        raise RunError(f"{path} cannot be read: {error}") from error
