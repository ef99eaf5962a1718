import numpy as np
import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.data import Scaling, WindowReader
from cellwise.export import SavedModel, layer_outputs


@pytest.fixture
def model_of(tiny_prepared):
    def make(text):
        parts = {
            "architecture": Architecture.parse(text),
            "task": tiny_prepared.task,
            "scaling": Scaling.of(tiny_prepared),
        }
        network = SavedModel(**parts, weights=torch.zeros(0)).network
        generator = torch.Generator().manual_seed(0)
        weights = 0.4 * torch.randn(1, network.num_parameters, generator=generator)
        return SavedModel(**parts, weights=weights)

    return make


def test_every_layer_can_be_looked_into(model_of, make_table):
    model, table = model_of("lstm(3) > gru(2)"), make_table()
    shapes = [layer_outputs(model, table, layer).shape for layer in (0, 1, -2, -3, "layers.0")]
    assert shapes == [(1, 8, 3), (1, 8, 2), (1, 8, 2), (1, 8, 3), (1, 8, 3)]


def test_the_output_layer_reads_what_lies_below_it(model_of, make_table):
    model, table = model_of("lstm(3) > gru(2)"), make_table()
    views = model.network.layout.views(model.weights)
    below = torch.from_numpy(layer_outputs(model, table))
    expected = below @ views["head.weight"][0].T + views["head.bias"][0]
    np.testing.assert_allclose(layer_outputs(model, table, -1), expected.numpy(), rtol=1e-5)


def test_a_network_that_pools_is_looked_into_as_it_is(model_of, make_table):
    model, table = model_of("lstm(4) > attention(2) > dense(3)"), make_table()
    shapes = [layer_outputs(model, table, layer).shape for layer in range(3)]
    assert shapes == [(1, 8, 4), (1, 4), (1, 3)]


def test_layers_of_branches_have_paths(model_of, make_table):
    model = model_of("[lstm(3) | gru(2)] > rnn(2)")
    found = layer_outputs(model, make_table(), "layers.0.branches.1.layers.0")
    assert found.shape == (1, 8, 2)


@pytest.mark.parametrize("layer", [3, -4, "layers.9"])
def test_an_absent_layer_is_told_which_there_are(layer, model_of, make_table):
    with pytest.raises(ValueError, match=r"layer must be one of layers\.0, layers\.1, head; got "):
        layer_outputs(model_of("lstm(3) > gru(2)"), make_table(), layer)


def test_a_network_that_remembers_has_read_the_whole_table(model_of, make_table):
    model, table = model_of("lstm(3, stateful)"), make_table()
    whole, window = (layer_outputs(model, rows, "layers.0") for rows in (table, table[-8:]))
    assert whole.shape == window.shape == (1, 8, 3)
    assert not np.allclose(whole, window, rtol=1e-3)
    views = model.network.layout.views(model.weights)
    states = {}
    for first in range(len(table) % 8, len(table), 8):
        before, x = dict(states), window_of(model, table[first : first + 8])
        model.network.run(views, x, states=states)
    expected = model.network.layer_outputs(model.weights, x, states=before)["layers.0"][0]
    np.testing.assert_allclose(whole[:, -1], expected.numpy(), rtol=1e-4)


def window_of(model, rows):
    found = model.future_windows(rows)
    x, _ = WindowReader(found.data).read(found.starts[None])
    return torch.from_numpy(x).permute(0, 3, 1, 2)
