"""What recurrent layers read, where they start and what they hand on."""

import re

import pytest
import torch

from cellwise.kernels import choose_kernel
from cellwise.layers._recurrent import spread


def reached(net, parameters, values, steps=5, inputs=2):
    """Which steps the sum of an output's values depends on."""
    x = torch.randn(1, 2, steps, inputs, requires_grad=True)
    (gradient,) = torch.autograd.grad(values(net, parameters, x).sum(), x)
    return (gradient.abs().sum(dim=(0, 1, 3)) > 0).tolist()


def handed_on(net, parameters, x, path="layers.0"):
    return net.layer_outputs(parameters, x)[path]


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("half", [slice(3), slice(3, 6)], ids=["forward", "backward"])
def test_each_direction_ends_where_it_has_read_everything(network, drawn, cell, half):
    net = network(f"bi{cell}(3)")
    assert all(reached(net, drawn(net), lambda n, p, x: handed_on(n, p, x)[..., half]))


@pytest.mark.parametrize(
    "text", ["bilstm(3, to_output) > lstm(2)", "bigru(3, merge=none, to_output) > bigru(2)"]
)
def test_both_ends_are_read_past_the_layers_above(network, drawn, text):
    net = network(text)
    parameters = drawn(net)
    views = net.layout.views(parameters)
    views["head.weight"].zero_()
    views["head.weight"][..., 3:6] = 1.0  # the backward half of the first layer
    assert all(reached(net, parameters, lambda n, p, x: n(p, x)))


@pytest.mark.parametrize("merge", ["concat", "sum", "mul", "ave"])
def test_directions_are_merged_as_in_keras(network, drawn, merge):
    net, apart = (network(f"bilstm(3, merge={m})", output_steps=5) for m in (merge, "none"))
    parameters = drawn(apart)
    x = torch.randn(1, 2, 5, 2)
    forward, backward = handed_on(apart, parameters, x).chunk(2, dim=-1)
    found = handed_on(net, parameters[:, : net.num_parameters], x)
    expected = {
        "concat": torch.cat([forward, backward], dim=-1),
        "sum": forward + backward,
        "mul": forward * backward,
        "ave": (forward + backward) / 2,
    }[merge]
    torch.testing.assert_close(found, expected)


def test_directions_are_torchs(network, drawn):
    net = network("bilstm(3) > bilstm(3)", output_steps=5)
    parameters, x = drawn(net), torch.randn(1, 4, 5, 2)
    views = net.layout.views(parameters)
    lstm = torch.nn.LSTM(2, 3, num_layers=2, bidirectional=True, batch_first=True)
    with torch.no_grad():
        for layer in range(2):
            for suffix in ("", "_reverse"):
                own = {
                    n: views[f"layers.{layer}.{n}{suffix}"][0] for n in ("weight_ih", "weight_hh")
                }
                for name, value in own.items():
                    getattr(lstm, f"{name}_l{layer}{suffix}").copy_(value)
                bias = views[f"layers.{layer}.bias{suffix}"][0]
                getattr(lstm, f"bias_ih_l{layer}{suffix}").copy_(bias)
                getattr(lstm, f"bias_hh_l{layer}{suffix}").zero_()
        expected = lstm(x[0])[0]
    torch.testing.assert_close(handed_on(net, parameters, x, "layers.1")[0], expected)


def test_two_streams_are_read_by_a_direction_each(network, drawn):
    net = network("bigru(3, merge=none) > bigru(3, merge=none)", output_steps=5)
    parameters, x = drawn(net), torch.randn(1, 2, 5, 2)
    views = net.layout.views(parameters)
    before = handed_on(net, parameters, x, "layers.1")
    views["layers.0.weight_ih_reverse"].zero_()
    forward, backward = (handed_on(net, parameters, x, "layers.1") - before).split(3, dim=-1)
    assert not forward.any()
    assert backward.any()


def test_residual_adds_what_the_layer_reads(network, drawn):
    parameters = drawn(network("gru(2)"))
    x = torch.randn(1, 3, 5, 2)
    for steps, was in ((0, x[:, :, -1]), (5, x)):
        plain, added = (network(t, output_steps=steps) for t in ("gru(2)", "gru(2, residual)"))
        expected = handed_on(plain, parameters, x) + was
        torch.testing.assert_close(handed_on(added, parameters, x), expected)


def test_end_of_a_residual_layer_of_two_directions_adds_at_each_ones_own_end(network, drawn):
    net, plain = (network(t, input_size=4) for t in ("bilstm(2, residual)", "bilstm(2)"))
    parameters, x = drawn(net), torch.randn(1, 3, 5, 4)
    was = torch.cat([x[:, :, -1, :2], x[:, :, 0, 2:]], dim=-1)
    expected = handed_on(plain, parameters, x) + was
    torch.testing.assert_close(handed_on(net, parameters, x), expected)


@pytest.mark.parametrize("option", ["residual", "highway"])
def test_what_stands_at_the_end_of_a_merged_residual_layer_is_refused(network, option):
    text = f"dense(2) > bilstm(2, merge=sum, {option})"
    with pytest.raises(ValueError, match=re.escape("layer 2, bilstm(2, merge=sum, ")):
        network(text)
    network(f"{text} > lstm(2)")  # its sequence is well defined


def test_highway_carries_at_first(network, drawn):
    net = network("gru(2, highway)", output_steps=5)
    views = net.layout.views(net.initial_parameters((0,)))
    assert views["layers.0.highway_bias"].unique().item() == -1.0
    parameters, x = drawn(net), torch.randn(1, 3, 5, 2)
    own = {n: v[0] for n, v in net.layout.views(parameters).items()}
    plain = handed_on(network("gru(2)", output_steps=5), parameters[:, : -6 - 3], x)
    gate = torch.nn.functional.linear(
        x, own["layers.0.highway_weight"], own["layers.0.highway_bias"]
    ).sigmoid()
    expected = gate * plain + (1 - gate) * x  # Srivastava et al. (2015), equation 3
    torch.testing.assert_close(handed_on(net, parameters, x), expected)


def test_deep_output_is_a_network_on_each_step(network, drawn):
    net = network("lstm(3, output=3)", output_steps=5)
    parameters, x = drawn(net), torch.randn(1, 2, 5, 2)
    own = {n: v[0] for n, v in net.layout.views(parameters).items()}
    size = sum(v.numel() for n, v in own.items() if "output" not in n and "head" not in n)
    shallow = network("lstm(3)", output_steps=5)
    cells = torch.cat([parameters[:, :size], torch.zeros(1, 4)], dim=1)
    values = handed_on(shallow, cells, x)
    for depth in (2, 3):  # Pascanu et al. (2013), DO-RNN
        weight, bias = (own[f"layers.0.output_{kind}_{depth}"] for kind in ("weight", "bias"))
        values = torch.nn.functional.linear(values, weight, bias).tanh()
    torch.testing.assert_close(handed_on(net, parameters, x), values)


def test_upper_layers_may_read_the_input_as_well(network, drawn):
    net = network("lstm(3, from_input) > lstm(3, from_input)")
    parameters, x = drawn(net), torch.randn(1, 2, 5, 2)
    before = net(parameters, x)
    views = net.layout.views(parameters)
    views["layers.1.weight_ih"][..., 3:] = 0.0  # what comes beside stands behind what is below
    assert not torch.allclose(before, net(parameters, x))


def test_a_learned_state_is_where_a_sequence_starts(network, drawn):
    net = network("lstm(3, learn_state)")
    parameters = net.initial_parameters((0,)) + 0.1
    views = net.layout.views(parameters)
    x = torch.randn(1, 2, 5, 2)
    start = tuple(views[f"layers.0.{n}_0"][:, None].expand(-1, 2, -1) for n in "hc")
    own = [views[f"layers.0.{n}"] for n in ("weight_ih", "weight_hh", "bias")]
    _, (h, _) = choose_kernel("lstm", "reference")(x, start, *own)
    torch.testing.assert_close(handed_on(net, parameters, x), h)


@pytest.mark.parametrize(
    "text",
    [
        "lstm(4) > lstm(4, init_from_below)",
        "bilstm(2) > lstm(4, init_from_below)",
        "gru(4) > bigru(2, init_from_below)",
    ],
)
def test_a_layer_may_start_where_the_one_below_ended(network, drawn, text):
    """The last input reaches the first step of the layer above through the state alone."""
    net = network(text, output_steps=5)
    parameters = drawn(net)
    first = reached(net, parameters, lambda n, p, x: handed_on(n, p, x, "layers.1")[:, :, 0])
    assert first[-1]


def test_states_are_shared_out_among_directions():
    h, c = torch.randn(1, 2, 4), torch.randn(1, 2, 4)
    halves = spread(((h, c),), 2)
    assert torch.equal(halves[1][0], h[..., 2:])
    ((h_again, c_again),) = spread(halves, 1)
    assert torch.equal(h_again, h) and torch.equal(c_again, c)


def test_state_is_carried_from_batch_to_batch(network, drawn):
    net = network("lstm(3, stateful) > gru(4) > gru(2, stateful)", output_steps=4)
    assert net.stateful == ("layers.0", "layers.2")
    parameters, x = drawn(net, 2), torch.randn(2, 3, 8, 2)
    weights, states = net.layout.views(parameters.requires_grad_()), {}
    first = net.run(weights, x[:, :, :4], states=states)
    torch.testing.assert_close(first, net.run(weights, x[:, :, :4]))
    assert not any(one.requires_grad for state in states.values() for one in state)
    second = net.run(weights, x[:, :, 4:], states=states)
    assert not torch.allclose(second, net.run(weights, x[:, :, 4:]))
    whole = network("lstm(3, stateful) > gru(4) > gru(2, stateful)", output_steps=8)
    # the middle layer starts anew at each batch: only without it is it one long sequence
    silent = {n: torch.zeros_like(v) if "layers.1" in n else v for n, v in weights.items()}
    states = {}
    parts = [net.run(silent, part, states=states) for part in x.split(4, dim=2)]
    torch.testing.assert_close(torch.cat(parts, dim=2), whole.run(silent, x))


@pytest.mark.parametrize("text", ["lstm(3, stateful)", "gru(3, stateful, learn_state)"])
def test_a_row_of_the_batch_may_begin_again(network, drawn, text):
    net = network(text, output_steps=4)
    parameters, x = drawn(net, 2), torch.randn(2, 3, 8, 2)
    weights, states = net.layout.views(parameters), {}
    net.run(weights, x[:, :, :4], states=states)
    went_on = net.run(weights, x[:, :, 4:], states=dict(states))
    fresh = torch.tensor([[True, False, False], [False, False, True]])
    found = net.run(weights, x[:, :, 4:], states=states, fresh=fresh)
    anew = net.run(weights, x[:, :, 4:])
    torch.testing.assert_close(found[fresh], anew[fresh])
    torch.testing.assert_close(found[~fresh], went_on[~fresh])
    assert not torch.allclose(anew[~fresh], went_on[~fresh])
