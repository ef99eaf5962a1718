import pytest
import torch


def test_branches_stand_side_by_side(network, drawn):
    net = network("[lstm(3) | gru(2) > dense(4)]", output_steps=5)
    parameters, x = drawn(net), torch.randn(1, 2, 5, 2)
    found = net.layer_outputs(parameters, x)
    parts = [found[f"layers.0.branches.{k}.layers.{k}"] for k in range(2)]
    torch.testing.assert_close(found["layers.0"], torch.cat(parts, dim=-1))


def test_ends_of_branches_are_those_of_their_layers(network, drawn):
    net = network("[bilstm(3) | bigru(2, merge=none)]")
    parameters = drawn(net)
    x = torch.randn(1, 2, 5, 2, requires_grad=True)
    end = net.layer_outputs(parameters, x)["layers.0"]
    for part in end.split([3, 3, 2, 2], dim=-1):
        (gradient,) = torch.autograd.grad(part.sum(), x, retain_graph=True)
        assert (gradient.abs().sum(dim=(0, 1, 3)) > 0).all()


@pytest.mark.parametrize(("columns", "index"), [((), 0), (("y", "z", "a", "b"), 2)])
def test_a_branch_reads_the_columns_that_it_names(network, drawn, columns, index):
    net = network("[a: lstm(3) | b: gru(2)]", input_size=4, columns=columns)
    parameters = drawn(net)
    x = torch.randn(1, 2, 5, 4, requires_grad=True)
    (gradient,) = torch.autograd.grad(net(parameters, x).sum(), x)
    read = (gradient.abs().sum(dim=(0, 1, 2)) > 0).tolist()
    assert read == [index <= k < index + 2 for k in range(4)]


def test_a_column_that_the_input_does_not_have_is_named(network):
    with pytest.raises(
        ValueError, match=r"layer 1, .*: the input must have one column 'b', got 0; its .* a, y"
    ):
        network("[a: lstm(3) | b: gru(2)]", columns=("a", "y"))


def test_tapped_layers_stand_side_by_side(network, drawn):
    net = network("lstm(3, to_output) > gru(2)", output_steps=4)
    parameters, x = drawn(net), torch.randn(1, 2, 5, 2)
    found = net.layer_outputs(parameters, x)
    seen = torch.cat([found["layers.0"], found["layers.1"]], dim=-1)[:, :, -4:]
    views = net.layout.views(parameters)
    expected = seen @ views["head.weight"][:, None].mT + views["head.bias"][:, None, None]
    torch.testing.assert_close(net(parameters, x), expected)


def test_vectors_of_tokens_reach_the_layers_that_read_the_input(network, drawn):
    net = network("embed(5, 3) > lstm(2) > lstm(2, from_input)", input_size=1)
    views = net.layout.views(drawn(net))
    assert views["layers.2.weight_ih"].shape == (1, 8, 2 + 3)
    x = torch.randint(0, 5, (1, 2, 4, 1)).float()
    assert net.run(views, x).shape == (1, 2, 1)
