from dataclasses import replace

import pytest
import torch
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from cellwise._errors import ArchitectureError
from cellwise.architecture import Architecture, Embedding
from cellwise.layers import build, build_forecaster
from cellwise.layers._network import CHUNK_STEPS


def network(text, **options):
    return build(
        Architecture.parse(text), input_size=2, output_size=options.pop("output_size", 1), **options
    )


def drawn(net, members=1, seed=0):
    return 0.3 * torch.randn(
        members, net.num_parameters, generator=torch.Generator().manual_seed(seed)
    )


def generators(count):
    return [torch.Generator().manual_seed(seed) for seed in range(count)]


@pytest.mark.parametrize("text", ["lstm(4) > lstm(3)", "gru(3)", "rnn(2) > lstm(5)"])
def test_backends_agree(text):
    fast, slow = (network(text, backend=b) for b in ("torch", "reference"))
    parameters, x = drawn(fast, 3), torch.randn(3, 4, 6, 2)
    torch.testing.assert_close(fast(parameters, x), slow(parameters, x))


def test_equals_a_torch_stack():
    net = network("2*lstm(5)", output_size=3)
    parameters, x = drawn(net), torch.randn(1, 4, 6, 2)
    views = net.layout.views(parameters)
    lstm, head = torch.nn.LSTM(2, 5, num_layers=2, batch_first=True), torch.nn.Linear(5, 3)
    with torch.no_grad():
        for i in range(2):
            getattr(lstm, f"weight_ih_l{i}").copy_(views[f"layers.{i}.weight_ih"][0])
            getattr(lstm, f"weight_hh_l{i}").copy_(views[f"layers.{i}.weight_hh"][0])
            getattr(lstm, f"bias_ih_l{i}").copy_(views[f"layers.{i}.bias"][0])
            getattr(lstm, f"bias_hh_l{i}").zero_()
        head.weight.copy_(views["head.weight"][0])
        head.bias.copy_(views["head.bias"][0])
        expected = head(lstm(x[0])[0][:, -1])
    torch.testing.assert_close(net(parameters, x)[0], expected)


def test_a_member_of_a_cohort_equals_it_alone():
    net = network("lstm(4, to_output) > gru(3)")
    parameters, x = drawn(net, 5), torch.randn(5, 4, 6, 2)
    together = net(parameters, x)
    for m in range(5):
        torch.testing.assert_close(together[m : m + 1], net(parameters[m : m + 1], x[m : m + 1]))


def test_output_at_each_step_of_the_horizon():
    net = network("lstm(4)", output_steps=3)
    parameters, x = drawn(net), torch.randn(1, 2, 6, 2)
    steps = net(parameters, x)
    assert steps.shape == (1, 2, 3, 1)
    last = network("lstm(4)")(parameters, x)
    torch.testing.assert_close(steps[:, :, -1], last)


def test_output_sees_a_flagged_lower_layer():
    net = network("lstm(4, to_output) > lstm(1)")
    parameters, x = drawn(net), torch.randn(1, 2, 6, 2)
    views = net.layout.views(parameters)
    views["layers.1.weight_ih"].zero_()
    before = net(parameters, x)
    views["layers.0.weight_ih"].add_(0.5)
    assert not torch.allclose(before, net(parameters, x))


KINDS = [
    "lstm(3)",
    "gru(3, reset_before)",
    "rnn(3, activation=relu)",
    "bilstm(2, merge=ave, dropout=0.3)",
    "lstm(3, proj=2, skip=1, zoneout=0.2, recurrent_dropout=0.2)",
    "lstm(3, peephole, coupled, ln, output=2)",
    "rnn(3, transition=2, shortcut)",
    "gru(3, deep_gates=2, learn_state)",
    "conv(2, 4) > norm > lstm(4, highway) > dropout(0.5) > attention(2) > dense(3, relu)",
    "[a: lstm(3) | b: bigru(2, merge=none)] > gru(7, residual)",
    "encoder(lstm(3, dropout=0.2)) > decoder(lstm(3), attention=additive, teacher_forcing=0.5)",
]


def trained(net, x, target, seeds, generators):
    """Take two steps of plain gradient descent; return the weights."""
    parameters = net.initial_parameters(seeds)
    for step in range(2):
        leaves = {n: v.requires_grad_() for n, v in net.layout.views(parameters.detach()).items()}
        dropout = net.dropout([None] * len(seeds), generators, step / 2)
        output = net.run(leaves, x, dropout, target=target).flatten(2)
        loss = (output - target).square().mean(dim=(1, 2)).sum()
        found = torch.autograd.grad(loss, list(leaves.values()), materialize_grads=True)
        parameters = parameters - 0.1 * torch.cat([g.flatten(1) for g in found], dim=1)
    return parameters


@pytest.mark.parametrize("text", KINDS)
def test_a_member_trains_as_it_does_alone(text):
    net = network(text)
    x, target = torch.randn(3, 4, 6, 2), torch.randn(3, 4, 1)
    together = trained(net, x, target, (0, 1, 2), generators(3))
    alone = trained(net, x[1:2], target[1:2], (1,), generators(3)[1:2])
    assert not torch.equal(together[1:2], net.initial_parameters((1,)))
    torch.testing.assert_close(together[1:2], alone, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("text", ["lstm(3, peephole)", "2*gru(3, residual, from_input)", "rnn(2)"])
@pytest.mark.parametrize("steps", [0, 5])
def test_long_windows_are_read_in_chunks_with_the_same_result(text, steps):
    net = build(Architecture.parse(text), input_size=3, output_size=1, output_steps=steps)
    parameters, x = drawn(net, 2), torch.randn(2, 3, 3 * CHUNK_STEPS + 7, 3)
    whole = net(parameters.requires_grad_(), x)
    with torch.no_grad():
        torch.testing.assert_close(net(parameters, x), whole)


def test_it_says_which_way_each_layer_runs():
    net = network("[lstm(3) | lstm(3, ln)] > dense(2) > bigru(2)")
    assert net.describe_kernels() == (
        "layer 1, branch 1, layer 1, lstm(3): fused",
        "layer 1, branch 2, layer 1, lstm(3, ln): reference: has layer normalisation",
        "layer 3, bigru(2): fused",
    )
    pair = network("encoder(lstm(3)) > decoder(lstm(3), attention=dot)")
    assert pair.describe_kernels()[1].endswith("all steps at once in training, step by step in use")


def tokens_below(net):
    """Give the smallest table of the tokens that the input holds; 0 without tables."""
    layers = [placed.layer for placed in net.chain.walk()]
    return min((one.num_tokens for one in layers if isinstance(one, Embedding)), default=0)


def is_bounded(net):
    """Gates of any size may grow without bound within few steps."""
    layers = net.architecture.recurrent_layers
    return not any(one.gate_activation in ("relu", "linear") for one in layers)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), st.sampled_from([0, 3]))
def test_any_architecture_trains_and_hands_on_what_it_says(architectures, data, steps):
    net = data.draw(architectures)
    try:
        net = build(net, input_size=4, output_size=2, output_steps=steps)
    except ArchitectureError:  # pooled, so no step is left to be read
        reject()
    tokens = tokens_below(net)
    x = torch.randint(0, tokens, (2, 3, 6, 4)).float() if tokens else torch.randn(2, 3, 6, 4)
    target = torch.randn(2, 3, 2 * max(steps, 1))
    parameters = trained(net, x, target, (0, 1), generators(2))
    if not is_bounded(net):
        return
    assert parameters.isfinite().all()
    assert net(parameters, x).shape == ((2, 3, steps, 2) if steps else (2, 3, 2))
    torch.testing.assert_close(
        net(parameters[1:], x[1:]), net(parameters, x)[1:], rtol=1e-3, atol=1e-4
    )
    found = net.layer_outputs(parameters, x)
    for placed in net.chain.walk():
        if placed.path in found:
            width = placed.output.width * placed.output.streams
            shape = (
                (6, width) if placed.returns == "all" and placed.output.steps == "T" else (width,)
            )
            ours = found[placed.path].shape[2:]
            assert tuple(ours) == shape or placed.output.steps == "S"


def test_states_are_carried_from_before_the_horizon():
    net = build_forecaster(
        Architecture.parse("dense(3) > lstm(3, stateful) > gru(2)"),
        columns=("y", "over_horizon", "k"),
        horizon=3,
        over_horizon=True,
    )
    parameters, x = drawn(net, 2), torch.randn(2, 4, 8, 3)
    weights, states = net.layout.views(parameters), {}
    whole = net(parameters, x)
    torch.testing.assert_close(net.run(weights, x, states=states), whole)
    context, seen = {}, replace(net, lookahead=0)
    seen.run(weights, x[:, :, :5], states=context)
    for ours, theirs in zip(states["layers.1"], context["layers.1"], strict=True):
        torch.testing.assert_close(ours, theirs)
    assert not torch.allclose(net.run(weights, x, states=states), whole)


def test_a_state_cannot_be_taken_from_the_middle_of_two_directions():
    with pytest.raises(ArchitectureError, match="before the horizon, needs a stack of layers that"):
        build_forecaster(
            Architecture.parse("bilstm(3) > lstm(3, stateful)"),
            columns=("y", "over_horizon", "k"),
            horizon=3,
            over_horizon=True,
        )
