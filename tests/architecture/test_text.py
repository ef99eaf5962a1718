import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwise.architecture import CELLS, Architecture, RecurrentLayer

LAYERS = st.builds(
    RecurrentLayer,
    cell=st.sampled_from(CELLS),
    hidden_size=st.integers(1, 4096),
    dropout=st.sampled_from([0.0, 0.1, 0.25, 0.5]),
    to_output=st.booleans(),
)


@given(st.lists(LAYERS, min_size=1, max_size=6))
def test_text_round_trips(layers):
    architecture = Architecture(layers=tuple(layers))
    assert Architecture.parse(str(architecture)) == architecture


def test_repeats_and_spaces():
    text = "  3 * lstm( 32 ,dropout = 0.1)>gru(4, to_output) "
    assert str(Architecture.parse(text)) == (
        "lstm(32, dropout=0.1) > lstm(32, dropout=0.1) > lstm(32, dropout=0.1) > gru(4, to_output)"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "position 1 of '': expected a layer (lstm, gru, rnn), read the end of the text"),
        ("foo(3)", "position 1 of 'foo(3)': expected a layer (lstm, gru, rnn), read 'foo'"),
        ("lstm(0)", "position 6 of 'lstm(0)': expected the number of cells"),
        ("lstm(3, drop=1)", "position 9 of 'lstm(3, drop=1)': expected an option"),
        ("lstm(3) gru(2)", "position 9 of 'lstm(3) gru(2)': expected '>' or the end"),
        ("lstm(3) >", "position 10 of 'lstm(3) >': expected a layer"),
        ("lstm(2.5)", "position 6 of 'lstm(2.5)': expected the number of cells"),
        ("lstm(3, dropout=x)", "position 17 of 'lstm(3, dropout=x)': expected a number"),
        ("lstm(3, to_output, to_output)", "only once"),
        ("lstm(3) ? gru(1)", "position 9 of 'lstm(3) ? gru(1)'"),
        ("999*lstm(1)", "at most 64 layers, got 999"),
    ],
)
def test_error_names_position_what_was_read_and_expected(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Architecture.parse(text)
