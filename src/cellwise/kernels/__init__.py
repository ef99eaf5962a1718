"""Recurrent operations over a cohort: tensors in, tensors out."""

from cellwise.kernels._cells import QUIET, CellNoise, run_cell
from cellwise.kernels._cells_math import EPSILON, activation_function
from cellwise.kernels._cells_steps import CellForm
from cellwise.kernels._choose import (
    NUM_STATES,
    Backend,
    BackendChoice,
    choose_backend,
    choose_kernel,
)
from cellwise.kernels._typing import Kernel, State

__all__ = [
    "EPSILON",
    "NUM_STATES",
    "QUIET",
    "Backend",
    "BackendChoice",
    "CellForm",
    "CellNoise",
    "Kernel",
    "State",
    "activation_function",
    "choose_backend",
    "choose_kernel",
    "run_cell",
]
