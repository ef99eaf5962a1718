from dataclasses import fields

from cellwise.architecture import Decoder, Encoder, RecurrentLayer
from cellwise.architecture._options import DECODER, ENCODER, RECURRENT, option_texts


def test_every_field_has_one_option():
    for kind, options, own in (
        (RecurrentLayer, RECURRENT, {"cell", "hidden_size", "bidirectional"}),
        (Encoder, ENCODER, {"layers"}),
        (Decoder, DECODER, {"layers"}),
    ):
        named = [option.field for option in options.values()]
        assert sorted(named) == sorted({field.name for field in fields(kind)} - own)


def test_defaults_are_not_written():
    assert option_texts(RecurrentLayer(cell="lstm", hidden_size=3), RECURRENT) == []


def test_each_kind_of_option_is_written():
    layer = RecurrentLayer(
        cell="lstm", hidden_size=3, dropout=0.5, proj_size=2, residual=True, activation="relu"
    )
    texts = ["proj=2", "activation=relu", "dropout=0.5", "residual"]
    assert option_texts(layer, RECURRENT) == texts


def test_a_word_that_the_name_stands_for_is_not_written():
    layer = {"cell": "lstm", "hidden_size": 3}
    assert option_texts(RecurrentLayer(**layer, layer_norm="full"), RECURRENT) == ["ln"]
    assert option_texts(RecurrentLayer(**layer, layer_norm="lean"), RECURRENT) == ["ln=lean"]
