from itertools import pairwise

import numpy as np
import pytest
import torch

from cellwise.training._cohort import Cohort
from cellwise.training._gradients import GradientRecorder, layer_spans


@pytest.fixture
def cohort(make_experiment, twelve, tiny_data):
    """Give the function that sets up a cohort of twelve networks of two layers."""
    return lambda: Cohort(make_experiment(twelve, arch="lstm(3) > lstm(2)"), tiny_data)


def recorder_of(cohort, every=1):
    return GradientRecorder(cohort.optimizer, cohort.network.layout, every)


def test_it_changes_nothing(cohort):
    one, other = cohort(), cohort()
    gradient = torch.randn(one.parameters.shape, generator=torch.Generator().manual_seed(0))
    recorder = recorder_of(one)
    for _ in range(3):
        recorder.update_(one.parameters, gradient.clone(), 1.0)
        other.optimizer.update_(other.parameters, gradient.clone(), 1.0)
    assert torch.equal(one.parameters, other.parameters)
    assert torch.equal(one.optimizer.mean, other.optimizer.mean)


def test_how_often_norms_are_taken_changes_no_weight(cohort):
    one, other = cohort(), cohort()
    one.samples, other.samples = 1, other.num_steps
    few, all_of_them = one.run_epoch(), other.run_epoch()
    assert torch.equal(one.parameters, other.parameters)
    assert len(few.steps) == 1 and len(all_of_them.steps) == other.num_steps
    np.testing.assert_array_equal(few.norms[0], all_of_them.norms[0])


def test_norms_are_those_of_each_layer(cohort):
    made = cohort()
    gradient = torch.randn(made.parameters.shape, generator=torch.Generator().manual_seed(0))
    slots = made.network.layout.slots
    layer = torch.cat(
        [gradient[:, s.offset : s.stop] for s in slots if s.name.startswith("layers.1.")], dim=1
    )
    recorder = recorder_of(made)
    recorder.update_(made.parameters, gradient, 1.0)
    trace = recorder.trace(tuple(range(12)))
    assert trace.layers == ("layers.0", "layers.1", "head")
    assert sum(trace.num_weights) == made.network.num_parameters
    np.testing.assert_allclose(trace.norms[0, :, 1], layer.norm(dim=1), rtol=1e-5)


def test_first_gradient_that_is_not_finite_is_placed(cohort):
    made = cohort()
    recorder = recorder_of(made, every=2)
    for step in range(5):
        gradient = torch.ones_like(made.parameters)
        gradient[3] = torch.nan if step >= 3 else 1.0
        recorder.update_(made.parameters, gradient, 1.0)
    trace = recorder.trace(tuple(range(12)))
    assert trace.steps == (0, 2, 4) and trace.norms.shape == (3, 12, 3)
    assert trace.first_bad[3] == 3 and set(trace.first_bad) == {-1, 3}


def test_rows_that_were_dropped_are_not_among_the_members(cohort):
    made = cohort()
    made.run_epoch()
    made.halve()
    left = tuple(made.active)
    assert made.run_epoch().members == left


def test_pieces_cover_every_weight_once(cohort):
    layout = cohort().network.layout
    pieces = sorted(p for found in layer_spans(layout).values() for p in found)
    assert pieces[0][0] == 0 and pieces[-1][1] == cohort().network.num_parameters
    assert all(a[1] == b[0] for a, b in pairwise(pieces))
