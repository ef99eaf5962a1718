"""Recurrent operations over a cohort: tensors in, tensors out."""

from cellwise.kernels._choose import (
    NUM_STATES,
    Backend,
    BackendChoice,
    choose_backend,
    choose_kernel,
)
from cellwise.kernels._typing import Kernel, State

__all__ = [
    "NUM_STATES",
    "Backend",
    "BackendChoice",
    "Kernel",
    "State",
    "choose_backend",
    "choose_kernel",
]
