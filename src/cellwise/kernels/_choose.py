"""Which kernel runs a cell, and why."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Literal, get_args

import torch

from cellwise._errors import SettingsError
from cellwise._extension import load_extension
from cellwise.kernels._triton import cuda_obstacle
from cellwise.kernels._typing import Kernel

Backend = Literal["auto", "cpu", "cuda", "torch", "reference"]
"""``cpu`` compiled; ``cuda`` Triton; ``torch`` its own operator, one call per model."""

NUM_STATES = {"lstm": 2, "gru": 1, "rnn": 1}


@dataclass(frozen=True, slots=True)
class BackendChoice:
    """Kernels that run, and why.

    Attributes:
        name: ``cpu``, ``cuda``, ``torch`` or ``reference``.
        reason: Why these, and how to get faster ones where there are.
    """

    name: str
    reason: str


def choose_backend(backend: Backend = "auto", device: str = "cpu") -> BackendChoice:
    """Decide which kernels run.

    Args:
        backend: A backend, or ``auto`` for the fastest that there is.
        device: Type of the device that holds the tensors: ``cpu`` or ``cuda``.

    Returns:
        The backend and the reason.

    Raises:
        SettingsError: If there is no such backend, or this machine cannot run it.

    Example:
        >>> choose_backend("reference")
        BackendChoice(name='reference', reason='asked for')
    """
    if backend not in get_args(Backend):
        names = ", ".join(get_args(Backend))
        raise SettingsError(f"backend must be one of {names}, got {backend!r}")
    if backend == "auto":
        return _fastest(device)
    if backend == "cpu" and device == "cuda":
        raise SettingsError("backend 'cpu' cannot run on a CUDA device; leave it at 'auto'")
    obstacle = {"cpu": _cpu_obstacle, "cuda": cuda_obstacle}.get(backend, lambda: None)()
    if obstacle:
        raise SettingsError(f"backend {backend!r} cannot run here: {obstacle}")
    return BackendChoice(backend, "asked for")


@cache
def choose_kernel(cell: str, backend: Backend = "auto", device: str = "cpu") -> Kernel:
    """Return the kernel that runs a cell.

    Args:
        cell: ``lstm``, ``gru`` or ``rnn``.
        backend: As for `choose_backend`.
        device: As for `choose_backend`.

    Returns:
        The kernel.

    Raises:
        SettingsError: If there is no such backend, or this machine cannot run it.

    Example:
        >>> choose_kernel("gru", "reference").__name__
        'gru_reference'
    """  # noqa: DOC502  raised by choose_backend
    name = choose_backend(backend, device).name
    kernel: Kernel = getattr(import_module(f"cellwise.kernels.{cell}._{name}"), f"{cell}_{name}")
    return kernel


def _fastest(device: str) -> BackendChoice:
    if device == "cuda":
        obstacle = cuda_obstacle()
        if obstacle:
            return BackendChoice("torch", f"torch's operators, one call per model: {obstacle}")
        return BackendChoice("cuda", f"Triton kernels on {torch.cuda.get_device_name()}")
    obstacle = _cpu_obstacle()
    if obstacle:
        return BackendChoice("torch", f"torch's operators, one call per model: {obstacle}")
    return BackendChoice("cpu", f"compiled kernels, {load_extension()[1]}")


def _cpu_obstacle() -> str | None:
    extension, reason = load_extension()
    return None if extension else reason
