import numpy as np
import polars as pl
import pytest

from cellwise import _errors
from cellwise.data import ForecastTask, Frequency, read_table
from cellwise.data._grid import to_grid
from cellwise.data._raw import gather


def _grid(times, series=None, expected=None, **settings):
    columns = {"t": times, "y": np.arange(len(times), dtype=float)}
    task = ForecastTask(target="y", horizon=1, time="t", series="s" if series else None, **settings)
    frame = pl.DataFrame(columns | ({"s": series} if series else {}))
    return to_grid(gather(read_table(frame), task), task, expected)


def test_rows_of_interleaved_series_are_brought_together():
    raw, frequency, notes = _grid([1, 1, 2, 2, 3], ["b", "a", "b", "a", "b"])
    assert raw.series == ("b", "a")
    np.testing.assert_array_equal(raw.values[:, 0], [0, 2, 4, 1, 3])
    np.testing.assert_array_equal(raw.bounds, [0, 3, 5])
    assert (frequency.step, notes) == (1, ())


def test_absent_rows_are_inserted_per_series():
    raw, _, notes = _grid([1, 2, 4, 2, 3, 6], list("aaabbb"), missing="forward")
    np.testing.assert_array_equal(raw.times, [1, 2, 3, 4, 2, 3, 4, 5, 6])
    np.testing.assert_array_equal(raw.values[:, 0], [0, 1, np.nan, 2, 3, 4, np.nan, np.nan, 5])
    np.testing.assert_array_equal(raw.bounds, [0, 4, 9])
    assert notes == ("inserted 3 absent rows (equally spaced data)",)


def test_absent_months_are_inserted():
    months = np.array(["2024-01-31", "2024-02-29", "2024-03-31", "2024-05-31"], dtype="M8[us]")
    raw, _, _ = _grid(months, missing="interpolate")
    assert raw.times[3] == np.datetime64("2024-04-30")


@pytest.mark.parametrize(
    ("times", "series", "message"),
    [
        ([1, 3, 2], None, "row 3: time 2 is before 3 in the row above it; sort the table by t$"),
        ([1, 9, 3, 2], list("abaa"), "series 'a', row 4: .*; sort the table by s and t$"),
        ([1, 2, 2, 2], None, r"row 3: time 2 occurs twice \(2 such rows\); .*, or name the column"),
        ([1, 2, 2], list("aaa"), r"series 'a', row 3: time 2 occurs twice .*; remove the doubles$"),
        (
            [1, 2, 3, 5, 9],
            None,
            "4 rows are absent from equally spaced data, the first at 4 after row 3",
        ),
        ([0, 2, 4, 6, 7], None, "row 5: time 7 is not a whole number of steps after the start"),
        ([5], None, "time column 't' must hold at least 2 rows of a series, got 1"),
    ],
)
def test_irregular_times_are_refused(times, series, message):
    with pytest.raises(_errors.DataError, match=message):
        _grid(times, series)


def test_gap_names_time_and_way_out():
    hours = np.datetime64("2024-01-01", "us") + np.array([0, 1, 2, 4]) * np.timedelta64(1, "h")
    message = (
        "1 rows are absent from hourly data, the first at 2024-01-01 03:00:00 after row 3; "
        "use --missing interpolate or --missing forward"
    )
    with pytest.raises(_errors.DataError, match=message):
        _grid(hours)


def test_more_absent_than_present_rows_are_refused():
    with pytest.raises(
        _errors.DataError, match=r"more rows are absent than present \(97 against 3\)"
    ):
        _grid([0, 1, 99], missing="forward")


def test_another_frequency_than_in_training_is_refused():
    with pytest.raises(
        _errors.DataError, match="must be every 3 steps as in training, got equally"
    ):
        _grid([1, 2], expected=Frequency(unit="index", step=3))


def test_one_row_takes_the_frequency_of_training():
    expected = Frequency(unit="index", step=3)
    assert _grid([1], expected=expected)[1] == expected
