import numpy as np
import pytest
import torch

from cellwise.diagnosis._time_scales import _scales, time_scales


def leaky(make_patient, text, factors):
    """Make layers of one relu cell each, h = factor * h + x, on inputs above 0."""
    inputs = torch.rand(60, 400, 1, generator=torch.Generator().manual_seed(0))
    patient = make_patient(text, inputs, torch.zeros(60, 1))
    patient.weights.zero_()
    views = patient.network.layout.views(patient.weights)
    for layer, factor in enumerate(factors):
        views[f"layers.{layer}.weight_hh"][:] = factor
        views[f"layers.{layer}.weight_ih"][:] = 1.0
    return patient


def test_a_leaky_unit_has_the_scale_of_its_leak(make_patient):
    # theory.md 12.5: h = .9 h + x has the integral 1 / (1 - .9) = 10
    found = time_scales(leaky(make_patient, "rnn(1, activation=relu)", [0.9]))
    assert found.scales[0] == pytest.approx(10, rel=1e-3)
    np.testing.assert_allclose(found.curves[0, :20], 0.9 ** np.arange(20.0), rtol=1e-3)
    assert np.isnan(found.excess)


def test_depth_that_is_used_is_told_from_depth_that_is_there(make_patient):
    text = "rnn(1, activation=relu) > rnn(1, activation=relu)"
    used = time_scales(leaky(make_patient, text, [0.1, 0.95]))
    assert used.excess_low > 0
    assert used.scales[1] > used.scales[0]
    there = time_scales(leaky(make_patient, text, [0.9, 0.0]))
    assert there.scales[1] == pytest.approx(there.scales[0])
    assert there.excess_low == pytest.approx(0, abs=1e-3)


def test_networks_that_were_not_trained_remember_longer_above(make_patient, noise):
    found = time_scales(make_patient("2*lstm(16)", torch.randn(64, 60, 2), noise[1]))
    assert found.untrained[1] > found.untrained[0]
    # this one is one of them
    assert found.excess_low < 0


def test_intervals_hold_the_scale(healthy):
    found = time_scales(healthy)
    assert found.intervals[0, 0] <= found.scales[0] <= found.intervals[0, 1]
    assert time_scales(healthy).scales.tolist() == found.scales.tolist()


def test_nothing_left_is_a_scale_of_0():
    assert _scales(np.zeros((2, 5))).tolist() == [0.0, 0.0]
