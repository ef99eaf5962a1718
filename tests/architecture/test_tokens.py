import re

import pytest

from cellwise.architecture._tokens import TokenReader


def words(text):
    reader = TokenReader(text)
    found = []
    while reader.peek().kind != "end":
        token = reader.next()
        found.append((token.kind, token.text))
    return found


def test_splits_into_words_numbers_signs_and_quoted_names():
    assert words('2*lstm( 3e-1,a1 ) ["b c":') == [
        *(("number", "2"), ("sign", "*"), ("name", "lstm"), ("sign", "("), ("number", "3e-1")),
        *(("sign", ","), ("name", "a1"), ("sign", ")"), ("sign", "["), ("quoted", "b c")),
        ("sign", ":"),
    ]


def test_looks_ahead_without_taking():
    reader = TokenReader("a b")
    assert (reader.peek(1).text, reader.peek(9).kind, reader.next().text) == ("b", "end", "a")


def test_takes_a_sign_only_if_it_comes():
    reader = TokenReader("> x")
    assert not reader.took("=")
    assert reader.took(">")


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda reader: reader.take("("), "position 1 of '0.5': expected '(', read '0.5'"),
        (lambda reader: reader.whole("a size"), "expected a size, read '0.5'"),
        (lambda reader: reader.word(("a", "b")), "expected one of a, b, read '0.5'"),
    ],
)
def test_refusal_names_what_was_expected(read, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        read(TokenReader("0.5"))


def test_number_is_a_float():
    assert TokenReader("0.5").number() == 0.5
    with pytest.raises(ValueError, match="expected a number, read the end of the text"):
        TokenReader("").number()


def test_a_character_of_no_word_is_refused_where_it_stands():
    with pytest.raises(ValueError, match=r"position 3 of 'a  \?': .* read '\?'|position 4"):
        TokenReader("a  ?")
    with pytest.raises(ValueError, match="position 1 of '\"open': expected a layer, an option"):
        TokenReader('"open')
