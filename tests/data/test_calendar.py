import numpy as np
import pytest

from cellwise import _errors
from cellwise.data import Frequency, calendar_features
from cellwise.data._calendar import local_times

HOUR = 3_600_000_000


def _features(time, frequency, timezone=None):
    names, values = calendar_features(np.array([time], "M8[us]"), frequency, timezone)
    assert values.dtype == np.float32
    return dict(zip(names, values[0], strict=True))


def test_hourly_values_by_hand():
    # 2024-01-06 is a Saturday, day 5 from Monday; 5 days and 18 hours of 366 days have passed
    found = _features("2024-01-06T18:00", Frequency(unit="microseconds", step=HOUR))
    week, year = 2 * np.pi * 5 / 7, 2 * np.pi * 5.75 / 366
    expected = {
        "time_of_day_sin": -1,
        "time_of_day_cos": 0,
        "day_of_week_sin": np.sin(week),
        "day_of_week_cos": np.cos(week),
        "weekend": 1,
        "time_of_year_sin": np.sin(year),
        "time_of_year_cos": np.cos(year),
    }
    assert found == pytest.approx(expected, abs=1e-6)


def test_weekend_is_saturday_and_sunday():
    # 2024-01-01 is a Monday
    days = np.datetime64("2024-01-01", "us") + np.arange(7) * np.timedelta64(1, "D")
    names, values = calendar_features(days, Frequency(unit="microseconds", step=24 * HOUR))
    np.testing.assert_array_equal(values[:, names.index("weekend")], [0, 0, 0, 0, 0, 1, 1])


def test_times_before_1970_have_the_right_weekday():
    # 1949-12-31 was a Saturday
    found = _features("1949-12-31", Frequency(unit="microseconds", step=24 * HOUR))
    assert found["weekend"] == 1


@pytest.mark.parametrize(
    ("frequency", "parts"),
    [
        (
            Frequency(unit="microseconds", step=HOUR // 2),
            {"time_of_day", "day_of_week", "time_of_year"},
        ),
        (Frequency(unit="microseconds", step=24 * HOUR), {"day_of_week", "time_of_year"}),
        (Frequency(unit="microseconds", step=7 * 24 * HOUR), {"time_of_year"}),
        (Frequency(unit="months", step=1, day=1), {"time_of_year"}),
        (Frequency(unit="months", step=3, day=31), {"time_of_year"}),
        (Frequency(unit="months", step=12, day=1), set()),
        (Frequency(unit="index", step=1), set()),
    ],
)
def test_frequency_decides_which_cycles_there_are(frequency, parts):
    names = _features("2024-01-01", frequency)
    assert {name.rsplit("_", 1)[0] for name in names if name != "weekend"} == parts
    assert ("weekend" in names) == ("day_of_week" in parts)


def test_summer_time_in_melbourne_is_eleven_hours_ahead():
    utc = np.array(["2012-01-01T13:00", "2012-07-01T13:00"], dtype="M8[us]")
    expected = np.array(["2012-01-02T00:00", "2012-07-01T23:00"], dtype="M8[us]")
    np.testing.assert_array_equal(local_times(utc, "Australia/Melbourne"), expected)


def test_calendar_is_read_in_the_zone():
    found = _features(
        "2012-01-01T13:00", Frequency(unit="microseconds", step=HOUR), "Australia/Melbourne"
    )
    assert (found["time_of_day_sin"], found["time_of_day_cos"]) == (0, 1)
    # Monday there, Sunday in UTC
    assert found["weekend"] == 0


def test_unknown_zone_is_refused():
    with pytest.raises(
        _errors.SettingsError, match=r"timezone must be a name such as .*, got 'Mars/X'"
    ):
        local_times(np.array(["2012-01-01"], dtype="M8[us]"), "Mars/X")
