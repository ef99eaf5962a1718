"""The kernels compile for a card that is not here; what they compute is in lstm/test_cuda.py."""

import pytest

from cellwise.kernels import _triton_lstm

slow = pytest.mark.slow
FORMS = [
    pytest.param(16, "resident", "tf32x3", id="16"),
    pytest.param(64, "resident", "tf32x3", id="64", marks=slow),
    pytest.param(64, "resident", "ieee", id="64-ieee", marks=slow),
    pytest.param(128, "streamed", "tf32x3", id="128", marks=slow),
    pytest.param(128, "none", "tf32", id="step"),
]
COMMON = {"ROWS": 16, "REVERSE": True, "LENGTHS": True}


@pytest.mark.parametrize(("cols", "dot", "precision"), FORMS)
def test_compiles_and_fits_a_hopper_card(compile_kernel, cols, dot, precision):
    meta = COMMON | {"COLS": cols, "DOT": dot, "PRECISION": precision}
    forward = compile_kernel(_triton_lstm.lstm_forward, SAVE=True, **meta)
    backward = compile_kernel(_triton_lstm.lstm_backward, **meta)
    for found in (forward, backward):
        assert "cubin" in found.asm
        assert found.metadata.shared <= 227 * 1024
    # weights that are kept lie in shared memory, once for each tf32 piece
    if dot == "resident":
        pieces = 2 if precision == "tf32x3" else 1
        assert forward.metadata.shared >= pieces * 4 * 4 * cols * cols
