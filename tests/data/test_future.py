import numpy as np
import polars as pl
import pytest

from cellwise import _errors
from cellwise.data import ForecastTask, Scaling, WindowReader, future_windows, prepare

NUM = 400
NOW = 380


@pytest.fixture
def table(hourly):
    return hourly(NUM)


@pytest.fixture
def trained(table):
    task = ForecastTask(
        target="load", horizon=6, time="t", known_covariates=("temp",), context_length=24
    )
    prepared = prepare(table, task)
    return prepared, prepared.task, Scaling.of(prepared)


def _assert_window(found, data):
    start = NOW - 24
    for name in ("known", "calendar"):
        np.testing.assert_array_equal(
            getattr(found.data, name), getattr(data, name)[start : NOW + 6]
        )
    np.testing.assert_array_equal(found.data.target[:24], data.target[start:NOW])
    assert np.isnan(found.data.target[24:]).all()


def test_future_table_gives_the_window_of_the_full_table(table, trained):
    prepared, task, scaling = trained
    found = future_windows(table[:NOW], task, scaling, table[NOW:].drop("load"))
    _assert_window(found, prepared.data)
    np.testing.assert_array_equal(found.times[0], table["t"].to_numpy()[NOW : NOW + 6])


def test_rows_without_target_give_the_window_of_the_full_table(table, trained):
    prepared, task, scaling = trained
    blank = table.with_columns(pl.when(pl.int_range(pl.len()) < NOW).then("load").alias("load"))
    _assert_window(future_windows(blank, task, scaling), prepared.data)


def test_the_reader_of_training_reads_the_window(table, trained):
    prepared, task, scaling = trained
    found = future_windows(table[:NOW], task, scaling, table[NOW:])
    x, anchor = WindowReader(found.data).read(found.starts[None])
    expected, same = WindowReader(prepared.data).read(np.array([[NOW - 24]]))
    np.testing.assert_array_equal(x, expected)
    np.testing.assert_array_equal(anchor, same)


def test_future_table_is_matched_by_time(table, trained):
    prepared, task, scaling = trained
    shuffled = table[NOW - 5 :].sample(fraction=1, shuffle=True, seed=1)
    _assert_window(future_windows(table[:NOW], task, scaling, shuffled), prepared.data)


def test_future_table_without_time_is_read_in_order(table):
    plain = table.drop("t")
    task = ForecastTask(target="load", horizon=6, known_covariates=("temp",), context_length=24)
    prepared = prepare(plain, task)
    found = future_windows(plain[:NOW], prepared.task, Scaling.of(prepared), plain[NOW:])
    _assert_window(found, prepared.data)
    assert found.times is None


def test_missing_known_covariate_names_the_rows_needed(table, trained):
    _, task, scaling = trained
    message = (
        "known covariate 'temp' must be given for the 6 rows after the last load, got 4 of them; "
        "append rows with an empty load, or give a table of future values"
    )
    with pytest.raises(_errors.DataError, match=message):
        future_windows(table[:NOW], task, scaling, table[NOW : NOW + 4])


def test_too_few_rows_are_refused(table, trained):
    _, task, scaling = trained
    with pytest.raises(_errors.DataError, match=r"at least 24 rows with load .*, got 23"):
        future_windows(table[:23], task, scaling)


def test_other_frequency_is_refused(table, trained):
    _, task, scaling = trained
    with pytest.raises(_errors.DataError, match="must be hourly as in training, got every 2 hours"):
        future_windows(table.gather_every(2), task, scaling)


def test_future_table_with_other_kind_of_times_is_refused(table, trained):
    _, task, scaling = trained
    other = table[NOW:].with_columns(t=pl.int_range(pl.len()))
    with pytest.raises(
        _errors.DataError, match="times of the future table must be of the same kind"
    ):
        future_windows(table[:NOW], task, scaling, other)


def _two_series(names, num_rows=100):
    wave = np.sin(np.arange(float(num_rows)))
    parts = [
        pl.DataFrame({"s": [name] * num_rows, "y": wave * (i + 1), "x": wave + i})
        for i, name in enumerate(names)
    ]
    return pl.concat(parts)


@pytest.fixture
def panel():
    task = ForecastTask(target="y", horizon=2, series="s", past_covariates=("x",), context_length=4)
    prepared = prepare(_two_series("ab"), task)
    return prepared, Scaling.of(prepared)


def test_every_series_has_one_window(panel):
    prepared, scaling = panel
    found = future_windows(_two_series("ba"), prepared.task, scaling)
    assert found.series == ("b", "a")
    np.testing.assert_array_equal(found.starts, [0, 6])
    assert [span.center for span in found.data.series] == [
        scaling.series["b"][0],
        scaling.series["a"][0],
    ]
    np.testing.assert_array_equal(found.data.past[4:6], 0)
    np.testing.assert_array_equal(found.data.series_of(found.starts), [0, 1])


def test_unseen_series_is_scaled_by_itself(panel):
    prepared, scaling = panel
    found = future_windows(_two_series("ac"), prepared.task, scaling)
    expected = (np.sin(np.arange(100.0)) * 2).std()
    assert found.data.series[1].scale == pytest.approx(expected)
    assert found.notes == (
        "1 series were not in training ('c'); each is scaled by its own mean and standard deviation",
    )


def test_a_time_column_that_training_did_not_use_is_left_alone(panel):
    prepared, scaling = panel
    frame = _two_series("ab").with_columns(ds=pl.lit("not a time"))
    assert future_windows(frame, prepared.task, scaling).times is None
