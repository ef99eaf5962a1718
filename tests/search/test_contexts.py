from dataclasses import replace

import numpy as np
import pytest
from statsmodels.tsa.ar_model import ar_select_order
from statsmodels.tsa.stattools import levinson_durbin

from cellwise.search._contexts import (
    _autocovariances,
    autoregressive_order,
    innovation_variances,
    suggest_contexts,
)
from cellwise.search._ranges import ContextRange

LIMITS = ContextRange(lowest=2, highest=400, values=())


def autoregression(coefficients, rows, seed=0):
    noise, values = np.random.default_rng(seed).normal(size=rows), np.zeros(rows)
    for t in range(rows):
        past = [values[t - k - 1] if t > k else 0.0 for k in range(len(coefficients))]
        values[t] = np.dot(coefficients, past) + noise[t]
    return values


def test_innovation_variances_are_those_of_statsmodels():
    values = autoregression([0.5, -0.3, 0.2], 500)
    covariances = _autocovariances([values], 6)
    found = innovation_variances(covariances)
    for order in range(1, 7):
        expected = levinson_durbin(covariances[: order + 1], nlags=order, isacov=True)[0]
        assert found[order] == pytest.approx(expected)


@pytest.mark.parametrize("coefficients", [[0.7], [0.3, 0.4], [0.0, 0.0, 0.0, 0.0, 0.8]])
def test_order_of_an_autoregression_is_found(coefficients):
    values = autoregression(coefficients, 1000)
    assert autoregressive_order([values], 8) == len(coefficients)
    lags = ar_select_order(values, 8, ic="bic").ar_lags
    assert max(lags) == len(coefficients)


def test_noise_and_a_constant_have_order_0():
    assert autoregressive_order([np.random.default_rng(1).normal(size=2000)], 20) == 0
    assert autoregressive_order([np.ones(50)], 20) == 0


def test_order_is_at_most_the_highest():
    walk = np.random.default_rng(2).normal(size=2000).cumsum()
    assert [autoregressive_order([walk], highest) for highest in (0, 1)] == [0, 1]


def test_perfect_period_needs_no_more_than_it_shows():
    assert autoregressive_order([np.sin(np.arange(400) * np.pi / 6)], 30) >= 2


def test_seasons_and_halves_are_suggested_but_not_the_length_so_far(tiny_data):
    data = replace(tiny_data, season_length=12)
    found = suggest_contexts(data, LIMITS)
    assert found[12] == "a season" and found[24] == "two seasons" and found[4] == "half"
    assert 8 not in found and list(found) == sorted(found)


def test_rows_bound_what_is_suggested(tiny_data):
    rows = tiny_data.series[0].train_stop
    found = suggest_contexts(tiny_data, ContextRange(lowest=1, highest=10_000, values=(5, 5000)))
    assert max(found) <= rows // 4
    assert found[5] == "asked for"


def test_limits_hold(tiny_data):
    assert set(suggest_contexts(tiny_data, ContextRange(lowest=9, highest=10, values=()))) <= {
        9,
        10,
    }
