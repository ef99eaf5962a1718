import numpy as np
import polars as pl
import pytest

from cellwise import _errors
from cellwise.data import ForecastTask, read_table
from cellwise.data._table import check_table

TASK = ForecastTask(target="y", horizon=1, past_covariates=("a",), known_covariates=("b",))


def _frame(**changes):
    columns = {"y": [1.0, 2.0, 3.0], "a": [4.0, 5.0, 6.0], "b": [True, False, True], "z": [0, 0, 0]}
    return read_table(pl.DataFrame(columns | changes))


def test_columns_go_to_their_roles():
    table = check_table(_frame(), TASK)
    np.testing.assert_array_equal(table.target, [1, 2, 3])
    np.testing.assert_array_equal(table.past, [[4], [5], [6]])
    np.testing.assert_array_equal(table.known, [[1], [0], [1]])
    assert (table.times, table.frequency, table.season_length) == (None, None, 1)
    assert (table.spans, table.frame_kind) == ((("", 0, 3),), "polars")


def test_fingerprint_follows_the_used_values_only():
    fingerprint = check_table(_frame(), TASK).fingerprint
    assert fingerprint == check_table(_frame(z=[9, 9, 9]), TASK).fingerprint
    assert fingerprint != check_table(_frame(b=[True, True, True]), TASK).fingerprint
    assert len(fingerprint) == 64


def test_constant_target_is_refused():
    with pytest.raises(_errors.DataError, match=r"column 'y' must vary, .* in every row \(2\)"):
        check_table(_frame(y=[2.0, 2.0, 2.0]), TASK)


def test_one_constant_series_among_others_is_fine():
    task = ForecastTask(target="y", horizon=1, series="s")
    frame = pl.DataFrame({"s": list("aabb"), "y": [1.0, 1.0, 2.0, 3.0]})
    assert len(check_table(read_table(frame), task).spans) == 2


def test_only_constant_series_are_refused():
    task = ForecastTask(target="y", horizon=1, series="s")
    frame = pl.DataFrame({"s": list("aabb"), "y": [1.0, 1.0, 2.0, 2.0]})
    with pytest.raises(_errors.DataError, match="the same value in every row of each series"):
        check_table(read_table(frame), task)


def test_values_whose_squares_vanish_are_refused():
    with pytest.raises(
        _errors.DataError, match="'y' must vary by at least 1e-100, got 2e-200; give"
    ):
        check_table(_frame(y=[1e-200, 2e-200, 3e-200]), TASK)
