"""One GRU layer over time."""

from cellwise.kernels.gru._cpu import gru_cpu
from cellwise.kernels.gru._reference import gru_reference
from cellwise.kernels.gru._torch import gru_torch

__all__ = ["gru_cpu", "gru_reference", "gru_torch"]
