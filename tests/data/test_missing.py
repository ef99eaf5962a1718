import numpy as np
import polars as pl
import pytest

from cellwise import _errors
from cellwise.data import ForecastTask, read_table
from cellwise.data._table import check_history, check_table

NAN = None


def _check(y, x=None, series=None, **settings):
    columns = {"y": y} | ({"x": x} if x else {}) | ({"s": series} if series else {})
    task = ForecastTask(
        target="y",
        horizon=1,
        past_covariates=("x",) if x else (),
        series="s" if series else None,
        **settings,
    )
    return check_table(read_table(pl.DataFrame(columns, strict=False)), task)


def test_interpolation_is_linear_within_a_series():
    table = _check([1, NAN, 3, 10, NAN, NAN, 40], series=list("aaabbbb"), missing="interpolate")
    np.testing.assert_array_equal(table.target, [1, 2, 3, 10, 20, 30, 40])
    assert table.notes == ("filled 3 missing values of y by interpolation",)


def test_forward_repeats_the_value_before():
    table = _check([1, NAN, NAN, 4], missing="forward")
    np.testing.assert_array_equal(table.target, [1, 1, 1, 4])
    assert table.notes == ("filled 2 missing values of y with the value before",)


@pytest.mark.parametrize("missing", ["interpolate", "forward"])
def test_open_ends_of_covariates_are_filled_from_within(missing):
    table = _check([1, 2, 3, 4], x=[NAN, 5, 5, NAN], missing=missing)
    np.testing.assert_array_equal(table.past[:, 0], [5, 5, 5, 5])


@pytest.mark.parametrize("missing", ["error", "interpolate", "forward"])
def test_rows_at_the_end_without_target_are_dropped(missing):
    table = _check([1, 2, NAN, 7, 8, NAN], series=list("aaabbb"), missing=missing)
    np.testing.assert_array_equal(table.target, [1, 2, 7, 8])
    assert table.spans == (("a", 0, 2), ("b", 2, 4))
    assert table.notes == ("dropped 2 rows at the end without y",)


def test_rows_at_the_start_without_target_are_dropped():
    table = _check([NAN, NAN, 3, 4], missing="forward")
    np.testing.assert_array_equal(table.target, [3, 4])
    assert table.notes == ("dropped 2 rows at the start without y",)


def test_missing_values_are_reported():
    message = (
        r"values are missing \(1 of 'y', 2 of 'x'\), the first of 'y' in series 'b', row 4; "
        "use --missing interpolate or --missing forward"
    )
    with pytest.raises(_errors.DataError, match=message):
        _check([1, 2, 3, NAN, 5], x=[NAN, 1, 1, 1, NAN], series=list("aabbb"))


def test_series_without_any_target_is_refused():
    with pytest.raises(_errors.DataError, match="column 'y' must have a value in series 'b'"):
        _check([1, 2, NAN], series=list("aab"), missing="forward")


def test_covariate_without_any_value_is_refused():
    with pytest.raises(
        _errors.DataError, match="column 'x' must have a value in series 'b', got only"
    ):
        _check([1, 2, 3, 4], x=[1, 1, NAN, NAN], series=list("aabb"), missing="forward")


def test_history_keeps_future_rows_as_they_are():
    frame = read_table(pl.DataFrame({"y": [1.0, None, 3.0, None], "x": [1.0, None, 3.0, None]}))
    task = ForecastTask(target="y", horizon=1, known_covariates=("x",), missing="interpolate")
    table, stops = check_history(frame, task, None)
    np.testing.assert_array_equal(stops, [3])
    np.testing.assert_array_equal(table.target, [1, 2, 3, np.nan])
    np.testing.assert_array_equal(table.known[:, 0], [1, 2, 3, np.nan])
