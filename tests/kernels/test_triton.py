import re
import warnings
from types import SimpleNamespace

import pytest
import torch

from cellwise._errors import SettingsError
from cellwise.kernels import _triton
from cellwise.kernels._triton import (
    alone,
    check_tensors,
    cuda_obstacle,
    launch,
    needs_gradient,
    packed_weight,
    project,
    projection_gradients,
    row_ends,
    run_cudnn,
    states_before,
    walk_order,
    weight_gradient,
)
from cellwise.kernels._triton_lstm import lstm_forward


class Recorder:
    """A kernel that writes down how it was launched."""

    def __init__(self):
        self.interpreted = self

    def __getitem__(self, grid):
        self.grid = grid
        return lambda *args, **options: self.__dict__.update(options)


def launched(members, batch, hidden, walk):
    recorder = Recorder()
    launch(recorder, state=torch.zeros(members, batch, hidden), walk=walk)
    return recorder


def test_a_program_walks_a_member_and_sixteen_rows():
    found = launched(3, 33, 20, walk=4)
    assert (found.grid, found.ROWS, found.COLS, found.DOT) == ((3, 3, 1), 16, 32, "resident")


def test_four_gates_of_64_cells_stay_on_the_chip_and_of_65_do_not():
    kinds = [launched(2, 4, hidden, walk=4).DOT for hidden in (1, 64, 65, 128)]
    assert kinds == ["resident", "resident", "streamed", "streamed"]


def test_one_gate_of_128_cells_stays_on_the_chip():
    assert launched(2, 4, 128, walk=1).DOT == "resident"


def test_a_card_with_less_shared_memory_streams_sooner(monkeypatch):
    monkeypatch.setattr(_triton, "_shared_bytes", lambda device: 99 * 1024)
    assert [launched(2, 4, hidden, walk=4).DOT for hidden in (32, 64)] == ["resident", "streamed"]


def test_a_fused_step_covers_every_cell():
    found = launched(2, 9, 300, walk=0)
    assert (found.grid, found.ROWS, found.COLS, found.DOT) == ((2, 2, 3), 8, 128, "none")


def test_products_are_as_exact_as_float32_unless_the_user_allows_less():
    before = torch.get_float32_matmul_precision()
    assert launched(1, 1, 1, walk=1).PRECISION == "tf32x3"
    torch.set_float32_matmul_precision("high")
    try:
        assert launched(1, 1, 1, walk=1).PRECISION == "tf32"
    finally:
        torch.set_float32_matmul_precision(before)


def test_padded_cells_are_never_written(interpreter):
    # 3 cells of 5 in the middle of a larger buffer: what surrounds them must not change
    gates, weight = torch.zeros(1, 1, 1, 12), packed_weight(torch.zeros(1, 12, 3), 4, turned=True)
    y = torch.full((5,), 7.0)
    h, c = torch.zeros(1, 1, 3), torch.zeros(1, 1, 3)
    options = {"SAVE": False, "REVERSE": False, "LENGTHS": False}
    args = (gates, weight, h, c, None, y, None, 1, 1, 3, 0, 1)
    launch(lstm_forward, *args, state=h, walk=4, **options)
    assert y.tolist() == [0, 0, 0, 7, 7]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("lengths", [None, torch.tensor([[4, 1, 3], [0, 2, 4]])])
def test_states_before_are_those_of_the_walk(reverse, lengths):
    torch.manual_seed(0)
    y, h_0 = torch.randn(2, 3, 4, 5), torch.randn(2, 3, 5)
    ends = torch.full((2, 3), 4) if lengths is None else lengths
    found = states_before(y, h_0, lengths, reverse)
    for m in range(2):
        for b in range(3):
            state = h_0[m, b]
            for t in walk_order(int(ends[m, b]), reverse=reverse):
                assert torch.equal(found[m, b, t], state)
                state = y[m, b, t]


def test_projection_and_its_gradients_are_autograds():
    torch.manual_seed(0)
    x = torch.randn(5, 2, 3, 4).permute(1, 2, 3, 0).requires_grad_()  # (2, 3, 4, 5)
    weight, bias = torch.randn(2, 6, 5, requires_grad=True), torch.randn(2, 6, requires_grad=True)
    cotangent = torch.randn(2, 3, 4, 6)
    products = torch.einsum("mbtf,mgf->mbtg", x, weight) + bias[:, None, None]
    torch.testing.assert_close(project(x, weight, bias), products)
    expected = torch.autograd.grad((products * cotangent).sum(), (x, weight, bias))
    found = projection_gradients(cotangent, x, weight, inputs=True)
    torch.testing.assert_close(found, expected)
    assert projection_gradients(cotangent, x, weight, inputs=False)[0] is None
    torch.testing.assert_close(weight_gradient(cotangent, x), expected[1])


def test_weights_are_packed_in_squares():
    weight = torch.arange(2 * 6 * 3.0).view(2, 6, 3)
    packed = packed_weight(weight, 2, turned=False)
    assert packed.shape == (2, 2, 16, 16)
    assert torch.equal(packed[1, 1, :3, :3], weight[1, 3:])
    assert packed.sum() == weight.sum()
    assert torch.equal(packed_weight(weight, 2, turned=True), packed.mT)


def test_lengths_become_32_bits():
    assert row_ends(None) is None
    assert row_ends(torch.tensor([[1, 2]]).expand(2, 2)).dtype == torch.int32


def test_only_one_model_without_lengths_goes_to_cudnn():
    x = torch.zeros(1, 2, 3, 4)
    assert alone(x, None)
    assert not alone(x, torch.ones(1, 2))
    assert not alone(x.expand(2, 2, 3, 4), None)


def test_cudnns_remark_on_our_layout_is_silent():
    def kernel(*args, **options):
        warnings.warn("RNN module weights are not part of single contiguous chunk", stacklevel=1)
        return args, options

    assert run_cudnn(kernel, 1, reverse=True) == ((1,), {"reverse": True})


def test_gradients_are_needed_where_autograd_records_a_leaf():
    leaf = torch.zeros(1, requires_grad=True)
    assert needs_gradient(torch.zeros(1), leaf)
    assert not needs_gradient(torch.zeros(1))
    with torch.no_grad():
        assert not needs_gradient(leaf)


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ((torch.zeros(1, dtype=torch.float64),), "takes torch.float32, got torch.float64"),
        ((torch.zeros(1), torch.zeros(1, device="meta")), "on one device, got cpu and meta"),
        ((torch.zeros(1), None), 'backend="cuda" needs a CUDA device, got cpu; use backend="auto"'),
    ],
)
def test_wrong_tensors_are_named(monkeypatch, tensors, message):
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    with pytest.raises(SettingsError, match=re.escape(message)):
        check_tensors(*tensors)


def test_integer_lengths_pass(interpreter):
    check_tensors(torch.zeros(1), torch.zeros(1, dtype=torch.int64))


@pytest.mark.parametrize(
    ("card", "found", "reason"),
    [
        (False, True, "torch sees no CUDA device"),
        (True, False, "triton is not installed"),
        (True, True, None),
    ],
)
def test_obstacle_is_named(monkeypatch, card, found, reason):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: card)
    monkeypatch.setattr(_triton, "find_spec", lambda name: SimpleNamespace() if found else None)
    assert cuda_obstacle() == reason
