import numpy as np
import polars as pl
import pytest

from cellwise import _errors
from cellwise.data import ForecastTask, prepare

TASK = ForecastTask(
    target="load", horizon=6, time="t", past_covariates=("temp",), context_length=24
)


def test_target_is_standardised_with_training_rows(hourly):
    table = hourly(400)
    data = prepare(table, TASK).data
    training = table["load"].to_numpy()[:240]
    assert data.series[0].center == pytest.approx(training.mean())
    assert data.series[0].scale == pytest.approx(training.std())
    assert data.target[:240].mean() == pytest.approx(0, abs=1e-6)
    assert data.target.dtype == data.past.dtype == data.calendar.dtype == np.float32


def test_rows_behind_training_change_no_scale_and_no_gain(hourly):
    table = hourly(400)
    late = pl.int_range(pl.len()) >= 240
    columns = [
        pl.when(late).then(pl.col(c) * 9 + 5).otherwise(pl.col(c)).alias(c)
        for c in ("load", "temp")
    ]
    plain, changed = prepare(table, TASK).data, prepare(table.with_columns(columns), TASK).data
    assert plain.series == changed.series
    assert (plain.input_gain, plain.output_gain) == (changed.input_gain, changed.output_gain)
    np.testing.assert_array_equal(plain.past[:240], changed.past[:240])


def test_series_are_scaled_each_by_itself():
    wave = np.sin(np.arange(100.0))
    frame = pl.DataFrame({"s": ["a", "b"] * 100, "y": np.stack([wave, 100 * wave + 7], 1).ravel()})
    task = ForecastTask(target="y", horizon=2, series="s", context_length=4)
    data = prepare(frame, task).data
    np.testing.assert_allclose(data.target[:100], data.target[100:], atol=1e-4)


def test_gains_give_unit_mean_square(hourly):
    data = prepare(hourly(400), TASK).data
    starts = data.folds[0].train_starts
    target = data.targets(starts) - data.target[starts + 23][:, None]
    assert np.mean((target * data.output_gain) ** 2) == pytest.approx(1, rel=1e-5)


def test_task_comes_back_resolved(hourly):
    frame = hourly(400).rename({"t": "ds"})
    prepared = prepare(frame, ForecastTask(target="load", horizon=6))
    # 2 * (24 + 6) is at most a quarter of the 240 training rows
    assert (prepared.task.time, prepared.task.context_length) == ("ds", 60)


def test_calendar_can_be_left_out(hourly):
    task = ForecastTask(target="load", horizon=6, time="t", calendar="none")
    assert prepare(hourly(400), task).data.calendar.shape == (400, 0)


def test_notes_are_collected(hourly):
    table = hourly(401).with_columns(
        pl.when(pl.int_range(pl.len()) < 400).then("load").alias("load")
    )
    task = ForecastTask(target="load", horizon=6, time="t", missing="forward")
    found = prepare(table.filter(pl.int_range(pl.len()) != 7), task).notes
    assert found == (
        "inserted 1 absent rows (hourly data)",
        "dropped 1 rows at the end without load",
        "filled 1 missing values of load with the value before",
    )


def test_unknown_column_is_refused(hourly):
    with pytest.raises(
        _errors.ColumnError, match="column 'laod' is not in the table; did you mean 'load'"
    ):
        prepare(hourly(), ForecastTask(target="laod", horizon=6))


def test_etth1_has_the_test_windows_of_the_published_split(real_data):
    task = ForecastTask(target="OT", horizon=24, time="date", split=(8640, 2880, 2880))
    prepared = prepare(real_data("forecast_long/ETTh1.csv"), task)
    assert len(prepared.data.test.val_starts) == 2857
    assert (prepared.table.frequency.words, prepared.data.context_length) == ("hourly", 96)


def test_vic_elec_runs_over_a_known_horizon(real_data):
    task = ForecastTask(
        target="Demand",
        horizon=48,
        time="Time",
        known_covariates=("Temperature", "Holiday"),
        timezone="Australia/Melbourne",
        split=(28000, 7088, 17520),
    )
    data = prepare(real_data("tabular_hourly/vic_elec.csv"), task).data
    assert (data.runs_over_horizon, data.season_length, data.num_steps) == (True, 48, 240)
    # the table starts at midnight in Melbourne
    assert data.calendar[0, data.calendar_names.index("time_of_day_cos")] == 1
    assert len(data.test.val_starts) == 17520 - 48 + 1


def test_bike_sharing_is_an_index(real_data):
    task = ForecastTask(target="cnt", horizon=24, time="instant")
    prepared = prepare(real_data("tabular_hourly/bike_sharing_hour.csv"), task)
    assert prepared.table.frequency.words == "equally spaced"
    assert (prepared.data.season_length, prepared.data.calendar_names) == (1, ())
