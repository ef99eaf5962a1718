from dataclasses import replace

import numpy as np
import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.diagnosis import replay
from cellwise.diagnosis._replay import GradientHistory
from cellwise.training import Cohort, Experiment, Member, TrainingSettings


@pytest.fixture
def experiment():
    members = tuple(Member(fold=fold, seed=0, learning_rate=0.01) for fold in (0, 1))
    return Experiment(
        architecture=Architecture.parse("lstm(3) > lstm(3)"),
        members=members,
        settings=TrainingSettings(epochs=2, steps_per_epoch=5),
    )


def test_a_member_is_trained_again_as_it_was(experiment, wave_data):
    cohort = Cohort(experiment, wave_data)
    cohort.run_epoch()
    alone = Cohort(replace(experiment, members=experiment.members[:1]), wave_data)
    alone.samples = alone.num_steps
    alone.run_epoch()
    torch.testing.assert_close(alone.parameters, cohort.parameters[:1], atol=1e-6, rtol=1e-4)


def test_gradients_of_all_steps_are_written_down(experiment, wave_data):
    history = replay(experiment, wave_data, 2)
    assert history.layers == ("layers.0", "layers.1", "head")
    assert history.norms.shape == (10, 3)
    assert history.first_bad is None and history.words == ""
    # the output layer starts at 0, so that nothing comes through it at first
    assert history.norms[0].tolist()[:2] == [0, 0] and history.norms[0, 2] > 0


def test_a_loss_that_is_no_number_is_placed(experiment, wave_data):
    target = wave_data.target.copy()
    target[: len(target) // 3] = np.nan
    history = replay(experiment, replace(wave_data, target=target), 2)
    assert history.first_bad == 0 and history.words.startswith("step 1, ")


def test_layer_of_the_largest_gradient_is_named():
    norms = np.array([[1.0, 2.0], [5.0, 3.0], [np.nan, np.nan]])
    history = GradientHistory(layers=("layers.0", "head"), norms=norms)
    assert (history.first_bad, history.layer, history.words) == (2, "layers.0", "step 3, layer 1")
    flipped = GradientHistory(layers=("layers.0", "head"), norms=norms[:, ::-1])
    assert flipped.words == "step 3, output layer"
