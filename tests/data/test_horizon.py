import numpy as np
import polars as pl
import pytest

from cellwise._errors import DataError
from cellwise.data import ForecastTask, Scaling, future_windows, prepare


@pytest.fixture
def trained(hourly):
    task = ForecastTask(
        target="load", horizon=3, time="t", known_covariates=("temp",), context_length=24
    )
    prepared = prepare(hourly(), task)
    return prepared.task, Scaling.of(prepared)


def test_horizon_times_go_on_where_the_table_ends(trained, hourly):
    frame = hourly()
    future = pl.DataFrame({"t": frame["t"][-1:], "temp": [0.0]})
    steps = [frame["t"][-1] + (frame["t"][1] - frame["t"][0]) * k for k in (1, 2, 3)]
    future = pl.DataFrame({"t": steps, "temp": [1.0, 2.0, 3.0]})
    windows = future_windows(frame, *trained, future)
    assert windows.times[0].tolist() == np.array(steps, "datetime64[us]").tolist()


def test_missing_known_covariates_are_named(trained, hourly):
    with pytest.raises(DataError, match="temp"):
        future_windows(hourly(), *trained)
