import pytest
import torch

from cellwise._errors import ArchitectureError
from cellwise.architecture import Architecture
from cellwise.layers._inclusion import Inclusion, Match, Sized


def on_task(text):
    return Sized(architecture=Architecture.parse(text), input_size=2, output_size=1)


def test_what_is_put_in_can_be_taken_out():
    inclusion = Inclusion.of(on_task("lstm(2) > gru(2)"), on_task("lstm(4) > gru(3)"))
    weights = torch.randn(3, inclusion.small.num_parameters)
    grown = inclusion.grow(weights, torch.ones(3, inclusion.large.num_parameters))
    assert torch.equal(inclusion.shrink(grown), weights)


def test_old_cells_read_new_ones_with_0_and_new_ones_read_as_they_are_given():
    inclusion = Inclusion.of(on_task("lstm(2)"), on_task("lstm(3)"))
    grown = inclusion.grow(
        torch.full((1, inclusion.small.num_parameters), 7.0),
        torch.ones(1, inclusion.large.num_parameters),
    )
    views = inclusion.large.views(grown)
    recurrent = views["layers.0.weight_hh"].view(4, 3, 3)  # gate, cell, cell
    assert (recurrent[:, :2, :2] == 7).all()
    assert (recurrent[:, :2, 2] == 0).all()
    assert (recurrent[:, 2] == 1).all()
    assert views["head.weight"].tolist() == [[[7.0, 7.0, 0.0]]]


def test_cells_of_the_smaller_network_may_stand_anywhere():
    match = Match(cells={"layers.0": [1, None, 0]})
    inclusion = Inclusion.of(on_task("rnn(2)"), on_task("rnn(3)"), match)
    weights = torch.arange(inclusion.large.num_parameters).float()[None]
    small = inclusion.small.views(inclusion.shrink(weights))
    large = inclusion.large.views(weights)
    assert torch.equal(small["head.weight"][0, 0], large["head.weight"][0, 0, [2, 0]])
    assert torch.equal(small["layers.0.bias"][0], large["layers.0.bias"][0, [2, 0]])


@pytest.mark.parametrize(
    ("small", "large", "reason"),
    [
        ("lstm(3)", "lstm(2)", "of which .* does not hold everything"),
        ("lstm(3) > lstm(2)", "lstm(3)", r"has no layers\.1\.weight_ih"),
        ("lstm(3)", "lstm(3, coupled)", "of which .* does not hold everything"),
        ("lstm(3, peephole)", "lstm(3)", r"has no layers\.0\.peephole"),
        ("lstm(3)", "lstm(3) > lstm(3)", "head.weight is"),
    ],
)
def test_what_is_no_part_is_refused(small, large, reason):
    with pytest.raises(ArchitectureError, match=reason):
        Inclusion.of(on_task(small), on_task(large))
