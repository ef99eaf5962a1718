"""Each option of a cell against the formula of its paper in numpy, its gradient, and torch."""

import numpy as np
import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.kernels import NUM_STATES, choose_kernel
from cellwise.kernels._cells import CellNoise, run_cell
from cellwise.kernels._cells_steps import CellForm
from cellwise.testing import assert_close, kernel_inputs

TEXTS = [
    "lstm(3, peephole)",
    "lstm(3, coupled, peephole)",
    "lstm(3, ln)",
    "lstm(3, ln=lean, coupled)",
    "lstm(3, proj=2, skip=1)",
    "lstm(3, deep_gates=3)",
    "lstm(3, transition=3)",
    "lstm(3, activation=sigmoid, gate_activation=hard_sigmoid)",
    "gru(3, ln)",
    "gru(3, ln, reset_before)",
    "gru(3, reset_before, transition=2)",
    "gru(3, deep_gates=2, transition=1)",
    "gru(3, transition=2)",
    "rnn(3, ln, activation=sigmoid)",
    "rnn(3, transition=3, shortcut)",
]


def sigmoid(values):
    return 1 / (1 + np.exp(-values))


def norm(values, gain, shift):
    return (values - values.mean()) / np.sqrt(values.var() + 1e-5) * gain + shift


def case(text, members=1, batch=1, steps=5, inputs=4, seed=0):
    """Draw what a cell takes, in float64: form, input, state and weights by name."""
    layer = Architecture.parse(text).layers[0]
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return 0.6 * torch.randn(*shape, generator=generator, dtype=torch.float64)

    form = CellForm(
        cell=layer.cell,
        activation=layer.activation,
        gate_activation=layer.gate_activation,
        coupled=layer.coupled,
        reset_before=layer.reset_before,
    )
    weights = {w.name: draw(members, *w.shape) for w in layer.weights(inputs)}
    widths = [layer.state_size, layer.hidden_size][: NUM_STATES[layer.cell]]
    state = tuple(draw(members, batch, width) for width in widths)
    return form, draw(members, batch, steps, inputs), state, weights


def outputs(text, step, **options):
    """Run a cell and the step of a formula over one sequence; compare every output."""
    form, x, state, weights = case(text)
    y, _ = run_cell(form, x, state, weights, **options)
    own = {name: value[0].numpy() for name, value in weights.items()}
    before = tuple(value[0, 0].numpy() for value in state)
    for t, inputs in enumerate(x[0, 0].numpy()):
        put_out, before = step(own, inputs, before)
        np.testing.assert_allclose(y[0, 0, t].numpy(), put_out, rtol=1e-9)


def totals(w, x, h, blocks):
    return np.split(w["weight_ih"] @ x + w["weight_hh"] @ h + w["bias"], blocks)


def test_peepholes_look_at_the_old_cell_but_the_output_gate_at_the_new_one():
    def step(w, x, before):  # Gers et al. (2002), equations 1-5
        h, c = before
        i, f, g, o = totals(w, x, h, 4)
        p_i, p_f, p_o = np.split(w["peephole"], 3)
        c_new = sigmoid(f + p_f * c) * c + sigmoid(i + p_i * c) * np.tanh(g)
        h = sigmoid(o + p_o * c_new) * np.tanh(c_new)
        return h, (h, c_new)

    outputs("lstm(3, peephole)", step)


def test_coupled_gates_make_room_for_what_they_take_in():
    def step(w, x, before):  # Greff et al. (2017), CIFG
        h, c = before
        f, g, o = totals(w, x, h, 3)
        c = sigmoid(f) * c + (1 - sigmoid(f)) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        return h, (h, c)

    outputs("lstm(3, coupled)", step)


def test_layer_norm_of_an_lstm():
    def step(w, x, before):  # Ba et al. (2016), equations 20-22
        h, c = before
        total = norm(w["weight_hh"] @ h, w["ln_hh_gain"], w["ln_hh_shift"]) + w["bias"]
        total += norm(w["weight_ih"] @ x, w["ln_ih_gain"], w["ln_ih_shift"])
        i, f, g, o = np.split(total, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(norm(c, w["ln_c_gain"], w["ln_c_shift"]))
        return h, (h, c)

    outputs("lstm(3, ln)", step)


def test_layer_norm_of_a_gru_comes_before_its_reset_gate():
    def step(w, x, before):
        (h,) = before
        ours = norm(w["weight_ih"] @ x, w["ln_ih_gain"], w["ln_ih_shift"]) + w["bias_ih"]
        theirs = norm(w["weight_hh"] @ h, w["ln_hh_gain"], w["ln_hh_shift"]) + w["bias_hh"]
        (r, z, n), (r_h, z_h, n_h) = np.split(ours, 3), np.split(theirs, 3)
        z = sigmoid(z + z_h)
        h = (1 - z) * np.tanh(n + sigmoid(r + r_h) * n_h) + z * h
        return h, (h,)

    outputs("gru(3, ln)", step)


def test_second_projection_goes_up_but_not_back():
    def step(w, x, before):  # Sak et al. (2014), equations 13-15
        r, c = before
        i, f, g, o = totals(w, x, r, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        m = sigmoid(o) * np.tanh(c)
        r = w["weight_hr"] @ m
        return np.concatenate([r, w["weight_skip"] @ m]), (r, c)

    outputs("lstm(3, proj=2, skip=1)", step)


def test_deep_gates():
    def step(w, x, before):
        h, c = before
        i, f, g, o = totals(w, x, h, 4)
        weights, biases = np.split(w["gate_weight_2"], 3), np.split(w["gate_bias_2"], 3)
        i, f, o = (
            sigmoid(v @ np.tanh(total) + b)
            for total, v, b in zip((i, f, o), weights, biases, strict=True)
        )
        c = f * c + i * np.tanh(g)
        return o * np.tanh(c), (o * np.tanh(c), c)

    outputs("lstm(3, deep_gates=2)", step)


def test_deep_transition_with_a_shortcut():
    def step(w, x, before):  # Pascanu et al. (2013), DT(S)-RNN
        (old,) = before
        h = np.tanh(w["weight_ih"] @ x + w["weight_hh"] @ old + w["bias"])
        past = w["shortcut_ih"] @ x + w["shortcut_hh"] @ old
        h = np.tanh(w["transition_weight_2"] @ h + w["transition_bias_2"] + past)
        return h, (h,)

    outputs("rnn(3, transition=2, shortcut)", step)


def test_deep_transition_of_an_lstm_is_a_cell_without_input():
    def cell(total, c):
        i, f, g, o = np.split(total, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c

    def step(w, x, before):  # Miceli Barone et al. (2017), section 2.3
        h, c = before
        h, c = cell(np.concatenate(totals(w, x, h, 4)), c)
        h, c = cell(w["transition_weight_2"] @ h + w["transition_bias_2"], c)
        return h, (h, c)

    outputs("lstm(3, transition=2)", step)


def test_functions_can_be_chosen():
    def step(w, x, before):
        h, c = before
        i, f, g, o = totals(w, x, h, 4)
        i, f, o = (np.clip(gate / 6 + 0.5, 0, 1) for gate in (i, f, o))
        c = f * c + i * np.maximum(g, 0)
        return o * np.maximum(c, 0), (o * np.maximum(c, 0), c)

    outputs("lstm(3, activation=relu, gate_activation=hard_sigmoid)", step)


def test_zoneout_keeps_a_share_of_the_old_state_on_average():
    def step(w, x, before):  # Krueger et al. (2016), equation 6; h takes the cell as it would be
        h, c = before
        i, f, g, o = totals(w, x, h, 4)
        new = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = 0.2 * h + 0.8 * sigmoid(o) * np.tanh(new)
        return h, (h, 0.2 * c + 0.8 * new)

    outputs("lstm(3)", step, noise=CellNoise(zoneout=0.2))


def test_zones_keep_the_old_values_where_they_are():
    form, x, state, weights = case("gru(3)", members=2, batch=2)
    zones = torch.zeros(2, 2, 5, 3, dtype=torch.bool)
    zones[:, :, :, 0] = True
    zones[:, :, 2] = True
    y, _ = run_cell(form, x, state, weights, noise=CellNoise(zones=(zones,)))
    assert torch.equal(y[:, :, :, 0], state[0][:, :, None, 0].expand(-1, -1, 5))
    assert torch.equal(y[:, :, 2], y[:, :, 1])
    assert not torch.equal(y[:, :, 3], y[:, :, 2])


def test_zones_of_a_projection_leave_its_skip_alone():
    form, x, state, weights = case("lstm(3, proj=2, skip=1)")
    zones = (
        torch.ones(1, 1, 5, 2, dtype=torch.bool),
        torch.zeros(1, 1, 5, 3, dtype=torch.bool),
    )
    y, (h, c) = run_cell(form, x, state, weights, noise=CellNoise(zones=zones))
    assert torch.equal(h, state[0])
    assert not torch.equal(c, state[1])
    assert len(y[0, 0, :, 2].unique()) == 5


def test_reversed_zones_belong_to_their_step():
    form, x, state, weights = case("rnn(3)")
    zones = torch.zeros(1, 1, 5, 3, dtype=torch.bool)
    zones[:, :, 1] = True
    y, _ = run_cell(form, x, state, weights, reverse=True, noise=CellNoise(zones=(zones,)))
    assert torch.equal(y[:, :, 1], y[:, :, 2])


def test_recurrent_mask_stays_for_the_whole_sequence():
    form, x, state, weights = case("rnn(3)")
    mask = torch.tensor([[[0.0, 2.0, 2.0]]], dtype=torch.float64)
    y, _ = run_cell(form, x, state, weights, noise=CellNoise(recurrent=mask))
    less = weights | {"weight_hh": weights["weight_hh"] * mask}
    torch.testing.assert_close(y, run_cell(form, x, state, less)[0])


@pytest.mark.parametrize("text", ["lstm(3)", "gru(3)", "rnn(3)", "gru(3, reset_before)"])
@pytest.mark.parametrize("reverse", [False, True])
def test_plain_cells_are_the_reference_kernels(text, reverse):
    form, x, state, weights = case(text, members=2, batch=3)
    options = {"reset_after": False} if form.reset_before else {}
    values = list(weights.values())
    if form.reset_before:
        values.append(torch.zeros_like(values[-1]))
    kernel = choose_kernel(form.cell, "reference")
    expected, ends = kernel(x, state, *values, reverse=reverse, **options)
    y, found = run_cell(form, x, state, weights, reverse=reverse)
    torch.testing.assert_close(y, expected)
    torch.testing.assert_close(found, ends)


def test_projection_is_torchs():
    form, x, state, weights = case("lstm(3, proj=2)", batch=2)
    module = torch.nn.LSTM(4, 3, proj_size=2, batch_first=True).double()
    own = {f"{name}_l0": value[0] for name, value in weights.items() if name != "bias"}
    bias = weights["bias"][0]
    module.load_state_dict(own | {"bias_ih_l0": bias, "bias_hh_l0": torch.zeros_like(bias)})
    expected, ends = module(x[0], state)
    y, found = run_cell(form, x, state, weights)
    torch.testing.assert_close(y[0], expected)
    torch.testing.assert_close(found, ends)


@pytest.mark.parametrize("text", TEXTS)
def test_gradients_are_those_of_finite_differences(text):
    form, x, state, weights = case(text, members=2, batch=2, steps=3, inputs=2)
    names, size = list(weights), len(state)
    leaves = [one.requires_grad_() for one in (x, *state, *weights.values())]

    def run(x, *rest):
        own = dict(zip(names, rest[size:], strict=True))
        y, ends = run_cell(form, x, rest[:size], own)
        return (y, *ends)

    assert torch.autograd.gradcheck(run, leaves, fast_mode=True)


@pytest.mark.parametrize("text", TEXTS)
def test_members_do_not_touch_each_other(text):
    form, x, state, weights = case(text, members=3, batch=2)
    y, _ = run_cell(form, x, state, weights)
    own = {name: value[1:2] for name, value in weights.items()}
    alone, _ = run_cell(form, x[1:2], tuple(one[1:2] for one in state), own)
    assert_close(text, y[1:2], alone, 1e-12)


def test_reverse_is_the_flipped_sequence():
    form, x, state, weights = case("lstm(3, peephole, ln)")
    backward, _ = run_cell(form, x, state, weights, reverse=True)
    forward, _ = run_cell(form, x.flip(2), state, weights)
    torch.testing.assert_close(backward, forward.flip(2))


def test_float32_inputs_stay_float32():
    leaves = kernel_inputs("rnn", (1, 2, 3, 4, 3))
    weights = dict(zip(("weight_ih", "weight_hh", "bias"), list(leaves.values())[2:], strict=True))
    y, _ = run_cell(CellForm(cell="rnn"), leaves["x"], (leaves["state 0"],), weights)
    assert y.dtype == torch.float32
