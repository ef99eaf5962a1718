import torch

from cellwise.architecture import Architecture
from cellwise.layers import build


def views_of(text, seeds=(0,)):
    net = build(Architecture.parse(text), input_size=3, output_size=2)
    return net.layout.views(net.initial_parameters(seeds))


def test_recurrent_gates_are_orthogonal():
    gates = views_of("lstm(6)")["layers.0.weight_hh"][0].view(4, 6, 6)
    for gate in gates:
        torch.testing.assert_close(gate @ gate.T, torch.eye(6), atol=1e-5, rtol=0)


def test_forget_bias_is_one_and_all_else_zero():
    bias = views_of("lstm(3)")["layers.0.bias"][0]
    assert bias.tolist() == [0] * 3 + [1] * 3 + [0] * 6
    assert views_of("gru(3)")["layers.0.bias_ih"].abs().sum() == 0


def test_input_weights_are_glorot_uniform():
    weights = views_of("lstm(200)")["layers.0.weight_ih"][0]
    bound = (6 / (3 + 200)) ** 0.5
    assert weights.abs().max() <= bound
    assert abs(weights.std() - bound / 3**0.5) < 0.01


def test_output_layer_starts_at_zero():
    views = views_of("lstm(3)")
    assert views["head.weight"].abs().sum() + views["head.bias"].abs().sum() == 0


def test_a_seed_draws_the_same_in_any_cohort():
    alone, among = views_of("2*gru(4)", (7,)), views_of("2*gru(4)", (1, 7, 2))
    assert all(torch.equal(alone[name][0], among[name][1]) for name in alone)
    assert not torch.equal(among["layers.0.weight_hh"][0], among["layers.0.weight_hh"][1])


def test_a_projection_is_read_through_orthogonal_gates():
    views = views_of("lstm(6, proj=4)")
    for gate in views["layers.0.weight_hh"][0].view(4, 6, 4):
        torch.testing.assert_close(gate.T @ gate, torch.eye(4), atol=1e-5, rtol=0)


def test_forget_gates_are_open_wherever_they_are():
    views = views_of("bilstm(2, coupled, ln) > lstm(2, transition=2) > lstm(2, deep_gates=3)")
    for name in ("bias", "bias_reverse"):
        assert views[f"layers.0.{name}"][0].tolist() == [1, 1, 0, 0, 0, 0]
    assert not views["layers.0.ln_hh_shift"].any()
    assert views["layers.1.transition_bias_2"][0].tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    assert not views["layers.2.bias"].any() and not views["layers.2.gate_bias_2"].any()
    assert views["layers.2.gate_bias_3"][0].tolist() == [0, 0, 1, 1, 0, 0]


def test_gains_begin_at_one_and_states_and_peepholes_at_nothing():
    views = views_of("lstm(3, ln, peephole, learn_state)")
    assert views["layers.0.ln_c_gain"].unique().item() == 1.0
    for name in ("peephole", "h_0", "c_0"):
        assert not views[f"layers.0.{name}"].any()


def test_tables_are_normal_and_kernels_know_their_steps():
    views = views_of("embed(400, 50) > conv(3, 20)")
    assert abs(views["layers.0.weight"].std() - 1) < 0.02
    assert views["layers.1.weight"].abs().max() <= (6 / ((3 * 50 + 20) * 3)) ** 0.5
