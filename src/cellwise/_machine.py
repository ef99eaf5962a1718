"""What this machine has."""

import math
import os
import platform
from pathlib import Path


def usable_cores() -> int:
    """Return the number of cores that this process may keep busy.

    Returns:
        Cores by affinity and by the control group's quota, at least 1.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores or 1, _quota()))


def usable_memory() -> float:
    """Return the memory that this process may fill.

    Returns:
        Bytes of the machine or of the control group, whichever are fewer; infinite where neither
        tells.
    """
    try:
        whole = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        whole = math.inf
    try:
        return min(whole, float(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    except (OSError, ValueError):  # no control group, or no limit ("max")
        return whole


def describe_machine() -> dict[str, str]:
    """Return what identifies the machine in a run's settings."""
    return {
        "system": platform.platform(),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "cores": str(usable_cores()),
    }


def _quota() -> int:
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return max(1, math.ceil(int(quota) / int(period)))
    except (OSError, ValueError):  # no control group, or no quota ("max")
        return 1 << 30
