import numpy as np
import pytest

from cellwise.diagnosis import dependence

NOISE = np.random.default_rng(0).normal(size=6000)


def test_noise_depends_on_nothing():
    found = dependence(NOISE, 30)
    assert (found.linear_lag, found.any_lag) == (0, 0)
    assert found.information.max() < 0.01


def test_a_lag_is_found_by_both():
    series = NOISE.copy()
    series[7:] += 0.8 * NOISE[:-7]  # a moving average: lag 7 alone
    found = dependence(series, 30)
    assert (found.linear_lag, found.any_lag) == (7, 7)
    # 0.8 / (1 + 0.8^2); Gaussian: -ln(1 - r^2) / 2
    assert found.autocorrelation[6] == pytest.approx(0.488, abs=0.03)
    assert found.information[6] == pytest.approx(-np.log(1 - 0.488**2) / 2, abs=0.03)


def test_a_lag_of_size_without_sign_is_found_by_information_alone():
    size = np.abs(NOISE)
    series = np.random.default_rng(1).choice([-1.0, 1.0], 6000) * (
        size + np.concatenate([np.zeros(4), size[:-4]])
    )
    found = dependence(series, 20)
    assert (found.linear_lag, found.any_lag) == (0, 4)


def test_a_constant_has_no_autocorrelation():
    assert dependence(np.ones(50), 10).linear_lag == 0
