import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from cellwise.data import ForecastTask
from cellwise.export import Forecasts, to_frame

TIMES = np.array(
    [["2024-01-01", "2024-01-02"], ["2024-01-05", "2024-01-06"]], dtype="datetime64[us]"
)
TASK = ForecastTask(target="y", horizon=2, time="ds", series="id")


def forecasts(times=TIMES, series=("a", "b")):
    values = np.array([[1.0, 2.0], [3.0, 4.0]])[: len(series)]
    return Forecasts(series=series, times=times, values=values, notes=())


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_frame_is_of_the_callers_kind(kind):
    like = kind({"x": [1]})
    frame = to_frame(forecasts(), TASK, like)
    assert type(frame) is type(like)
    assert list(frame["forecast"].to_numpy()) == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize("like", [None, "table.csv"])
def test_path_gives_pyarrow(like):
    assert isinstance(to_frame(forecasts(), TASK, like), pa.Table)


def test_a_row_is_a_series_and_a_step():
    frame = to_frame(forecasts(), TASK, pl.DataFrame())
    assert frame.columns == ["id", "ds", "forecast"]
    assert frame["id"].to_list() == ["a", "a", "b", "b"]
    assert frame["ds"].dt.day().to_list() == [1, 2, 5, 6]


def test_one_series_without_time_has_steps():
    task = ForecastTask(target="y", horizon=2)
    frame = to_frame(forecasts(None, ("",)), task, pl.DataFrame())
    assert frame.to_dict(as_series=False) == {"step": [1, 2], "forecast": [1.0, 2.0]}
