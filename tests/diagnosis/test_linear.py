import numpy as np
import pytest

from cellwise.diagnosis._linear import linear_probe, needed_lags


@pytest.fixture
def inputs():
    return np.random.default_rng(0).normal(size=(300, 16, 1))


def test_what_is_linear_is_found(inputs):
    targets = inputs[:, -3] + 0.1 * np.random.default_rng(1).normal(size=(300, 1))
    probe = linear_probe(inputs, targets)
    assert probe.skill == pytest.approx(0.99, abs=0.005)
    assert probe.held_out.tolist() == list(range(180, 300))


def test_noise_has_no_skill(inputs):
    targets = np.random.default_rng(1).normal(size=(300, 1))
    assert abs(linear_probe(inputs, targets).skill) < 0.03
    assert needed_lags(inputs, targets) == 0


def test_lags_that_are_needed_are_those_of_the_target(inputs):
    for lag in (1, 3, 8, 13):
        expected = next(k for k in (1, 2, 4, 8, 16) if k >= lag)
        assert needed_lags(inputs, inputs[:, -lag]) == expected


def test_few_windows_say_nothing(inputs):
    assert linear_probe(inputs[:30], inputs[:30, 0]) is None
    assert needed_lags(inputs[:30], inputs[:30, 0]) == 0


def test_constant_targets_have_no_skill(inputs):
    assert linear_probe(inputs, np.zeros((300, 1))).skill == 0.0
