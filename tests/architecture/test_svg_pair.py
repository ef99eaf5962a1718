import pytest

from cellwise.architecture import Architecture
from cellwise.architecture._scene import Steps, scene_of
from cellwise.architecture._svg_pair import pair_piece


def body(text):
    chain = Architecture.parse(text).place(input_size=8, output_size=1)
    scene = scene_of(text, chain, Steps(window=50, decoder=12), outputs=1)
    return pair_piece(scene).body


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_each_encoder_layer_hands_its_state_to_its_counterpart(layers):
    stack = " > ".join("lstm(8)" for _ in range(layers))
    assert body(f"encoder({stack}) > decoder({stack})").count("final state") == layers


def test_attention_is_drawn_where_there_is_one():
    assert "attention over all steps" not in body("encoder(gru(8)) > decoder(gru(8))")
    looking = body("encoder(gru(8)) > decoder(gru(8), attention=additive)")
    assert "attention over all steps" in looking


def test_output_is_fed_back():
    assert "its own output of the step before" in body("encoder(gru(8)) > decoder(gru(8))")
