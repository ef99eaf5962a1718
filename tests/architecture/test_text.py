import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwise.architecture._text import call_text, chain_text, column_text, number_text


@given(st.floats(0, 1e9))
def test_number_reads_back_equal(value):
    assert float(number_text(value)) == value


def test_number_is_short_where_it_can_be():
    assert number_text(0.25) == "0.25"
    assert number_text(2.0) == "2"
    assert number_text(1 / 3) == "0.3333333333333333"


def test_empty_arguments_are_left_out():
    assert call_text("conv", ["3", "", "relu"]) == "conv(3, relu)"


@pytest.mark.parametrize(
    ("name", "text"), [("temp", "temp"), ("wind speed", '"wind speed"'), ("2m", '"2m"')]
)
def test_odd_column_names_are_quoted(name, text):
    assert column_text(name) == text


def test_chain_is_joined_by_arrows():
    assert chain_text(["a", "b"]) == "a > b"
