from cellwise.architecture import Architecture
from cellwise.layers._plan import Plan


def plan(text):
    chain = Architecture.parse(text).place(input_size=3, output_size=1)
    return Plan.of(chain, "auto", ())


def test_layers_whose_end_is_read_past_those_above():
    assert plan("lstm(4, to_output) > gru(3) > rnn(2)").tapped == {"layers.0"}
    inner = plan("[lstm(4, to_output) > gru(3) | lstm(2)] > norm")
    assert inner.tapped == {"layers.0.branches.0.layers.0"}
    assert not plan("[lstm(4, to_output) > gru(3)] > rnn(2)").tapped


def test_recurrent_layers_know_the_one_below_in_their_chain():
    found = plan("lstm(4) > norm > lstm(4, init_from_below) > [gru(2)]").below
    assert found == {
        "layers.0": "",
        "layers.2": "layers.0",
        "layers.3.branches.0.layers.0": "",
    }


def test_sites_are_found_by_path_and_kind():
    one = plan("lstm(4, zoneout=0.1) > dropout(0.2)")
    assert one.site("layers.0", "zoneout") == 1
    assert one.site("layers.1", "output", "passing") == 2
    assert one.site("layers.1", "output") is None


def test_the_first_recurrent_layer_of_a_decoder_attends():
    text = "encoder(lstm(2)) > decoder(dense(3) > lstm(2), attention={})"
    assert plan(text.format("additive")).attends == "decoder.layers.1"
    assert plan(text.format("dot")).attends == ""
