import pytest

from cellwise._errors import ArchitectureError
from cellwise.layers._sizing import recurrent_path, resized, sized, together


def test_layers_are_found_by_index_and_by_path(network):
    net = network("dense(2) > lstm(3)")
    assert recurrent_path(net, 1) == recurrent_path(net, "layers.1") == "layers.1"
    with pytest.raises(ArchitectureError, match=r"one of layers\.1; got 0"):
        recurrent_path(net, 0)


def test_the_widths_of_the_task_are_those_of_the_network(network):
    one = sized(network("lstm(3)", input_size=4, output_size=5))
    assert (one.input_size, one.output_size) == (4, 5)


def test_a_pair_is_changed_together(network):
    net = network("encoder(gru(3) > lstm(2)) > decoder(gru(3) > lstm(2))")
    assert together(net, "decoder.layers.1") == ("encoder.layers.1", "decoder.layers.1")
    assert str(resized(net, "encoder.layers.1", 2)) == (
        "encoder(gru(3) > lstm(4)) > decoder(gru(3) > lstm(4))"
    )


def test_an_inner_layer(network):
    net = network("[lstm(2) | gru(3)] > lstm(2)")
    assert str(resized(net, "layers.0.branches.1.layers.0", 2)) == "[lstm(2) | gru(5)] > lstm(2)"
