"""Which kernel runs a cell."""

from typing import Literal

from cellwise._errors import SettingsError
from cellwise.kernels._typing import Kernel
from cellwise.kernels.gru import gru_reference, gru_torch
from cellwise.kernels.lstm import lstm_reference, lstm_torch
from cellwise.kernels.rnn import rnn_reference, rnn_torch

Backend = Literal["auto", "torch", "reference"]

_KERNELS: dict[str, dict[str, Kernel]] = {
    "reference": {"lstm": lstm_reference, "gru": gru_reference, "rnn": rnn_reference},
    "torch": {"lstm": lstm_torch, "gru": gru_torch, "rnn": rnn_torch},
}
NUM_STATES = {"lstm": 2, "gru": 1, "rnn": 1}


def choose_kernel(cell: str, backend: Backend = "auto") -> Kernel:
    """Return the kernel that runs a cell.

    Args:
        cell: ``lstm``, ``gru`` or ``rnn``.
        backend: ``torch``, ``reference``, or ``auto`` for the fastest there is.

    Returns:
        The kernel.

    Raises:
        SettingsError: If there is no such backend.

    Example:
        >>> choose_kernel("gru").__name__
        'gru_torch'
    """
    name = "torch" if backend == "auto" else backend
    if name not in _KERNELS:
        raise SettingsError(f"backend must be one of auto, {', '.join(_KERNELS)}, got {backend!r}")
    return _KERNELS[name][cell]
