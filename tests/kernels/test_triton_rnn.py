"""The kernels compile for a card that is not here; what they compute is in rnn/test_cuda.py."""

import pytest

from cellwise.kernels import _triton_rnn

slow = pytest.mark.slow
FORMS = [
    pytest.param(16, "resident", False, 90, id="16-tanh"),
    pytest.param(128, "resident", True, 90, id="128-relu", marks=slow),
    pytest.param(128, "none", False, 90, id="step", marks=slow),
    pytest.param(32, "resident", False, 80, id="32-ampere", marks=slow),
]
COMMON = {"ROWS": 16, "REVERSE": False, "LENGTHS": False, "PRECISION": "tf32x3"}


@pytest.mark.parametrize(("cols", "dot", "relu", "capability"), FORMS)
def test_compiles_and_fits_the_card(compile_kernel, cols, dot, relu, capability):
    meta = COMMON | {"COLS": cols, "DOT": dot, "RELU": relu}
    for kernel in (_triton_rnn.rnn_forward, _triton_rnn.rnn_backward):
        found = compile_kernel(kernel, capability=capability, **meta)
        assert "cubin" in found.asm
        assert found.metadata.shared <= (227 if capability == 90 else 163) * 1024
