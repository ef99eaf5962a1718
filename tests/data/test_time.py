from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cellwise import _errors
from cellwise.data import read_table
from cellwise.data._time import parse_times


def _times(values):
    return parse_times(read_table(pd.DataFrame({"t": values})), "t")


@pytest.mark.parametrize(
    "values",
    [
        ["2012-01-31 00:00:00", "2012-02-13 10:30:00"],
        ["2012-01-31T00:00", "2012-02-13T10:30"],
        ["2012-01-31T00:00:00Z", "2012-02-13T20:30:00+10:00"],
        ["1/31/2012 0:00", "2/13/2012 10:30"],
        ["31/01/2012 00:00", "13/02/2012 10:30"],
        ["31.1.2012 00:00:00", "13.2.2012 10:30:00"],
        ["1/31/12 0:00", "2/13/12 10:30"],
        ["2012/1/31 0:00", "2012/2/13 10:30"],
        pd.to_datetime(["2012-01-31 00:00", "2012-02-13 10:30"]),
        pd.to_datetime(["2012-01-31 00:00", "2012-02-13 10:30"]).astype("datetime64[s]"),
        pd.to_datetime(["2012-01-31T11:00+11:00", "2012-02-13T21:30+11:00"]),
    ],
)
def test_common_forms_are_read(values):
    expected = np.array(["2012-01-31T00:00", "2012-02-13T10:30"], dtype="datetime64[us]")
    found = _times(values)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("values", [["2012-01", "2012-02"], ["2012/01", "2012/02"]])
def test_months_are_read(values):
    np.testing.assert_array_equal(_times(values), np.array(["2012-01-01", "2012-02-01"], "M8[us]"))


def test_dates_are_read():
    np.testing.assert_array_equal(_times([date(2012, 1, 31)]), np.array(["2012-01-31"], "M8[us]"))


@pytest.mark.parametrize("values", [[3, 4], [3.0, 4.0], np.array([3, 4], "uint8")])
def test_whole_numbers_are_an_index(values):
    found = _times(values)
    assert found.dtype == np.int64
    np.testing.assert_array_equal(found, [3, 4])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["2012-01-01", "soon"], "time column 't', row 2: 'soon' cannot be read as a time; write"),
        (["13/1/2012", "14/1/2012", "?"], r"time column 't', row 3: '\?' cannot be read as a time"),
        (["1/2/2012", "2/2/2012"], "dates like '1/2/2012' can be read day first or month first"),
        ([1.0, 1.5], "time column 't', row 2: must be a time or a whole number, got 1.5"),
        ([True, False], "time column 't' must hold times or whole numbers, got bool"),
        (["2012-01-01", None], r"time column 't', row 2: must be a time, got nothing \(1 rows"),
        ([1.0, None], "time column 't', row 2: must be a time, got nothing"),
    ],
)
def test_what_is_no_time_is_refused(values, message):
    with pytest.raises(_errors.DataError, match=message):
        _times(values)


def test_polars_text_is_read():
    frame = read_table(pl.DataFrame({"t": ["2012-01-31"]}))
    np.testing.assert_array_equal(parse_times(frame, "t"), np.array(["2012-01-31"], "M8[us]"))
