import pytest

from cellwise.architecture import RecurrentLayer


# theory.md section 1: counts with one bias per gate (Keras); GRU with reset_after has two
@pytest.mark.parametrize(
    ("cell", "inputs", "cells", "count"),
    [
        ("lstm", 1, 2, 32),
        ("lstm", 1, 3, 60),
        ("lstm", 10, 64, 19200),
        ("lstm", 25, 100, 50400),
        ("gru", 10, 64, 14592),
        ("rnn", 10, 64, 64 * (10 + 64 + 1)),
    ],
)
def test_counts_parameters(cell, inputs, cells, count):
    assert RecurrentLayer(cell=cell, hidden_size=cells).num_parameters(inputs) == count


def test_flops_are_two_per_weight_of_the_products():
    assert RecurrentLayer(cell="lstm", hidden_size=3).num_flops(5) == 2 * 12 * (5 + 3)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"cell": "tcn"}, "cell must be one of lstm, gru, rnn, got 'tcn'"),
        ({"hidden_size": 0}, "hidden_size must be at least 1, got 0"),
        ({"dropout": 1.0}, "dropout must be at least 0 and below 1, got 1.0"),
    ],
)
def test_message_names_the_field(fields, message):
    with pytest.raises(ValueError, match=message):
        RecurrentLayer(**{"cell": "lstm", "hidden_size": 2, **fields})


def test_dict_round_trip():
    layer = RecurrentLayer(cell="gru", hidden_size=5, dropout=0.25, to_output=True)
    assert RecurrentLayer.from_dict(layer.to_dict()) == layer
