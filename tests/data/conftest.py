"""Small tables with known contents."""

import numpy as np
import polars as pl
import pytest

from cellwise.data import ForecastData, ForecastTask, prepare


def hours(n: int, first: str = "2024-01-01T00") -> np.ndarray:
    return np.datetime64(first, "us") + np.arange(n) * np.timedelta64(1, "h")


@pytest.fixture
def hourly():
    """Give an hourly table of n rows: a daily wave, noise, one covariate."""

    def make(n: int = 400, seed: int = 0) -> pl.DataFrame:
        noise = np.random.default_rng(seed).normal(size=(2, n))
        wave = 10 + 3 * np.sin(np.arange(n) * 2 * np.pi / 24)
        return pl.DataFrame({"t": hours(n), "load": wave + noise[0], "temp": noise[1]})

    return make


@pytest.fixture
def ramp() -> ForecastData:
    """Give data whose training part runs from 0 to 59 in steps of 1 (before scaling)."""
    task = ForecastTask(target="v", horizon=2, context_length=4, num_folds=2)
    return prepare(pl.DataFrame({"v": np.arange(100.0)}), task).data
