import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ({"zoneout": 2.0}, "zoneout must be at least 0 and below 1, got 2.0"),
        ({"proj_size": -1}, "proj_size must be at least 0, got -1"),
        ({"transition_depth": 0}, "transition_depth must be at least 1, got 0"),
        ({"activation": "exp"}, "activation must be one of tanh, relu, .*, got 'exp'"),
    ],
)
def test_message_names_the_field(fields, message):
    with pytest.raises(ValueError, match=message):
        RecurrentLayer(**{"cell": "lstm", "hidden_size": 2, **fields})


@pytest.mark.parametrize(
    ("fields", "width", "streams"),
    [
        ({}, 8, 1),
        ({"proj_size": 3}, 3, 1),
        ({"proj_size": 3, "skip_size": 2}, 5, 1),
        ({"bidirectional": True}, 16, 1),
        ({"bidirectional": True, "proj_size": 3}, 6, 1),
        ({"bidirectional": True, "merge": "sum"}, 8, 1),
        ({"bidirectional": True, "merge": "none"}, 8, 2),
    ],
)
def test_output_width(fields, width, streams):
    layer = RecurrentLayer(cell="lstm", hidden_size=8, **fields)
    assert (layer.output_width(), layer.num_streams) == (width, streams)


@given(st.data())
def test_dict_round_trip(recurrent_layers, data):
    layer = data.draw(recurrent_layers)
    assert RecurrentLayer.from_dict(layer.to_dict()) == layer


def test_dicts_of_version_0_1_load_and_plain_layers_still_write_them():
    old = {"cell": "gru", "hidden_size": 5, "dropout": 0.25, "to_output": True}
    layer = RecurrentLayer.from_dict(old)
    assert layer == RecurrentLayer(cell="gru", hidden_size=5, dropout=0.25, to_output=True)
    assert layer.to_dict() == old
