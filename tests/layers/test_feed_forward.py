"""Layers without memory against torch's own, member by member."""

import pytest
import torch
from torch.nn import functional

from cellwise.architecture import Architecture


def ran(network, drawn, text, x, **options):
    """Run a layer; return what it hands on at every step, and its weights by name."""
    net = network(text, input_size=x.shape[-1], output_steps=x.shape[2], **options)
    parameters = drawn(net, x.shape[0])
    views = net.layout.views(parameters)
    own = {name.removeprefix("layers.0."): view for name, view in views.items()}
    return net.layer_outputs(parameters, x)["layers.0"], own


@pytest.fixture
def x():
    return torch.randn(2, 3, 5, 4)


def test_dense(network, drawn, x):
    found, own = ran(network, drawn, "dense(6, relu)", x)
    for m in range(2):
        expected = functional.linear(x[m], own["weight"][m], own["bias"][m]).relu()
        torch.testing.assert_close(found[m], expected)


def test_norm(network, drawn, x):
    found, own = ran(network, drawn, "norm", x)
    expected = functional.layer_norm(x[1], (4,), own["gain"][1], own["bias"][1])
    torch.testing.assert_close(found[1], expected)


@pytest.mark.parametrize("k", [1, 3, 7])
def test_convolution_sees_itself_and_the_steps_before(network, drawn, x, k):
    found, own = ran(network, drawn, f"conv({k}, 6, tanh)", x)
    padded = functional.pad(x[1].transpose(1, 2), (k - 1, 0))
    expected = functional.conv1d(padded, own["weight"][1], own["bias"][1]).tanh()
    torch.testing.assert_close(found[1], expected.transpose(1, 2))


@pytest.mark.parametrize("k", [1, 3, 7])
def test_end_of_a_convolution_is_its_last_step(network, drawn, x, k):
    net = network(f"conv({k}, 6)", input_size=4)
    steps = network(f"conv({k}, 6)", input_size=4, output_steps=5)
    parameters = drawn(net, 2)
    torch.testing.assert_close(net(parameters, x), steps(parameters, x)[:, :, -1])


def test_tokens_are_looked_up_in_each_members_table(network, drawn):
    x = torch.randint(0, 7, (2, 3, 5, 2)).float()
    found, own = ran(network, drawn, "embed(7, 4)", x)
    expected = functional.embedding(x[1].long(), own["weight"][1]).flatten(-2)
    assert torch.equal(found[1], expected)


def test_a_token_that_is_not_in_the_table_is_no_silent_neighbour(network, drawn):
    net = network("embed(3, 4)", input_size=1)
    with pytest.raises((RuntimeError, IndexError), match="out of"):
        net(drawn(net, 2), torch.full((2, 1, 1, 1), 3.0))


def test_pooling_is_a_mean_by_what_the_steps_hold(network, drawn, x):
    net = network("attention(2)", input_size=4)
    parameters = drawn(net, 2)
    own = {name: view[1] for name, view in net.layout.views(parameters).items()}
    found = net.layer_outputs(parameters, x)["layers.0"][1]
    keys = functional.linear(x[1], own["layers.0.weight"], own["layers.0.bias"]).tanh()
    for head in range(2):
        part = slice(2 * head, 2 * head + 2)
        share = (keys[..., part] @ own["layers.0.query"][head]).softmax(dim=1)
        torch.testing.assert_close(found[:, part], (share[..., None] * x[1, :, :, part]).sum(1))


def test_dropout_works_in_training_alone(network, drawn, x, generators):
    net = network("dropout(0.5)", input_size=4)
    parameters = drawn(net, 2)
    dropout = net.dropout([None, None], generators(2))
    assert torch.equal(net.layer_outputs(parameters, x)["layers.0"], x[:, :, -1])
    assert not torch.allclose(net(parameters, x, dropout), net(parameters, x))


def test_features_and_cells_set_the_pace_of_learning(network):
    net = network("dropout(0.1) > conv(3) > dense(8) > conv(2, 4)", input_size=2)
    scale = net.layout.views(net.layout.learning_rate_scale()[None])
    rates = {name: view.unique().item() for name, view in scale.items()}
    assert rates["layers.1.weight"] == rates["layers.2.weight"] == 1.0
    assert rates["layers.3.weight"] == 16 / 8
    assert Architecture.parse("norm").place(input_size=2).weights[0].role == "gain"
