"""Weights to torch and back: the same outputs, for all that torch can express."""

import re
from pathlib import Path

import pytest
import torch
from torch import nn

from cellwise.architecture import Architecture
from cellwise.export import from_torch, to_torch
from cellwise.layers import build, build_forecaster

# torch tells which of its own kernels it takes
pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning")

TEXTS = [
    "lstm(5)",
    "2*gru(5, dropout=0.1)",
    "rnn(5, activation=relu) > rnn(3)",
    "lstm(6, proj=2)",
    "bilstm(6, proj=2) > dense(3, tanh)",
    "bilstm(4) > lstm(3)",
    *(f"bigru(4, merge={merge}) > dropout(0.2)" for merge in ("sum", "mul", "ave", "none")),
    "lstm(4) > 3*lstm(4, residual) > lstm(4, highway)",
    "dense(8) > bilstm(4, residual)",
    "dense(8) > bigru(4, highway, to_output) > lstm(3)",
    "lstm(4, to_output, from_input) > lstm(3, to_output, from_input) > lstm(2, from_input)",
    "bilstm(4, to_output) > gru(3)",
    "bilstm(4, merge=sum, to_output, dropout=0.1) > gru(3)",
    "dense(4, tanh) > norm > lstm(4, learn_state) > lstm(4, init_from_below)",
    "bigru(4, learn_state)",
    "conv(3) > conv(2, 5, relu) > gru(4, output=2)",
    "lstm(3) > conv(3)",
    "[a,b: lstm(4) > norm | c: gru(3)] > dense(4, hard_sigmoid)",
    "[lstm(4, to_output) > lstm(2) | bigru(3)]",
    "lstm(4) > attention(2) > dense(3, sigmoid)",
    "[lstm(4) > attention(2) | attention(4)]",
]
PAIRS = (Path(__file__).parent / "pairs.txt").read_text().splitlines()
POOLED = [text for text in TEXTS if "attention" in text]


def network(text, inputs=4, **options):
    net = build(Architecture.parse(text), input_size=inputs, output_size=2, **options)
    generator = torch.Generator().manual_seed(0)
    return net, 0.4 * torch.randn(1, net.num_parameters, generator=generator)


def inputs_of(text):
    return 3 if "c:" in text else 4


@pytest.mark.parametrize("text", [*TEXTS, *PAIRS])
@pytest.mark.parametrize("steps", [0, 4])
def test_outputs_are_equal(text, steps):
    if steps and text in POOLED:
        return
    net, row = network(text, inputs_of(text), output_steps=steps)
    x = torch.randn(7, 6, inputs_of(text))
    module = to_torch(net, row)
    torch.testing.assert_close(module(x), net(row, x[None])[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "text",
    [
        "embed(9, 4) > lstm(3, from_input) > lstm(3, from_input)",
        "encoder(embed(9, 2) > lstm(3)) > decoder(embed(2, 4) > lstm(3), attention=dot)",
    ],
)
def test_tokens(text):
    net, row = network(text)
    x = torch.randint(0, 9, (7, 6, 4)).float()
    torch.testing.assert_close(to_torch(net, row)(x), net(row, x[None])[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("text", PAIRS)
def test_true_outputs_are_fed_in_training(text):
    net, row = network(text, output_steps=4)
    module, (x, target) = to_torch(net, row), (torch.randn(7, 6, 4), torch.randn(7, 4, 2))
    if "teacher_forcing=0)" in text:
        with pytest.raises(TypeError, match="positional argument"):
            module(x, target)
        return
    if "teacher_forcing" in text:
        module.teacher_forcing = 1.0
    weights = net.layout.views(row)
    ours = net.run(weights, x[None], target=target[None])[0]
    torch.testing.assert_close(module(x, target), ours, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "text",
    [
        "lstm(3, stateful) > gru(2)",
        "rnn(3) > gru(2, stateful, learn_state)",
        "encoder(lstm(3, stateful)) > decoder(lstm(3), attention=additive)",
    ],
)
def test_states_go_on_from_batch_to_batch_until_a_restart(text):
    net, row = network(text, output_steps=4)
    module, weights, states = to_torch(net, row), net.layout.views(row), {}
    batches = torch.randn(3, 7, 6, 4)
    for x in batches:
        ours = net.run(weights, x[None], states=states)[0]
        torch.testing.assert_close(module(x), ours, rtol=1e-5, atol=1e-5)
    module.restart()
    first = net(row, batches[:1])[0]
    torch.testing.assert_close(module(batches[0]), first, rtol=1e-5, atol=1e-5)


def test_a_state_from_before_the_horizon_is_refused():
    names = {"columns": ("y", "over_horizon", "k"), "horizon": 2, "over_horizon": True}
    net = build_forecaster(Architecture.parse("gru(3) > lstm(3, stateful)"), **names)
    with pytest.raises(ValueError, match=r"layer 2, lstm\(3, stateful\): torch has no state that"):
        to_torch(net, net.initial_parameters((0,)))


def test_branches_read_the_columns_that_they_name():
    names = ("y", "a", "b")
    net = build(
        Architecture.parse("[b: lstm(3) | y,b: gru(2)]"), input_size=3, output_size=2, columns=names
    )
    row, x = 0.4 * torch.randn(1, net.num_parameters), torch.randn(7, 6, 3)
    torch.testing.assert_close(to_torch(net, row)(x), net(row, x[None])[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("text", [*TEXTS, *PAIRS])
def test_weights_come_back_as_they_went(text):
    net, row = network(text, inputs_of(text))
    architecture, back = from_torch(to_torch(net, row), network=net)
    assert architecture == net.architecture
    torch.testing.assert_close(back, row)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"num_layers": 3, "dropout": 0.1},
        {"bidirectional": True, "num_layers": 2},
        {"bias": False},
    ],
)
def test_a_module_of_torch_becomes_a_network(kind, options):
    module, head = kind(4, 5, batch_first=True, **options).eval(), None
    head = nn.Linear(10 if module.bidirectional else 5, 3)
    architecture, row = from_torch(module, head)
    x = torch.randn(7, 6, 4)
    net = build(architecture, input_size=4, output_size=3, output_steps=6)
    torch.testing.assert_close(net(row, x[None])[0], head(module(x)[0]), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (nn.LSTM(4, 5, proj_size=2, num_layers=2, dropout=0.5), "lstm(5, proj=2, dropout=0.5) > "),
        (nn.RNN(4, 5, nonlinearity="relu"), "rnn(5, activation=relu)"),
        (nn.GRU(4, 5, bidirectional=True), "bigru(5)"),
    ],
)
def test_what_it_is_stands_in_its_text(module, text):
    architecture, row = from_torch(module.eval())
    assert str(architecture).startswith(text)
    net = build(architecture, input_size=4, output_size=architecture.output_width, output_steps=6)
    x = torch.randn(7, 6, 4)
    expected = module(x.transpose(0, 1))[0].transpose(0, 1)
    torch.testing.assert_close(net(row, x[None])[0], expected)


def test_modules_may_stand_on_one_another():
    first, second = nn.LSTM(4, 5, batch_first=True), nn.GRU(5, 3, batch_first=True)
    architecture, row = from_torch([first, second])
    assert str(architecture) == "lstm(5) > gru(3)"
    x = torch.randn(7, 6, 4)
    net = build(architecture, input_size=4, output_size=3)
    torch.testing.assert_close(net(row, x[None])[0], second(first(x)[0])[0][:, -1])


def test_another_module_is_refused():
    with pytest.raises(ValueError, match=r"module 2 must be an LSTM, GRU or RNN.*, got Linear"):
        from_torch([nn.LSTM(4, 5), nn.Linear(5, 2)])


def test_a_module_of_another_architecture_is_refused():
    net, row = network("lstm(5)")
    with pytest.raises(ValueError, match=r"must hold layer_2\.weight_ih_l0"):
        from_torch(to_torch(net, row), network=network("2*lstm(5)")[0])


def test_the_first_layer_that_torch_lacks_is_named():
    net, row = network("lstm(3) > lstm(3, peephole)")
    with pytest.raises(ValueError, match=re.escape("layer 2, lstm(3, peephole): torch has no")):
        to_torch(net, row)
