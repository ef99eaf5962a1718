import warnings

import numpy as np
import pytest
import statsforecast.models

from cellwise.baselines._statsforecast import STATSFORECAST_METHODS

METHODS = {method.name: method for method in STATSFORECAST_METHODS}


@pytest.mark.parametrize("name", METHODS)
def test_equals_the_library_at_an_origin(name, data_of, autoregression):
    data = data_of(autoregression[:260])
    fold, method = data.folds[0], METHODS[name]
    stop = fold.history_stops[0]
    y = data.target.astype(np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = getattr(statsforecast.models, method.model)(season_length=1).fit(y[:stop])
        origin = fold.val_starts[3] + data.context_length
        expected = model.forward(y=y[:origin], h=2)["mean"]
    assert np.allclose(method.forecast(data, fold)[3], expected, atol=1e-5)


def test_a_series_on_which_it_fails_keeps_its_last_value(data_of, autoregression, monkeypatch):
    data = data_of(autoregression[:260])
    method = METHODS["auto_ets"]

    def fail(self, history, season_length):
        raise ValueError("no model able to be fitted")

    monkeypatch.setattr(type(method), "_fitted", fail)
    fold = data.folds[0]
    last = data.target[fold.val_starts + data.context_length - 1]
    assert np.array_equal(method.forecast(data, fold), np.stack([last, last], axis=1))


def test_too_short_a_series_is_said(data_of):
    data = data_of(
        np.random.default_rng(0).normal(size=60), hourly=True, context_length=4, horizon=1
    )
    assert "needs 53 training rows" in METHODS["auto_arima"].why_not(data)


def test_cost_is_counted_not_measured(data_of, autoregression):
    data = data_of(autoregression)
    first, second = (METHODS["auto_arima"].estimated_seconds(data, data.folds[0]) for _ in range(2))
    assert first == second > 0


@pytest.mark.parametrize(
    ("name", "season", "measured"),  # CPU seconds of the fit on 708 rows, docs/log.md
    [("auto_ets", 24, 0.11), ("auto_theta", 24, 0.055), ("auto_arima", 24, 62.8)],
)
def test_cost_is_that_which_was_measured_within_a_factor_of_two(name, season, measured):
    method = METHODS[name]
    assert 0.5 < 708 * (method.fit_cost + method.season_cost * season**2) / measured < 2
