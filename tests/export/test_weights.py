import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.export._weights import numbered, row_of
from cellwise.layers import Layout


def test_layers_are_counted_in_the_order_of_the_text():
    chain = Architecture.parse("[norm > lstm(2) | gru(3)] > rnn(4)").place(input_size=2)
    found = {number: str(placed.layer) for number, placed in numbered(chain)}
    assert [found[k] for k in (2, 3, 4, 5)] == ["norm", "lstm(2)", "gru(3)", "rnn(4)"]


def test_a_row_is_the_weights_side_by_side():
    layout = Layout.of(Architecture.parse("rnn(2)"), input_size=1, output_size=1)
    tensors = {
        "layers.0.weight_ih": torch.full((2, 1), 1.0),
        "layers.0.weight_hh": torch.full((2, 2), 2.0),
        "head.weight": torch.full((1, 2), 3.0),
    }
    expected = [1.0] * 2 + [2.0] * 4 + [0.0] * 2 + [3.0] * 2 + [0.0]
    assert row_of(layout, tensors).tolist() == [expected]


@pytest.mark.parametrize(("value", "shape"), [(None, "nothing"), (torch.zeros(3), r"\(3,\)")])
def test_a_weight_that_does_not_fit_is_named(value, shape):
    layout = Layout.of(Architecture.parse("rnn(2)"), input_size=1, output_size=1)
    tensors = {} if value is None else {"layers.0.weight_ih": value}
    message = rf"layers\.0\.weight_ih must have shape \(2, 1\), got {shape}"
    with pytest.raises(ValueError, match=message):
        row_of(layout, tensors)
