import re

import pytest

from cellwise.architecture import Architecture

PAIR = "encoder(embed(9, 4) > lstm(5)) > decoder(embed(7, 3) > lstm(5), attention=additive)"


def test_decoder_reads_its_own_output_and_the_attended_vector():
    chain = Architecture.parse(PAIR).place(input_size=1, output_size=7)
    shapes = {one.path: (one.input.text(), one.output.text()) for one in chain.walk()}
    assert shapes == {
        "encoder": ("(T, 1)", "(T, 5)"),
        "encoder.layers.0": ("(T, 1)", "(T, 4)"),
        "encoder.layers.1": ("(T, 4)", "(T, 5)"),
        "decoder": ("(S, 1)", "(S, 5)"),
        "decoder.layers.0": ("(S, 1)", "(S, 3)"),
        "decoder.layers.1": ("(S, 8)", "(S, 5)"),
    }


def test_decoder_without_tokens_reads_its_outputs():
    chain = Architecture.parse("encoder(lstm(5)) > decoder(lstm(5))").place(
        input_size=4, output_size=2
    )
    assert chain.placed[1].chains[0].placed[0].input.text() == "(S, 2)"


def test_two_directions_of_an_encoder_start_one_decoder_of_both_sizes():
    Architecture.parse("encoder(bilstm(4)) > decoder(lstm(8))")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("encoder(lstm(3))", "a whole network, encoder(...) > decoder(...), with other layers"),
        ("decoder(lstm(3)) > encoder(lstm(3))", "got decoder(lstm(3)) > encoder(lstm(3))"),
        ("dense(3) > encoder(lstm(3)) > decoder(lstm(3))", "got dense(3) > encoder"),
        ("encoder([lstm(3)]) > decoder(lstm(3))", "[lstm(3)] cannot stand in an encoder"),
        ("encoder(lstm(3)) > decoder(lstm(3) > conv(3))", "conv(3) cannot stand in a decoder"),
        ("encoder(lstm(3)) > decoder(bilstm(3))", "one step at a time, which excludes two direc"),
        ("encoder(lstm(3)) > decoder(lstm(3, stateful))", "which excludes stateful"),
        ("encoder(2*lstm(3)) > decoder(lstm(3))", "the encoder has 2, the decoder 1"),
        ("encoder(dense(3)) > decoder(dense(3))", "the encoder has 0, the decoder 0"),
        (
            "encoder(lstm(3)) > decoder(lstm(4))",
            "decoder, recurrent layer 1, lstm(4): its state is lstm h (4,), c (4,), and lstm(3) "
            "of the encoder hands on lstm h (3,), c (3,)",
        ),
        ("encoder(gru(3)) > decoder(rnn(3))", "its state is rnn h (3,), and gru(3) of the"),
        ("encoder(lstm(3) > dense(4)) > decoder(lstm(3), attention=dot)", "use attention=general"),
    ],
)
def test_pairs_that_do_not_fit_are_refused(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Architecture.parse(text)
