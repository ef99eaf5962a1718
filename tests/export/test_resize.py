import numpy as np
import pytest

import cellwise
from cellwise._errors import ArchitectureError


def forecasts(model, table):
    return model.predict(table).values


@pytest.mark.parametrize(
    "grown",
    [
        lambda model: cellwise.widen(model, 0, 3),
        lambda model: cellwise.deepen(model, 1),
        lambda model: cellwise.deepen(model, 0),
        lambda model: cellwise.deepen(model, model.architecture.num_layers, cells=2),
    ],
)
def test_larger_networks_forecast_the_same(grown, finished, make_table):
    model = finished.run.model
    larger = grown(model)
    assert larger.weights.shape[1] > model.weights.shape[1]
    np.testing.assert_allclose(
        forecasts(larger, make_table()), forecasts(model, make_table()), rtol=1e-6
    )


def test_a_larger_network_is_saved_as_any_other(finished, make_table, tmp_path):
    larger = cellwise.widen(finished.run.model, 0, 2, seed=3)
    larger.save(tmp_path)
    read = type(larger).load(tmp_path)
    assert read.architecture == larger.architecture
    np.testing.assert_array_equal(forecasts(read, make_table()), forecasts(larger, make_table()))


def test_new_cells_are_pruned_again(finished, make_table):
    model = finished.run.model
    larger = cellwise.widen(model, 0, 2)
    smaller = cellwise.prune(larger, 0, 2, make_table())
    assert smaller.architecture == model.architecture
    np.testing.assert_array_equal(smaller.weights, model.weights)
    assert (
        cellwise.prune(larger, 0, 1).architecture.hidden_sizes[0]
        == 1 + (model.architecture.hidden_sizes[0])
    )


def test_a_layer_that_is_not_there(finished):
    with pytest.raises(ArchitectureError, match="layer must be a recurrent layer"):
        cellwise.widen(finished.run.model, 7, 2)
