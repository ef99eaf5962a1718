import pytest

from cellwise.architecture import Architecture
from cellwise.export._code import (
    column_indices,
    network_chain,
    recurrent_inputs,
    recurrent_layer,
    refuse_options,
    unusual_options,
)


def placed(text):
    return Architecture.parse(text).place(input_size=3).placed


def test_options_that_neither_side_has_are_named():
    layer = placed("lstm(4, peephole, zoneout=0.1)")[0].layer
    used = [what for what, on in unusual_options(layer).items() if on]
    assert used == ["peepholes", "zoneout"]


def test_refusal_names_the_layer_and_what_is_missing():
    with pytest.raises(
        ValueError, match=r"layer 1, lstm\(4, coupled\): torch has no coupled gates"
    ):
        refuse_options(placed("lstm(4, coupled)")[0], "torch", {})


def test_refusal_of_what_one_side_lacks():
    with pytest.raises(ValueError, match=r"layer 1, .*: keras has no projection"):
        refuse_options(placed("lstm(4)")[0], "keras", {"projection": True})


def test_columns_are_counted_in_the_order_of_the_text():
    group = placed("[b,a: lstm(2) | a: lstm(2) | lstm(2)]")[0]
    columns = group.layer.columns
    assert [column_indices(chain, columns) for chain in group.chains] == [[0, 1], [1], []]


def chain_of(text, columns=()):
    sizes = {"input_size": 3, "output_size": 2, "output_steps": 0}
    return network_chain(Architecture.parse(text), columns, **sizes)


def test_names_are_those_given_else_those_of_the_network():
    assert chain_of("[b: lstm(2) | a: lstm(2)]")[1] == ("b", "a")
    assert chain_of("[b: lstm(2) | a: lstm(2)]", ("a", "b", "c"))[1] == ("a", "b", "c")
    with pytest.raises(ValueError, match="'b'"):
        chain_of("[b: lstm(2) | a: lstm(2)]", ("a", "c"))


def test_a_recurrent_layer_reads_the_input_of_the_chain_and_what_is_beside_it():
    first, second = chain_of("lstm(2) > lstm(2, from_input)")[0].placed
    assert recurrent_inputs(first, "x", "x", {}) == ["x"]
    assert recurrent_inputs(second, "y1", "x", {second.path: "context"}) == ["y1", "x", "context"]


def test_a_layer_that_is_not_recurrent_is_refused():
    with pytest.raises(TypeError, match=r"layers\.0 must be recurrent, got dense\(2\)"):
        recurrent_layer(placed("dense(2)")[0])
