import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwise.architecture import Architecture, Shape
from cellwise.architecture._shapes import place_words, total_width


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (Shape(width=8), "(50, 8)"),
        (Shape(width=8, steps="S"), "(S, 8)"),
        (Shape(width=8, steps=""), "(8,)"),
        (Shape(width=8, streams=2), "2 x (50, 8)"),
        (Shape(width=0), "(50, F)"),
    ],
)
def test_shape_as_text(shape, text):
    assert shape.text(50) == text


def test_place_in_words():
    assert place_words("layers.0.branches.1.layers.2") == "layer 1, branch 2, layer 3"
    assert place_words("encoder.layers.0") == "encoder, layer 1"


def test_a_sum_with_an_unknown_width_is_unknown():
    assert total_width(3, 4) == 7
    assert total_width(3, 0) == 0


def test_walk_names_every_layer_where_it_stands():
    chain = Architecture.parse("[lstm(3) | gru(2) > norm] > rnn(4)").place(input_size=5)
    assert [one.path for one in chain.walk()] == [
        "layers.0",
        "layers.0.branches.0.layers.0",
        "layers.0.branches.1.layers.0",
        "layers.0.branches.1.layers.1",
        "layers.1",
    ]
    assert [one.reads_input for one in chain.walk()] == [True, True, True, False, False]


@given(st.data())
def test_weights_of_a_chain_are_those_of_its_layers_and_names_are_unique(architectures, data):
    chain = data.draw(architectures).place(input_size=4, output_size=2)
    own = [w.under(one.path).name for one in chain.walk() for w in one.own]
    assert sorted(own) == sorted(w.name for w in chain.weights)
    assert len(set(own)) == len(own)
