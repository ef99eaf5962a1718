"""One LSTM layer over time."""

from cellwise.kernels.lstm._cpu import lstm_cpu
from cellwise.kernels.lstm._reference import lstm_reference
from cellwise.kernels.lstm._torch import lstm_torch

__all__ = ["lstm_cpu", "lstm_reference", "lstm_torch"]
