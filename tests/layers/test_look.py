import numpy as np
import pytest
import torch

from cellwise.layers import every_step, layer_path, look_inside


class Source:
    """Windows of four steps whose two features are the start and the step."""

    def read(self, starts):
        steps = np.broadcast_to(np.arange(4.0)[:, None], (1, 4, starts.shape[1]))
        x = np.stack([np.broadcast_to(starts[:, None], steps.shape), steps], axis=2)
        return x.astype(np.float32), np.zeros(starts.shape, np.float32)


@pytest.mark.parametrize(
    ("layer", "path"),
    [(0, "layers.0"), (-2, "layers.1"), (-1, "head"), ("-3", "layers.0"), ("layers.1", "layers.1")],
)
def test_a_layer_is_an_index_or_a_path(network, layer, path):
    assert layer_path(network("lstm(2) > gru(3)"), layer) == path


@pytest.mark.parametrize("layer", [3, -4, "layers.2", "encoder", ""])
def test_what_is_no_layer_is_told_with_those_that_are(network, layer):
    with pytest.raises(ValueError, match=r"must be one of layers\.0, layers\.1, head; got "):
        layer_path(network("lstm(2) > gru(3)"), layer)


def test_layers_of_a_pair_are_inside_of_it(network):
    pair = network("encoder(lstm(2)) > decoder(lstm(2))", output_steps=2)
    with pytest.raises(ValueError, match=r"one of encoder\.layers\.0, decoder\.layers\.0, head"):
        layer_path(pair, 0)


def test_windows_come_in_the_order_asked(network, drawn):
    net = network("lstm(2) > gru(3)")
    parameters, starts = drawn(net), np.array([5, 1, 3])
    found = look_inside(net, parameters, Source(), starts, ["layers.0", "head"])
    assert found["layers.0"].shape == (3, 4, 2) and found["head"].shape == (3, 4, 1)
    x = torch.from_numpy(Source().read(starts[None])[0]).permute(0, 3, 1, 2)
    np.testing.assert_allclose(found["head"][:, -1], net(parameters, x)[0].numpy(), rtol=1e-5)


def test_every_step_keeps_weights_and_columns(network):
    net = network("[b: lstm(2) | a: gru(3)]", columns=("a", "b"))
    assert every_step(net, 4) is net
    plain = every_step(network("lstm(2)", columns=("a", "b")), 4)
    assert plain.output_steps == 4 and plain.columns == ("a", "b")
