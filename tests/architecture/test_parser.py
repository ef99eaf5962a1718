import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwise.architecture import (
    Architecture,
    AttentionPooling,
    Branch,
    Branches,
    Conv,
    Decoder,
    Dense,
    Dropout,
    Embedding,
    Encoder,
    Norm,
    RecurrentLayer,
)

LSTM = RecurrentLayer(cell="lstm", hidden_size=4)


@settings(max_examples=200)
@given(st.data())
def test_text_round_trips(architectures, data):
    architecture = data.draw(architectures)
    assert Architecture.parse(str(architecture)) == architecture


def test_repeats_and_spaces():
    text = "  3 * lstm( 32 ,dropout = 0.1)>gru(4, to_output) "
    assert str(Architecture.parse(text)) == (
        "lstm(32, dropout=0.1) > lstm(32, dropout=0.1) > lstm(32, dropout=0.1) > gru(4, to_output)"
    )


def test_groups_repeat_too():
    assert str(Architecture.parse("lstm(4) > 2*(lstm(4, residual) > norm)")) == (
        "lstm(4) > lstm(4, residual) > norm > lstm(4, residual) > norm"
    )
    assert len(Architecture.parse("2*[lstm(4) | gru(2)]").layers) == 2


@pytest.mark.parametrize(
    ("text", "layer"),
    [
        ("dense(8)", Dense(size=8)),
        ("dense(8, relu)", Dense(size=8, activation="relu")),
        ("dropout(0.25)", Dropout(rate=0.25)),
        ("norm", Norm()),
        ("norm()", Norm()),
        ("conv(3)", Conv(kernel_size=3)),
        ("conv(3, 16)", Conv(kernel_size=3, channels=16)),
        ("conv(3, relu)", Conv(kernel_size=3, activation="relu")),
        ("conv(3, 16, tanh)", Conv(kernel_size=3, channels=16, activation="tanh")),
        ("embed(100, 8)", Embedding(num_tokens=100, size=8)),
        ("attention(2)", AttentionPooling(heads=2)),
        ("attention()", AttentionPooling()),
        (
            "[lstm(4) | norm > dense(3)]",
            Branches(branches=(Branch(layers=(LSTM,)), Branch(layers=(Norm(), Dense(size=3))))),
        ),
        (
            '[temp,"wind speed": lstm(4) | lstm: lstm(4)]',
            Branches(
                branches=(
                    Branch(layers=(LSTM,), columns=("temp", "wind speed")),
                    Branch(layers=(LSTM,), columns=("lstm",)),
                )
            ),
        ),
    ],
)
def test_reads_each_layer(text, layer):
    assert Architecture.parse(text).layers == (layer,)


def test_reads_every_option_of_the_issue():
    texts = [
        "lstm(8, proj=4, skip=2, peephole, coupled, ln, zoneout=0.1, recurrent_dropout=0.2)",
        "lstm(8, activation=relu, gate_activation=hard_sigmoid)",
        "rnn(8, transition=3, shortcut, output=2)",
        "lstm(8, deep_gates=2)",
        "gru(8, reset_before, stateful, learn_state)",
        "lstm(8) > lstm(8, highway, from_input, init_from_below)",
        *(f"bigru(8, merge={merge})" for merge in ("sum", "mul", "ave", "none")),
    ]
    assert all(str(Architecture.parse(text)) == text for text in texts)


def test_reads_encoder_and_decoder():
    text = (
        "encoder(embed(9, 4) > lstm(4), reverse) > "
        "decoder(lstm(4), attention=additive, teacher_forcing=0.5, sampling=linear)"
    )
    encoder = Encoder(layers=(Embedding(num_tokens=9, size=4), LSTM), reverse=True)
    decoder = Decoder(layers=(LSTM,), attention="additive", teacher_forcing=0.5, sampling="linear")
    assert Architecture.parse(text).layers == (encoder, decoder)
    assert str(Architecture.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "position 1 of '': expected a layer (lstm, gru, rnn, bilstm, "),
        ("", "decoder), or [ or (, read the end of the text"),
        ("foo(3)", "position 1 of 'foo(3)': expected a layer (lstm, gru, rnn,"),
        ("lstm(0)", "position 6 of 'lstm(0)': expected the number of cells"),
        ("lstm(3, drop=1)", "position 9 of 'lstm(3, drop=1)': expected an option"),
        ("lstm(3) gru(2)", "position 9 of 'lstm(3) gru(2)': expected '>' or the end"),
        ("lstm(3) >", "position 10 of 'lstm(3) >': expected a layer"),
        ("lstm(2.5)", "position 6 of 'lstm(2.5)': expected the number of cells"),
        ("lstm(3, dropout=x)", "position 17 of 'lstm(3, dropout=x)': expected a number"),
        ("lstm(3, to_output, to_output)", "only once"),
        ("lstm(3) ? gru(1)", "position 9 of 'lstm(3) ? gru(1)'"),
        ("999*lstm(1)", "at most 64 layers, got 999"),
        ("9*(9*(9*(9*lstm(1))))", "expected repeats that make at most 1000 layers"),
        ("(" * 5000 + "lstm(1)", "brackets are nested too deeply"),
        ("lstm(3, merge=add)", "expected one of concat, sum, mul, ave, none, read 'add'"),
        ("lstm(3, ln=4)", "expected one of full, lean, read '4'"),
        ("gru(3, peephole)", "position 1: peephole needs lstm, got gru"),
        ("lstm(2) > gru(3, proj=2)", "position 11: proj needs lstm, got gru"),
        ("lstm(3, return_sequences)", "what a layer hands on is derived from the layer above"),
        ("dense(relu)", "position 7 of 'dense(relu)': expected the size of the layer"),
        ("dense(3, exp)", "expected one of tanh, relu, sigmoid, hard_sigmoid, linear, read 'exp'"),
        ("dense", "expected '(', read the end of the text"),
        ("embed(3)", "position 8 of 'embed(3)': expected ',', read ')'"),
        ("[lstm(3)", "position 9 of '[lstm(3)': expected ']', read the end"),
        ("[3,a: lstm(3)]", "expected the name of a column"),
        ("[a,a: lstm(3)]", "position 2: a branch may read a column once, got 'a' twice"),
        ("encoder(lstm(3), backwards)", "expected an option (reverse), read 'backwards'"),
    ],
)
def test_error_names_position_what_was_read_and_expected(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Architecture.parse(text)
