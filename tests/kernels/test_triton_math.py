from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from cellwise.kernels._triton_math import kernel, sigmoid, tanh, tl

FILES = ["_triton", "_triton_math", "_triton_lstm", "_triton_gru", "_triton_rnn", "lstm._cuda"]


@kernel
def apply(values, results, first, TANH: tl.constexpr, SIZE: tl.constexpr):
    at = tl.arange(0, SIZE)
    x = tl.load(values + at)
    tl.store(results + at, tanh(x) if TANH else sigmoid(x))


@pytest.mark.parametrize("function", [torch.tanh, torch.sigmoid])
def test_functions_are_accurate_to_a_few_units_in_the_last_place(interpreter, function):
    near = torch.linspace(-1, 1, 4096)
    x = torch.cat([near, 12 * near, 1e-6 * near, torch.full((4096,), 0.0)])
    results = torch.empty_like(x)
    apply.interpreted[(1,)](x, results, 0, TANH=function is torch.tanh, SIZE=x.numel())
    expected = function(x.double())
    worst = ((results - expected).abs() / expected.abs().clamp_min(1e-30)).max().item()
    assert worst < 5 * torch.finfo(torch.float32).eps


@pytest.mark.parametrize("function", [torch.tanh, torch.sigmoid])
def test_functions_saturate_without_a_warning(interpreter, function):
    x = torch.tensor([-1e4, -200.0, 200.0, 1e4])
    results = torch.empty_like(x)
    apply.interpreted[(1,)](x, results, 0, TANH=function is torch.tanh, SIZE=4)
    torch.testing.assert_close(results, function(x))


def test_a_file_without_triton_imports():
    names = ", ".join(f"cellwise.kernels.{name}" for name in FILES)
    code = f"import sys; sys.modules['triton'] = None; import {names}; print('imported')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "imported"


def test_a_layer_imports_no_triton():
    code = "import sys, cellwise.kernels.lstm._cuda; print('triton' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
