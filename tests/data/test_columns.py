from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cellwise import _errors
from cellwise.data import ForecastTask, default_target, read_table, resolve_columns
from cellwise.data._columns import numeric, require_column


def _numeric(values):
    return numeric(read_table(pl.DataFrame({"x": values}, strict=False)), "x")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, None, 3], [1, np.nan, 3]),
        ([1.5, float("nan")], [1.5, np.nan]),
        ([True, False], [1, 0]),
        ([" 1.5", "2", "NA", "", None], [1.5, 2, np.nan, np.nan, np.nan]),
        ([Decimal("1.25"), Decimal("2")], [1.25, 2]),
        ([None, None], [np.nan, np.nan]),
    ],
)
def test_numbers_are_read(values, expected):
    np.testing.assert_array_equal(_numeric(values), expected)


def test_categories_of_numbers_are_read():
    frame = pd.DataFrame({"x": pd.Categorical([3, 1, 3])})
    np.testing.assert_array_equal(numeric(read_table(frame), "x"), [3, 1, 3])


def test_text_names_column_value_and_row():
    with pytest.raises(_errors.DataError, match="column 'x', row 3: 'M' is not a number"):
        _numeric(["1", "", "M", "N"])


def test_infinity_names_column_and_row():
    with pytest.raises(
        _errors.DataError, match="column 'x', row 2: must be a finite number, got -inf"
    ):
        _numeric([1.0, float("-inf")])


def test_column_of_times_is_no_number():
    frame = pl.DataFrame({"x": np.array(["2024-01-01"], "M8[us]")})
    with pytest.raises(
        _errors.DataError, match=r"column 'x' must hold numbers, got timestamp\[us\]"
    ):
        numeric(read_table(frame), "x")


def test_mixed_objects_are_refused():
    frame = pd.DataFrame({"x": ["a", 1]})
    with pytest.raises(_errors.DataError, match="column 'x' mixes kinds of values"):
        numeric(read_table(frame), "x")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "OTT",
            r"column 'OTT' is not in the table; did you mean 'OT'\? \(columns: date, HUFL, OT\)",
        ),
        ("hufl", r"did you mean 'HUFL'\?"),
        ("zzz", r"column 'zzz' is not in the table \(columns: date, HUFL, OT\)"),
    ],
)
def test_unknown_column_names_the_nearest(name, message):
    with pytest.raises(KeyError, match=message):
        require_column(["date", "HUFL", "OT"], name)


def test_long_list_of_columns_is_cut():
    with pytest.raises(_errors.ColumnError, match=r"columns: c0, .*, c11, \.\.\.\)$"):
        require_column([f"c{i}" for i in range(20)], "zzz")


def test_nixtla_names_are_filled_in():
    frame = read_table(pl.DataFrame({"unique_id": ["a"], "ds": ["2024-01-01"], "y": [1.0]}))
    task = resolve_columns(frame, ForecastTask(target="y", horizon=1))
    assert (task.series, task.time) == ("unique_id", "ds")


def test_a_given_time_column_is_kept():
    frame = read_table(pl.DataFrame({"ds": [1], "when": [1], "y": [1.0]}))
    assert resolve_columns(frame, ForecastTask(target="y", horizon=1, time="when")).time == "when"


def test_a_covariate_named_ds_is_not_the_time():
    frame = read_table(pl.DataFrame({"ds": [1], "y": [1.0]}))
    task = ForecastTask(target="y", horizon=1, past_covariates=("ds",))
    assert resolve_columns(frame, task).time is None


@pytest.mark.parametrize("role", ["target", "time", "series"])
def test_every_role_is_looked_up(role):
    frame = read_table(pl.DataFrame({"y": [1.0]}))
    with pytest.raises(_errors.ColumnError, match="column 'gone' is not in the table"):
        resolve_columns(frame, ForecastTask(**{"target": "y", "horizon": 1, role: "gone"}))


def test_default_target_is_y_or_none():
    assert default_target(["ds", "y"]) == "y"
    assert default_target(["ds", "x"]) is None


@pytest.mark.parametrize("value", [1.1e100, -1e300])
def test_values_whose_squares_overflow_are_refused(value):
    with pytest.raises(
        _errors.DataError, match=r"column 'x', row 2: must be at most 1e\+100 in .*"
    ):
        _numeric([1.0, value])
