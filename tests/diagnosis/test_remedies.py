import math

import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.diagnosis import WarmStart, try_remedies
from cellwise.diagnosis._remedies import _warm, copy_weights_
from cellwise.layers import build
from cellwise.training import Experiment, Member, TrainingSettings


def experiment_of(text, rate=0.01, epochs=1, steps=2):
    return Experiment(
        architecture=Architecture.parse(text),
        members=tuple(Member(fold=fold, seed=0, learning_rate=rate) for fold in (0, 1)),
        settings=TrainingSettings(epochs=epochs, steps_per_epoch=steps, batch_size=16),
    )


def test_every_way_out_is_tried_and_the_best_comes_first(wave_data):
    experiment = experiment_of("3*lstm(4)", rate=0.3)
    shallow = experiment_of("lstm(4)").network(wave_data)
    warm = WarmStart(network=shallow, weights=shallow.initial_parameters((0, 1)))
    found = try_remedies(experiment, wave_data, warm)
    assert {one.name for one in found} == {
        "as it was",
        "residual",
        "normalisation",
        "smaller rate",
        "warm start",
    }
    assert [one.error for one in found] == sorted(one.error for one in found)
    residual = next(one for one in found if one.name == "residual")
    assert residual.architecture == "lstm(4) > lstm(4, residual) > lstm(4, residual)"
    before = next(one for one in found if one.name == "as it was")
    assert (before.gain, before.gain_low) == (0.0, 0.0)


def test_what_does_not_fit_is_left_out(wave_data):
    found = try_remedies(experiment_of("lstm(4) > lstm(3)"), wave_data)
    assert {one.name for one in found} == {"as it was", "smaller rate"}
    assert all(math.isfinite(one.error) for one in found)


def test_a_warm_start_copies_what_is_shared():
    deep, shallow = (
        build(Architecture.parse(text), input_size=2, output_size=1)
        for text in ("2*lstm(3)", "lstm(3)")
    )
    parameters, known = deep.initial_parameters((0,)), shallow.initial_parameters((7,))
    before = parameters.clone()
    copy_weights_(deep.layout, parameters, WarmStart(network=shallow, weights=known))
    views, theirs = deep.layout.views(parameters), shallow.layout.views(known)
    for name, view in deep.layout.views(before).items():
        expected = theirs[name] if name.startswith("layers.0") else view
        assert torch.equal(views[name], expected), name


@pytest.mark.parametrize(
    ("deep", "same"), [("lstm(3, to_output) > lstm(2)", True), ("2*lstm(3)", False)]
)
def test_a_warm_start_puts_out_the_same_where_it_can(deep, same, wave_data):
    shallow = experiment_of("lstm(3)").network(wave_data)
    weights = 0.3 * torch.randn(2, shallow.num_parameters)
    experiment = _warm(experiment_of(deep), wave_data, WarmStart(network=shallow, weights=weights))
    x = torch.randn(2, 3, 5, wave_data.input_size)
    begins = experiment.network(wave_data)(torch.from_numpy(experiment.first_weights), x)
    assert torch.allclose(begins, shallow(weights, x), atol=1e-6) is same


@pytest.mark.slow
def test_a_smaller_rate_mends_a_rate_that_is_too_high(wave_data):
    found = try_remedies(experiment_of("3*lstm(8)", 1.0, 3, 8), wave_data)
    assert found[0].name != "as it was" and found[0].gain > 0.05
