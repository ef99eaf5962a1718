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
