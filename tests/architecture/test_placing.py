import re

import pytest

from cellwise.architecture import Architecture


def widths(text, inputs=3):
    chain = Architecture.parse(text).place(input_size=inputs)
    return [(one.input.width, one.output.width) for one in chain.placed]


def test_a_stack_reads_what_lies_below():
    assert widths("lstm(4) > bilstm(5) > gru(2)") == [(3, 4), (4, 10), (10, 2)]


def test_input_reaches_every_layer_that_asks_for_it():
    assert widths("2*lstm(4, from_input) > gru(2, from_input)") == [(3, 4), (7, 4), (7, 2)]


def test_tokens_reach_layers_as_vectors():
    assert widths("embed(9, 4) > lstm(5) > lstm(5, from_input)", 2) == [(2, 8), (8, 5), (13, 5)]


def test_columns_set_the_width_of_a_branch():
    chain = Architecture.parse("[a,b: lstm(4) | c: lstm(5) | lstm(6)]").place(input_size=8)
    first = chain.placed[0]
    assert [one.placed[0].input.width for one in first.chains] == [2, 1, 8]
    assert [one.columns for one in first.chains] == [("a", "b"), ("c",), ()]
    assert first.output.width == 15


def test_two_streams_reach_the_output_side_by_side():
    chain = Architecture.parse("bilstm(4, merge=none) > dropout(0.1)").place(input_size=3)
    assert chain.placed[1].output.text() == "2 x (T, 4)"
    assert chain.output.text() == "(T, 8)"
    assert widths("bilstm(4, merge=none) > bigru(5)")[1] == (4, 10)


def test_tapped_layers_stand_side_by_side():
    chain = Architecture.parse("lstm(8, to_output) > lstm(4) > gru(2)").place(input_size=1)
    assert (chain.taps, chain.output.width) == ((0, 2), 10)


def test_pooling_takes_time_away():
    chain = Architecture.parse("lstm(4) > attention(2) > dense(3)").place(input_size=1)
    assert [one.output.text(9) for one in chain.placed] == ["(9, 4)", "(4,)", "(3,)"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "lstm(8) > lstm(16, residual)",
            "layer 2, lstm(16, residual): residual adds what the layer reads, 8 values, to what "
            "it gives, 16 values",
        ),
        ("lstm(8) > bilstm(8, highway)", "highway adds what the layer reads, 8 values, to what"),
        ("attention(1) > lstm(3)", "it reads a sequence, (T, F), and the layer below gives (F,)"),
        ("lstm(2) > attention(1) > conv(3)", "layer 3, conv(3): it reads a sequence, (T, F), and"),
        ("bilstm(4, merge=none) > dense(3)", "layer 2, dense(3): the layer below gives 2 x (T, 4)"),
        ("bilstm(4, merge=none) > lstm(3)", "which only a layer of two directions or the output"),
        ("bilstm(4, merge=none) > [lstm(3)]", "its two directions apart (merge=none)"),
        ("bilstm(4, merge=none) > bilstm(2, residual)", "its two directions apart (merge=none)"),
        ("lstm(8) > attention(3)", "layer 2: attention(3) shares out the values of a step"),
        ("lstm(2) > embed(3, 4)", "layer 2, embed(3, 4): it looks up tokens, which only the input"),
        ("lstm(2) > [a: lstm(3)]", "columns are named where the input is read"),
        ("[[a: lstm(3)] | lstm(2)]", "columns are named where the input is read"),
        (
            "[lstm(3) | lstm(4) > attention(2)]",
            "sequences and vectors cannot stand side by side: branch 1 gives (T, 3); branch 2 "
            "gives (4,)",
        ),
        (
            "lstm(3, init_from_below)",
            "needs a recurrent layer below it in the same chain, got none",
        ),
        (
            "gru(4) > lstm(4, init_from_below)",
            "needs the state of gru(4) to fit: it is h (4,), not h (4,), c (4,)",
        ),
        ("[encoder(lstm(2)) > decoder(lstm(2))]", "other layers go inside of them"),
    ],
)
def test_what_cannot_be_connected_is_refused_when_it_is_written(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Architecture.parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "lstm(8, residual)",
            "reads, 3 values, .* 8 values, which must be as many; put dense.8. b",
        ),
        ("[a,b,c,d: lstm(3)]", "it names 4 columns .a, b, c, d., and the input has 3"),
        ("attention(2)", "2 does not divide 3"),
    ],
)
def test_what_depends_on_the_input_is_refused_when_it_is_known(text, message):
    net = Architecture.parse(text)
    with pytest.raises(ValueError, match=message):
        net.place(input_size=3)
