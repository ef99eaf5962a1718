import pytest

from cellwise.architecture import Decoder, Encoder, RecurrentLayer

LAYERS = (RecurrentLayer(cell="lstm", hidden_size=4),)


@pytest.mark.parametrize(
    ("attention", "shapes"),
    [
        ("none", {}),
        (
            "additive",
            {"attention_query": (4, 4), "attention_key": (4, 6), "attention_score": (1, 4)},
        ),
        ("general", {"attention_key": (4, 6), "attention_combine": (4, 10)}),
    ],
)
def test_weights_of_the_attention(attention, shapes):
    weights = Decoder(layers=LAYERS, attention=attention).weights(4, 6)
    assert {w.name: w.shape for w in weights} == shapes


def test_dot_needs_equal_widths():
    decoder = Decoder(layers=LAYERS, attention="dot")
    assert [w.shape for w in decoder.weights(4, 4)] == [(4, 8)]
    with pytest.raises(ValueError, match=r"4 values with the encoder's 6, .* attention=general"):
        decoder.weights(4, 6)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Encoder(layers=()), "an encoder must hold at least one layer, got none"),
        (lambda: Decoder(layers=()), "a decoder must hold at least one layer, got none"),
        (lambda: Decoder(layers=LAYERS, attention="self"), "attention must be one of none, add"),
        (lambda: Decoder(layers=LAYERS, sampling="cubic"), "sampling must be one of constant"),
        (lambda: Decoder(layers=LAYERS, teacher_forcing=1.5), "at least 0 and at most 1, got 1.5"),
        (
            lambda: Decoder(layers=LAYERS, teacher_forcing=0.0, sampling="linear"),
            "sampling=linear needs teacher_forcing above 0",
        ),
    ],
)
def test_unsound_fields_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()
