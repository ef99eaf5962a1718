import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwise.architecture import Architecture
from cellwise.architecture._connections import connection_words, return_words


def placed(text, index=0):
    chain = Architecture.parse(text).place(input_size=8, output_size=1)
    return list(chain.walk())[index]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lstm(64)", "each of its 64 cells reads all 8 values from below and all 64 outputs of"),
        ("lstm(64, proj=16)", "all 16 projections of the same layer one step before"),
        ("bigru(4, merge=sum)", "from the last step to the first; the two outputs are added"),
        ("lstm(8, residual)", "What it reads is added to what it gives."),
        ("lstm(4, coupled)", "i = 1 - f"),
        ("rnn(4, transition=3, shortcut)", "takes 3 layers, with a shortcut past them"),
        ("dense(4)", "At each step alone, all 8 values go to each of the 4 outputs"),
        ("dropout(0.2)", "drops each value with probability 0.2"),
        ("norm", "Brings the 8 values of a step to mean 0"),
        ("conv(3, 5)", "Each of the 5 outputs sees all 8 values of a step and the 2 before it"),
        ("embed(1000, 4)", "Looks up each of 8 tokens of 1,000 in a table of 4 values each"),
        ("attention(2)", "A weighted mean over all 50 steps; 2 heads each find the weights"),
        (
            "[a: norm | lstm(3)]",
            "2 chains run side by side on the same steps; branch 1 reads a alone.",
        ),
        ("encoder(gru(3), reverse) > decoder(gru(3))", "Reads the window, last step to first"),
    ],
)
def test_each_kind_of_layer_in_words(text, words):
    assert words in connection_words(placed(text), 50)


def test_shortcut_from_the_input_in_words():
    words = connection_words(placed("lstm(4) > lstm(4, from_input)", 1), 50)
    assert "reads all 12 values" in words
    assert "Of these, 4 come from the layer below, 8 from beside." in words


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", "(the true value in training, its own in use). It sees the window through those"),
        (", attention=additive", "Before each step it weighs all 50 steps of the encoder."),
        (", attention=dot", "After each step it weighs all 50 steps of the encoder."),
        (", teacher_forcing=0", "(its own, in training too)"),
        (", teacher_forcing=0.5, sampling=linear", "value 50%, falling to 0 (linear), its own in"),
    ],
)
def test_decoder_in_words(options, words):
    text = f"encoder(gru(3)) > decoder(gru(3){options})"
    assert words in connection_words(placed(text, 2), 50)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lstm(4)", "Hands on the last step's output alone"),
        ("lstm(4) > gru(3)", "Hands on its output at all 50 steps"),
        ("bilstm(4)", "forwards at the last step, backwards at the first"),
        ("attention(1)", "Hands on one vector for the whole window."),
    ],
)
def test_what_is_handed_on_in_words(text, words):
    assert words in return_words(placed(text), 50)


@given(st.data())
def test_every_layer_has_words(architectures, data):
    chain = data.draw(architectures).place(input_size=4, output_size=2)
    for one in chain.walk():
        assert connection_words(one, 5).endswith(".")
        assert return_words(one, 5).endswith(".")
