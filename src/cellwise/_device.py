"""The device that cohorts are trained on: main memory, or one CUDA device."""

import math
import os
from collections.abc import Sequence
from typing import Literal, get_args

import torch
from torch import Tensor

from cellwise._errors import SettingsError
from cellwise._machine import usable_memory
from cellwise._memory import PeakMemory

Device = Literal["cpu", "cuda"]
"""Where parameters and windows lie. ``cuda`` is the first device that the process sees."""

DEVICES: tuple[Device, ...] = get_args(Device)


def choose_device(name: str) -> torch.device:
    """Return the device of a name.

    Args:
        name: ``cpu`` or ``cuda``.

    Returns:
        The device.

    Raises:
        SettingsError: If it is neither, or there is no CUDA device.

    Example:
        >>> choose_device("cpu")
        device(type='cpu')
    """
    if name not in DEVICES:
        raise SettingsError(f"device must be one of {', '.join(DEVICES)}, got {name!r}")
    if name == "cuda" and not torch.cuda.is_available():
        raise SettingsError(
            "device must be 'cpu' where torch sees no CUDA device, got 'cuda'; train on the CPU, or "
            "install a torch that was built for CUDA"
        )
    return torch.device(name)


def cuda_names() -> tuple[str, ...]:
    """Return the CUDA devices that this process sees, as ``CUDA_VISIBLE_DEVICES`` names them."""
    listed = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    names = [name.strip() for name in listed.split(",") if name.strip()]
    count = torch.cuda.device_count()
    return tuple(names[:count] or map(str, range(count)))


def describe_device(name: Device) -> str:
    """Return the card's name.

    Args:
        name: As for `choose_device`.

    Returns:
        Such as ``NVIDIA H200``; empty for main memory and where there is no card.
    """
    there = name == "cuda" and torch.cuda.is_available()
    return torch.cuda.get_device_name() if there else ""


def memory_of(name: Device) -> float:
    """Return the memory that a cohort may fill.

    Args:
        name: As for `choose_device`.

    Returns:
        Bytes of the device; infinite where this process sees none.
    """
    if name == "cpu":
        return usable_memory()
    if not torch.cuda.is_available():
        return math.inf
    return float(torch.cuda.get_device_properties(0).total_memory)


class DevicePeak:
    """By how much the memory in use on the CUDA device has grown at most since this was made."""

    def __init__(self) -> None:
        torch.cuda.reset_peak_memory_stats()
        self._before = torch.cuda.memory_allocated()

    @property
    def bytes(self) -> float:
        """The growth."""
        return float(torch.cuda.max_memory_allocated() - self._before)


def peak_memory(name: Device) -> PeakMemory | DevicePeak:
    """Begin to watch the memory that a cohort fills.

    Args:
        name: As for `choose_device`.

    Returns:
        What tells the growth since.
    """
    return PeakMemory() if name == "cpu" else DevicePeak()


def row_index(rows: Sequence[int], like: Tensor) -> Tensor:
    """Make an index of rows where a tensor lies.

    Args:
        rows: Which rows, ``(n,)``.
        like: What is to be indexed.

    Returns:
        The index, ``(n,)``.
    """
    return torch.tensor(rows, dtype=torch.long).to(like.device)
