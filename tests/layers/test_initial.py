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
