import pytest
import torch

from cellwise.architecture import Architecture


@pytest.mark.parametrize(("layers", "count"), [(1, 19200), (2, 52224)])
def test_counts_a_stack_as_theory_does(layers, count):
    net = Architecture.parse(f"{layers}*lstm(64)")
    assert net.num_parameters(input_size=10, output_size=1) == count + 65


def test_counts_torchs_gru_and_head():
    torch_count = sum(p.numel() for p in torch.nn.GRU(7, 5, num_layers=2).parameters()) + 5 * 3 + 3
    net = Architecture.parse("2*gru(5)")
    assert net.num_parameters(input_size=7, output_size=3) == torch_count


def test_output_sees_flagged_layers_and_the_last():
    net = Architecture.parse("lstm(8, to_output) > lstm(4) > gru(2)")
    assert net.output_layers == (0, 2)
    assert net.output_width == 10
    assert net.num_cells == 14


def test_flops_grow_with_steps():
    net = Architecture.parse("rnn(3)")
    assert net.num_flops(input_size=2, output_size=1, num_steps=5) == 5 * 2 * 3 * 5 + 2 * 3


def test_dict_round_trip():
    net = Architecture.parse("lstm(8, dropout=0.5) > rnn(2)")
    assert Architecture.from_dict(net.to_dict()) == net


def test_needs_a_layer():
    with pytest.raises(ValueError, match=r"layers must hold at least one layer, got \(\)"):
        Architecture(layers=())
