import numpy as np
import polars as pl
import pytest

from cellwise.data import ForecastTask, prepare


@pytest.fixture
def data_of():
    """Give the function that prepares a column, with a season where one is asked for."""

    def make(values, *, horizon=2, context_length=8, hourly=False, **options):
        columns = {"y": np.asarray(values, float)}
        if hourly:
            first = np.datetime64("2024-01-01T00", "us")
            columns["t"] = first + np.arange(len(values)) * np.timedelta64(1, "h")
            options |= {"time": "t"}
        task = ForecastTask(
            target="y", horizon=horizon, context_length=context_length, num_folds=2, **options
        )
        return prepare(pl.DataFrame(columns), task).data

    return make


@pytest.fixture
def autoregression():
    """Give y[t] = 0.6 y[t-1] - 0.3 y[t-2] + noise."""
    noise, y = np.random.default_rng(0).normal(size=900), np.zeros(900)
    for t in range(2, 900):
        y[t] = 0.6 * y[t - 1] - 0.3 * y[t - 2] + noise[t]
    return y
