"""Peak memory of a piece of work."""

from pathlib import Path

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class PeakMemory:
    """By how much the process's resident memory has grown at most since this was made.

    What the process had taken before and uses again does not count, and what others do in it
    meanwhile does. One at a time: a new one lets the high-water mark of the process start anew.
    """

    def __init__(self) -> None:
        try:
            _RESET.write_text("5", encoding="ascii")
            self._before = _field("VmRSS")
        except (OSError, ValueError):
            self._before = float("nan")

    @property
    def bytes(self) -> float:
        """The growth; NaN where the system does not tell (Linux does)."""
        return self._before if self._before != self._before else _field("VmHWM") - self._before


def _field(name: str) -> float:
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(name + ":"):
            return 1024.0 * int(line.split()[1])
    raise ValueError(f"{_STATUS} has no {name}")
