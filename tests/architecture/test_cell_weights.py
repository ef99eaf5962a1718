"""Counts against theory.md section 1, a second way of counting, and torch."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cellwise.architecture import Architecture, RecurrentLayer
from cellwise.architecture._cell_weights import bias_names, gate_names


def layer(text):
    return Architecture.parse(text).layers[0]


# theory.md, "test vectors"; b=1
@pytest.mark.parametrize(
    ("text", "inputs", "expected"),
    [
        ("lstm(64, peephole)", 10, 19392),
        ("lstm(64, coupled)", 10, 14400),
        ("lstm(64, ln)", 10, 20352),
        ("lstm(64, ln=lean)", 10, 19840),
        ("gru(64, reset_before)", 10, 14400),
        ("gru(64)", 10, 14592),
    ],
)
def test_counts_of_theory(text, inputs, expected):
    assert layer(text).num_parameters(inputs) == expected


def test_lstm_without_biases():
    weights = layer("lstm(2)").weights(1)
    assert sum(w.size for w in weights if w.role != "bias") == 24


def by_hand(one, i):
    """Count as theory.md does: gates, rows and biases, one term after the other."""
    n, r = one.hidden_size, one.proj_size or one.hidden_size
    g = {"lstm": 3 if one.coupled else 4, "gru": 3, "rnn": 1}[one.cell]
    b = 2 if one.cell == "gru" and not one.reset_before else 1
    total = g * n * (i + r) + b * g * n
    total += n * one.proj_size + n * one.skip_size
    sigmoids = g - 1
    total += sigmoids * n if one.peephole else 0
    total += (one.gate_depth - 1) * sigmoids * (n * n + n)
    total += (one.transition_depth - 1) * (g * n * n + b * g * n)
    total += (n * i + n * n) if one.shortcut else 0
    per_product = {"none": 0, "lean": 1, "full": 2}[one.layer_norm]
    total += 2 * per_product * g * n
    total += 2 * n if per_product and one.cell == "lstm" else 0
    width = r + one.skip_size
    total += (one.output_depth - 1) * (width * width + width)
    total += r * one.learn_state + n * (one.learn_state and one.cell == "lstm")
    total *= 2 if one.bidirectional else 1
    out = 2 * width if one.bidirectional and one.merge == "concat" else width
    return total + (out * out + out if one.highway else 0)


@given(st.data(), st.integers(1, 9))
def test_counts_of_any_options_by_hand(recurrent_layers, data, inputs):
    one = data.draw(recurrent_layers)
    assert one.num_parameters(inputs) == by_hand(one, inputs)


@given(st.data(), st.integers(1, 9))
def test_names_are_unique_and_rows_divide_among_the_gates(recurrent_layers, data, inputs):
    weights = data.draw(recurrent_layers).weights(inputs)
    assert len({w.name for w in weights}) == len(weights)
    assert all(w.shape[0] % max(1, len(w.gates)) == 0 for w in weights)


@pytest.mark.parametrize(
    ("text", "module"),
    [
        ("lstm(5)", torch.nn.LSTM(3, 5)),
        ("gru(5)", torch.nn.GRU(3, 5)),
        ("rnn(5)", torch.nn.RNN(3, 5)),
        ("lstm(5, proj=2)", torch.nn.LSTM(3, 5, proj_size=2)),
        ("bilstm(5, proj=2)", torch.nn.LSTM(3, 5, proj_size=2, bidirectional=True)),
        ("bigru(5)", torch.nn.GRU(3, 5, bidirectional=True)),
        ("birnn(5)", torch.nn.RNN(3, 5, bidirectional=True)),
    ],
)
def test_shapes_are_torchs(text, module):
    theirs = {n.replace("_l0", ""): tuple(p.shape) for n, p in module.named_parameters()}
    for weight in layer(text).weights(3):
        name = weight.name.replace("bias_reverse", "bias_ih_reverse")
        assert weight.shape == theirs["bias_ih" if name == "bias" else name]


def test_gates_are_in_torch_order():
    assert layer("lstm(2)").weights(1)[0].gates == ("i", "f", "g", "o")
    assert layer("lstm(2, coupled)").weights(1)[0].gates == ("f", "g", "o")
    assert gate_names(RecurrentLayer(cell="gru", hidden_size=2)) == ("r", "z")


def test_only_torchs_gru_needs_two_biases():
    assert bias_names(layer("gru(2)")) == ("bias_ih", "bias_hh")
    assert bias_names(layer("gru(2, reset_before)")) == ("bias",)
    assert bias_names(layer("lstm(2)")) == ("bias",)
