import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwise.architecture import Architecture
from cellwise.architecture._counts import own_size
from cellwise.architecture._formulas import SYMBOLS, Formula, parameter_formula


def formula(text, inputs=8):
    return parameter_formula(Architecture.parse(text).place(input_size=inputs).placed[0])


@pytest.mark.parametrize(
    ("text", "symbols", "numbers"),
    [
        ("lstm(64)", "4H(F + H + 1)", "4·64·(8 + 64 + 1)"),
        ("gru(64)", "3H(F + H + 2)", "3·64·(8 + 64 + 2)"),
        ("rnn(64)", "H(F + H + 1)", "64·(8 + 64 + 1)"),
        ("lstm(64, coupled)", "3H(F + H + 1)", "3·64·(8 + 64 + 1)"),
        ("lstm(64, proj=16)", "4H(F + R + 1) + R·H", "4·64·(8 + 16 + 1) + 16·64"),
        ("lstm(64, ln)", "4H(F + H + 1) + 18H", "4·64·(8 + 64 + 1) + 18·64"),
        ("bilstm(64)", "2[4H(F + H + 1)]", "2·(4·64·(8 + 64 + 1))"),
        ("conv(3, 16)", "O(k·F + 1)", "16·(3·8 + 1)"),
        ("dropout(0.5)", "", ""),
    ],
)
def test_formula_of_each_kind(text, symbols, numbers):
    assert formula(text) == Formula(symbols, numbers)


@settings(max_examples=200)
@given(st.data())
def test_numbers_come_to_the_count(architectures, data):
    chain = data.draw(architectures).place(input_size=4, output_size=2)
    for one in chain.walk():
        for bias in ("single", "double"):
            numbers = parameter_formula(one, bias).numbers
            counted = eval(numbers.replace("·", "*")) if numbers else 0
            assert counted == own_size(one, bias), one


@given(st.data())
def test_every_letter_is_explained(architectures, data):
    chain = data.draw(architectures).place(input_size=4, output_size=2)
    for one in chain.walk():
        letters = set(re.findall("[A-Za-z]", parameter_formula(one).symbols))
        assert letters <= SYMBOLS.keys()
