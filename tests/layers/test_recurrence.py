import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.layers._recurrence import kernel_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("lstm(4)", "fused"),
        ("bigru(4, reset_before, merge=sum)", "fused"),
        ("rnn(4, activation=relu)", "fused"),
        ("lstm(4, output=3, residual, dropout=0.1)", "fused"),
        ("lstm(4, recurrent_dropout=0.1)", "fused; in training reference: has recurrent dropout"),
        ("lstm(4, peephole, coupled)", "reference: has peephole, coupled gates"),
        ("lstm(4, proj=2)", "reference: has projection"),
        ("gru(4, ln)", "reference: has layer normalisation"),
        ("gru(4, transition=2)", "reference: has deep transition"),
        ("lstm(4, deep_gates=2)", "reference: has deep gates"),
        ("lstm(4, zoneout=0.1)", "reference: has zoneout"),
        ("lstm(4, activation=relu)", "reference: has activation=relu"),
        ("gru(4, gate_activation=tanh)", "reference: has gate_activation=tanh"),
    ],
)
def test_a_layer_says_which_way_it_runs(text, line):
    assert kernel_line(Architecture.parse(text).layers[0]) == line


@pytest.mark.parametrize("text", ["bilstm(4)", "gru(4, reset_before)", "rnn(4, activation=relu)"])
def test_kernels_agree_on_every_form(network, drawn, text):
    nets = [network(text, backend=backend) for backend in ("auto", "torch", "reference")]
    parameters, x = drawn(nets[0], 3), torch.randn(3, 4, 6, 2)
    first, *others = (net(parameters, x) for net in nets)
    for other in others:
        torch.testing.assert_close(first, other)


def test_zoneout_uses_its_mean_outside_of_training(network, drawn, generators):
    net = network("lstm(4, zoneout=0.3)")
    parameters, x = drawn(net, 1), torch.randn(1, 1, 6, 2)
    mean = net(parameters, x)
    assert torch.equal(mean, net(parameters, x))
    many = net(
        parameters.expand(400, -1),
        x.expand(400, -1, -1, -1),
        net.dropout([None] * 400, generators(400)),
    )
    assert many.std() > 0
    assert abs(many.mean() - mean.item()) < 0.1


def test_zoneout_of_almost_everything_keeps_the_first_state(network, drawn):
    net = network("gru(4, zoneout=0.999999)")
    parameters, x = drawn(net), torch.randn(1, 2, 6, 2)
    bias = net.layout.views(parameters)["head.bias"]
    torch.testing.assert_close(net(parameters, x), bias[:, None].expand(1, 2, 1), atol=1e-4, rtol=0)


def test_recurrent_dropout_is_one_mask_per_sequence(network, drawn, generators):
    """A state value that is dropped reaches no step: an identity recurrence loses it for good."""
    net = network("rnn(50, activation=relu, recurrent_dropout=0.5)", input_size=1)
    parameters = torch.zeros(1, net.num_parameters)
    views = net.layout.views(parameters)
    views["layers.0.weight_hh"][0].copy_(torch.eye(50))
    views["layers.0.weight_ih"].fill_(1.0)
    x = torch.zeros(1, 3, 4, 1)
    x[:, :, 0] = 1.0
    dropout = net.dropout([None], generators(1))
    wide = network("rnn(50, activation=relu, recurrent_dropout=0.5)", input_size=1, output_steps=4)
    flow_like = wide.layer_outputs(parameters, x)["layers.0"]
    assert torch.equal(flow_like, torch.ones(1, 3, 4, 50))  # nothing is dropped in use
    views["head.weight"].fill_(1.0)
    sums = wide(parameters, x, dropout)[0, :, :, 0]
    # half of them are kept and doubled at each of three steps: 1, 2, 4, 8
    kept = sums[:, 1] / 2
    torch.testing.assert_close(
        sums, kept[:, None] * torch.tensor([0.0, 2, 4, 8]) + torch.tensor([50.0, 0, 0, 0])
    )
    assert len(kept.unique()) > 1
