import numpy as np
import pytest

from cellwise.baselines._naive import NAIVE_METHODS, context_mean, drift, last_value, seasonal_naive

ORIGINS = np.array([30, 45])


def test_last_value_repeats(data_of):
    data = data_of(np.arange(200.0) ** 1.5)
    assert np.array_equal(last_value(data, ORIGINS), np.stack([data.target[ORIGINS]] * 2, axis=1))


def test_drift_continues_a_line(data_of):
    data = data_of(3 * np.arange(200.0) + 1)
    assert np.allclose(drift(data, ORIGINS), data.target[ORIGINS[:, None] + [1, 2]], atol=1e-5)


def test_seasonal_naive_repeats_a_pure_season(data_of):
    data = data_of(
        np.sin(np.arange(400) * 2 * np.pi / 24), hourly=True, context_length=4, horizon=30
    )
    found = seasonal_naive(data, ORIGINS)
    assert np.allclose(found, data.target[ORIGINS[:, None] + np.arange(1, 31)], atol=1e-5)


def test_context_mean(data_of):
    data = data_of(np.random.default_rng(0).normal(size=200))
    expected = [data.target[o - 7 : o + 1].mean() for o in ORIGINS]
    assert np.allclose(context_mean(data, ORIGINS)[:, 0], expected, atol=1e-6)


@pytest.mark.parametrize("method", NAIVE_METHODS, ids=lambda m: m.name)
def test_the_future_does_not_matter(method, data_of):
    values = np.random.default_rng(0).normal(size=300)
    data = data_of(values, hourly=True)
    fold = data.folds[0]
    before = method.forecast(data, fold)[0].copy()
    data.target[fold.val_starts[0] + data.context_length :] = 99
    assert np.array_equal(method.forecast(data, fold)[0], before)


def test_seasonal_naive_says_why_not(data_of):
    seasonal = next(m for m in NAIVE_METHODS if m.seasonal)
    assert seasonal.why_not(data_of(np.arange(200.0) % 7)) == "the data have no season"
