"""The options of the reference kernels against torch's packed sequences and a formula in numpy."""

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from cellwise.kernels import NUM_STATES, choose_kernel
from cellwise.testing import assert_close, kernel_inputs

LENGTHS = torch.tensor([[7, 1, 4, 7, 2]])
MODULES = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}


def module_of(cell, leaves):
    module = MODULES[cell](4, 3, batch_first=True)
    biases = [tensor[0] for name, tensor in leaves.items() if name.startswith("bias")]
    second = biases[1] if len(biases) > 1 else torch.zeros_like(biases[0])
    module.load_state_dict(
        {
            "weight_ih_l0": leaves["weight_ih"][0],
            "weight_hh_l0": leaves["weight_hh"][0],
            "bias_ih_l0": biases[0],
            "bias_hh_l0": second,
        }
    )
    return module


def run_reference(cell, leaves, **options):
    values = list(leaves.values())
    first = 1 + NUM_STATES[cell]
    kernel = choose_kernel(cell, "reference")
    return kernel(values[0], tuple(values[1:first]), *values[first:], **options)


@pytest.mark.parametrize("cell", MODULES)
def test_lengths_are_torchs_packed_sequences(cell):
    leaves = kernel_inputs(cell, (1, 5, 7, 4, 3))
    y, states = run_reference(cell, leaves, lengths=LENGTHS)
    packed = pack_padded_sequence(
        leaves["x"][0], LENGTHS[0], batch_first=True, enforce_sorted=False
    )
    start = tuple(leaves[f"state {i}"] for i in range(NUM_STATES[cell]))
    out, end = module_of(cell, leaves)(packed, start if cell == "lstm" else start[0])
    expected, _ = pad_packed_sequence(out, batch_first=True, total_length=7)
    assert_close("y", expected, y[0], 1e-6)
    for i, state in enumerate(end if cell == "lstm" else (end,)):
        assert_close(f"state {i}", state, states[i], 1e-6)


@pytest.mark.parametrize("cell", MODULES)
def test_reverse_is_the_flipped_sequence(cell):
    leaves = kernel_inputs(cell, (2, 3, 6, 4, 3))
    backward, end = run_reference(cell, leaves, reverse=True)
    forward, other = run_reference(cell, leaves | {"x": leaves["x"].flip(2)})
    torch.testing.assert_close(backward, forward.flip(2))
    torch.testing.assert_close(end, other)


def test_reverse_skips_what_lies_past_the_end():
    leaves = kernel_inputs("lstm", (1, 1, 6, 4, 3))
    short = leaves | {"x": leaves["x"][:, :, :4]}
    y, end = run_reference("lstm", leaves, lengths=torch.tensor([[4]]), reverse=True)
    expected, other = run_reference("lstm", short, reverse=True)
    torch.testing.assert_close(y[:, :, :4], expected)
    torch.testing.assert_close(end, other)
    assert not y[:, :, 4:].any()


def test_row_of_no_steps_keeps_its_state():
    leaves = kernel_inputs("gru", (1, 2, 3, 4, 3))
    y, (h,) = run_reference("gru", leaves, lengths=torch.tensor([[0, 3]]))
    torch.testing.assert_close(h[:, 0], leaves["state 0"][:, 0])
    assert not y[:, 0].any()


def test_reset_before_is_the_papers_formula():
    leaves = kernel_inputs("gru", (1, 1, 5, 4, 3))
    x, h, w, u, b, d = (tensor[0].numpy() for tensor in leaves.values())
    w, u, b, d = (np.split(tensor, 3) for tensor in (w, u, b, d))

    def sigmoid(values):
        return 1 / (1 + np.exp(-values))

    h = h[0]
    for step in x[0]:
        r = sigmoid(w[0] @ step + b[0] + u[0] @ h + d[0])
        z = sigmoid(w[1] @ step + b[1] + u[1] @ h + d[1])
        n = np.tanh(w[2] @ step + b[2] + u[2] @ (r * h) + d[2])
        h = (1 - z) * n + z * h
    y, _ = run_reference("gru", leaves, reset_after=False)
    np.testing.assert_allclose(y[0, 0, -1].numpy(), h, rtol=1e-5)


def test_relu():
    leaves = kernel_inputs("rnn", (1, 2, 5, 4, 3))
    y, _ = run_reference("rnn", leaves, activation="relu")
    module = module_of("rnn", leaves)
    module.nonlinearity = module.mode = "RNN_RELU"
    expected, _ = module(leaves["x"][0], leaves["state 0"])
    assert_close("y", expected, y[0], 1e-6)
