import numpy as np
import pytest
from sklearn.linear_model import Ridge as SklearnRidge

from cellwise.baselines._ridge import Ridge, _features, _Moments, num_features
from cellwise.data import WindowReader, window_errors


def test_equals_sklearn(data_of, autoregression):
    data = data_of(autoregression)
    reader, starts = WindowReader(data), data.folds[0].train_starts
    x, anchor = _features(reader, starts)
    y = reader.scaled_targets(starts[None], anchor)[0]
    ((weights, bias),) = _Moments.of(reader, starts).solve(np.array([0.01]))
    expected = SklearnRidge(alpha=0.01 * len(starts)).fit(x, y)
    assert np.allclose(weights.T, expected.coef_, atol=1e-4)
    assert np.allclose(bias, expected.intercept_, atol=1e-4)


def test_squared_error_from_sums_is_the_sum_of_squares(data_of, autoregression):
    data = data_of(autoregression)
    reader, starts = WindowReader(data), data.folds[0].train_starts
    moments = _Moments.of(reader, starts)
    ((weights, bias),) = moments.solve(np.array([0.1]))
    x, anchor = _features(reader, starts)
    residual = x @ weights + bias - reader.scaled_targets(starts[None], anchor)[0]
    assert moments.squared_error(weights, bias) == pytest.approx((residual**2).sum(), rel=1e-6)


def test_reaches_the_noise_of_an_autoregression(data_of, autoregression):
    data = data_of(autoregression, horizon=1)
    forecasts = Ridge().forecast(data, data.test)
    error = window_errors("mse", data, data.test.val_starts, forecasts).mean()
    assert error * data.series[0].scale ** 2 < 1.25  # the innovations have variance 1


def test_validation_rows_do_not_touch_the_fit(data_of, autoregression):
    data = data_of(autoregression)
    fold = data.folds[0]
    before = Ridge().forecast(data, fold)[0].copy()
    data.target[fold.val_starts[0] + data.context_length :] = 99
    assert np.allclose(Ridge().forecast(data, fold)[0], before, atol=1e-6)


def test_counts_calendar_flags_at_every_step(data_of):
    data = data_of(np.random.default_rng(0).normal(size=900), hourly=True)
    waves = sum(name.endswith(("_sin", "_cos")) for name in data.calendar_names)
    flags = len(data.calendar_names) - waves
    assert flags == 1
    assert num_features(data) == 8 + waves + 2 * flags


def test_more_windows_than_fit_are_thinned_to_the_same_answer(data_of, autoregression, monkeypatch):
    data = data_of(autoregression)
    whole = Ridge().forecast(data, data.test)
    monkeypatch.setattr("cellwise.baselines._ridge._MOST_WINDOWS", 300)
    assert np.abs(Ridge().forecast(data, data.test) - whole).mean() < 0.2
