"""One plain RNN layer over time."""

from cellwise.kernels.rnn._cpu import rnn_cpu
from cellwise.kernels.rnn._reference import rnn_reference
from cellwise.kernels.rnn._torch import rnn_torch

__all__ = ["rnn_cpu", "rnn_reference", "rnn_torch"]
