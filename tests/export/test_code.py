import pytest

from cellwise.architecture import Architecture
from cellwise.export._code import column_indices, refuse_options, unusual_options


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
