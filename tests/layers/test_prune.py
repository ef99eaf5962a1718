import pytest
import torch

from cellwise._errors import ArchitectureError
from cellwise.architecture import Architecture
from cellwise.layers._prune import cell_uses, prune
from cellwise.layers._resize import widen


@pytest.mark.parametrize("seen", [False, True])
@pytest.mark.parametrize(
    "text",
    ["lstm(4)", "gru(4) > rnn(3)", "bilstm(4) > lstm(2)", "lstm(4, proj=2) > norm", "lstm(4, ln)"],
)
def test_cells_that_nothing_reads_go_first(text, seen, network, drawn):
    net = network(text)
    weights, x = drawn(net, 2), torch.randn(6, 5, 2)
    if text == "lstm(4, ln)":  # cannot be widened: its uses alone are measured
        assert cell_uses(net, weights, 0, windows=x if seen else None).shape == (2, 4)
        return
    new = 3 if seen else 1  # by their weights alone, new cells are read by one another
    large, grown = widen(net, weights, 0, new, (0, 1))
    wide = network(str(large))
    uses = cell_uses(wide, grown, 0, windows=x if seen else None)
    assert uses.shape == (2, 4 + new)
    assert (uses[:, 4:] == 0).all()
    assert (uses[:, :4] > 0).all()
    small, pruned = prune(wide, grown, 0, new, windows=x if seen else None)
    assert small == net.architecture
    assert torch.equal(pruned, weights)


def test_each_member_loses_its_own_least_used_cell(network, drawn):
    net = network("lstm(3)")
    weights = drawn(net, 2)
    views = net.layout.views(weights)
    for member, cell in enumerate((0, 2)):
        views["head.weight"][member, :, cell] = 0.0
        views["layers.0.weight_hh"][member, :, cell] = 0.0
    small, pruned = prune(net, weights, 0, 1)
    x = torch.randn(2, 4, 6, 2)
    torch.testing.assert_close(network(str(small))(pruned, x), net(weights, x))


def test_windows_tell_a_cell_that_never_moves_from_one_that_does(network, drawn):
    net = network("rnn(2)")
    weights = drawn(net)
    views = net.layout.views(weights)
    views["layers.0.weight_hh"].zero_()
    views["layers.0.weight_ih"][:, 0] = 0.0  # what cell 0 gives is 0
    views["layers.0.bias"].zero_()
    views["head.weight"][:, :, 0], views["head.weight"][:, :, 1] = 5.0, 0.1
    by_weights = cell_uses(net, weights, 0)[0]
    by_windows = cell_uses(net, weights, 0, windows=torch.randn(8, 3, 2))[0]
    assert by_weights[0] > by_weights[1]
    assert by_windows[0] == 0 < by_windows[1]


def test_what_is_left_must_be_a_network(network, drawn):
    net = network("lstm(2) > lstm(2, residual)")
    with pytest.raises(ArchitectureError, match="hidden_size must be at least 1, got 0"):
        prune(net, drawn(net), 0, 2)
    with pytest.raises(ArchitectureError, match="residual adds what the layer reads"):
        prune(net, drawn(net), 1, 1)
    with pytest.raises(ArchitectureError, match="cells must be at least 1, got -1"):
        prune(net, drawn(net), 0, -1)


def test_a_pair_loses_the_same_cells(network, drawn):
    net = network("encoder(gru(3)) > decoder(gru(3))")
    small, pruned = prune(net, drawn(net), "decoder.layers.0", 1)
    assert str(small) == "encoder(gru(2)) > decoder(gru(2))"
    assert (
        Architecture.parse(str(small)).num_parameters(input_size=2, output_size=1)
        == pruned.shape[1]
    )
