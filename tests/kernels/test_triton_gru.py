"""The kernels compile for a card that is not here; what they compute is in gru/test_cuda.py."""

import pytest

from cellwise.kernels import _triton_gru

slow = pytest.mark.slow
FORMS = [
    pytest.param(16, "resident", True, id="16-after"),
    pytest.param(16, "resident", False, id="16-before", marks=slow),
    pytest.param(64, "resident", True, id="64-after", marks=slow),
    pytest.param(128, "streamed", False, id="128-before", marks=slow),
    pytest.param(128, "none", True, id="step-after", marks=slow),
    pytest.param(128, "none", False, id="step-before", marks=slow),
]
COMMON = {"ROWS": 16, "REVERSE": False, "LENGTHS": True, "PRECISION": "tf32x3"}


@pytest.mark.parametrize(("cols", "dot", "reset_after"), FORMS)
def test_compiles_and_fits_a_hopper_card(compile_kernel, cols, dot, reset_after):
    meta = COMMON | {"COLS": cols, "DOT": dot, "RESET_AFTER": reset_after}
    forward = compile_kernel(_triton_gru.gru_forward, SAVE=True, **meta)
    backward = compile_kernel(_triton_gru.gru_backward, **meta)
    for found in (forward, backward):
        assert "cubin" in found.asm
        assert found.metadata.shared <= 227 * 1024
