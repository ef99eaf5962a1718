"""Peak memory of a piece of work."""

import ctypes
from contextlib import suppress
from pathlib import Path

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class PeakMemory:
    """By how much the process's resident memory has grown at most since this was made.

    What is free in its heap is given back to the system first, so that its use counts. What others
    do in the process meanwhile counts too. One at a time: a new one lets the high-water mark of the
    process start anew.
    """

    def __init__(self) -> None:
        with suppress(AttributeError, OSError):  # glibc can
            ctypes.CDLL(None).malloc_trim(0)
        try:
            _RESET.write_text("5", encoding="ascii")
            self._before = _field("VmRSS")
        except (OSError, ValueError):
            self._before = float("nan")

    @property
    def bytes(self) -> float:
        """The growth; NaN where the system does not tell (Linux does)."""
        if self._before != self._before:
            return self._before
        return max(0.0, _field("VmHWM") - self._before)


def _field(name: str) -> float:
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(name + ":"):
            return 1024.0 * int(line.split()[1])
    raise ValueError(f"{_STATUS} has no {name}")
