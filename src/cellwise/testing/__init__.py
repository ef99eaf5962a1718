"""Contracts that an implementation proves by subclassing, and data whose answer is known."""

from cellwise.testing._elsewhere import ELSEWHERE, Elsewhere
from cellwise.testing._engines import (
    EngineContract,
    assert_same_result,
    engine_data,
    engine_experiments,
)
from cellwise.testing._kernels import KernelContract, assert_close, kernel_inputs, run_kernel
from cellwise.testing._postgres import find_postgres, temporary_postgres
from cellwise.testing._teacher import noise_table, teacher_table

__all__ = [
    "ELSEWHERE",
    "Elsewhere",
    "EngineContract",
    "KernelContract",
    "assert_close",
    "assert_same_result",
    "engine_data",
    "engine_experiments",
    "find_postgres",
    "kernel_inputs",
    "noise_table",
    "run_kernel",
    "teacher_table",
    "temporary_postgres",
]
