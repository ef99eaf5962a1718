"""The code is executed: it must run, give the right shape, and have as many weights."""

import re

import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.export import torch_code

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
    "lstm(4, to_output, from_input) > lstm(3, to_output, from_input) > lstm(2, from_input)",
    "bilstm(4, to_output) > gru(3)",
    "dense(4, tanh) > norm > lstm(4, learn_state) > lstm(4, init_from_below)",
    "bigru(4, learn_state)",
    "conv(3) > conv(2, 5, relu) > gru(4, output=2)",
    "lstm(3) > conv(3)",
    "embed(9, 4) > lstm(3, from_input) > lstm(3, from_input)",
    "[a,b: lstm(4) > norm | c: gru(3)] > dense(4, hard_sigmoid)",
    "[lstm(4, to_output) > lstm(2) | bigru(3)]",
    "lstm(4) > attention(2) > dense(3, sigmoid)",
    "[lstm(4) > attention(2) | attention(3)]",
]
POOLED = [text for text in TEXTS if "attention" in text]


def module_of(text, **options):
    names = {}
    code = torch_code(Architecture.parse(text), input_size=3, output_size=2, **options)
    exec(code, names)
    torch.manual_seed(0)
    return names["Network"]()


@pytest.mark.parametrize("text", TEXTS)
def test_runs_and_has_as_many_weights(text):
    module = module_of(text)
    assert module(torch.ones(7, 6, 3)).shape == (7, 2)
    net = Architecture.parse(text)
    counted = net.num_parameters(input_size=3, output_size=2, bias="double")
    assert sum(p.numel() for p in module.parameters()) == counted


@pytest.mark.parametrize("text", [text for text in TEXTS if text not in POOLED])
def test_reads_the_last_steps_where_several_are_asked_for(text):
    assert module_of(text, output_steps=4)(torch.ones(7, 6, 3)).shape == (7, 4, 2)


@pytest.mark.parametrize("text", [text for text in TEXTS if "embed" not in text])
def test_every_input_step_reaches_the_output(text):
    x = torch.randn(2, 3, 3, requires_grad=True)
    module = module_of(text).eval()
    # queries begin at 0: a mean of all steps, which they must still reach
    (gradient,) = torch.autograd.grad(module(x).sum(), x)
    reached = gradient.abs().sum(dim=(0, 2)) > 0
    assert reached[0] or "conv" in text
    assert reached[-1]


def test_backward_half_of_the_end_has_read_the_whole_window():
    x = torch.randn(1, 5, 3, requires_grad=True)
    module = module_of("bilstm(4)")
    module.head.weight.data[:, :4] = 0.0  # the backward half alone
    (gradient,) = torch.autograd.grad(module(x).sum(), x)
    assert (gradient.abs().sum(dim=(0, 2)) > 0).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lstm(3) > lstm(3, peephole)", "layer 2, lstm(3, peephole): torch has no peepholes"),
        ("gru(3, reset_before)", "torch has no reset gate before the product"),
        ("lstm(3, activation=relu)", "torch has no relu inside of a cell"),
        ("gru(3, gate_activation=tanh)", "torch has no tanh gates"),
        ("lstm(3, recurrent_dropout=0.1)", "torch has no recurrent dropout"),
        ("rnn(3, transition=2)", "torch has no deep transition"),
        ("bilstm(3, merge=none) > bilstm(2)", "layer 2, bilstm(2): torch has no layer whose dir"),
        ("[norm | lstm(3, ln)]", "layer 1, branch 2, layer 1, lstm(3, ln): torch has no layer"),
        ("encoder(lstm(3)) > decoder(lstm(3, ln))", "decoder, layer 1, lstm(3, ln): torch has no"),
    ],
)
def test_the_first_layer_that_torch_lacks_is_named(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        torch_code(Architecture.parse(text), input_size=3, output_size=2)
