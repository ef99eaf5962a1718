import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwise.architecture import Architecture
from cellwise.architecture._layer import inner_chains, layer_from_dict, simple_layers


@given(st.data())
def test_dict_round_trips_through_json(architectures, data):
    architecture = data.draw(architectures)
    plain = json.loads(json.dumps(architecture.to_dict()))
    assert Architecture.from_dict(plain) == architecture


def test_simple_layers_are_found_wherever_they_stand():
    net = Architecture.parse("[lstm(3) > [norm | gru(2)] | dense(2)] > rnn(4)")
    assert [str(one) for one in simple_layers(net.layers)] == [
        *("lstm(3)", "norm", "gru(2)", "dense(2)", "rnn(4)")
    ]


def test_inner_chains():
    group, simple = Architecture.parse("[lstm(3) | gru(2)] > norm").layers
    assert [len(chain) for chain in inner_chains(group)] == [1, 1]
    assert inner_chains(simple) == ()


def test_unknown_kind_is_refused():
    with pytest.raises(ValueError, match=r"kind must be one of dense, dropout, .*, got 'tcn'"):
        layer_from_dict({"kind": "tcn"})
