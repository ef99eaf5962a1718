import numpy as np
import pandas as pd
import pytest

from cellwise import _errors
from cellwise.data import Frequency
from cellwise.data._frequency import infer_frequency


def _infer(times):
    return infer_frequency(times, np.ones(len(times) - 1, dtype=bool))


# words and seasons by hand: pandas only writes the times
CASES = [
    ("10s", "every 10 seconds", 6),
    ("min", "every minute", 60),
    ("5min", "every 5 minutes", 288),
    ("10min", "every 10 minutes", 144),
    ("15min", "every 15 minutes", 96),
    ("30min", "every 30 minutes", 48),
    ("h", "hourly", 24),
    ("4h", "every 4 hours", 6),
    ("7h", "every 7 hours", 1),
    ("D", "daily", 7),
    ("2D", "every 2 days", 1),
    ("7D", "weekly", 52),
    ("W-WED", "weekly", 52),
    ("14D", "every 2 weeks", 26),
    ("MS", "monthly", 12),
    ("ME", "monthly", 12),
    ("2MS", "every 2 months", 6),
    ("QS", "quarterly", 4),
    ("QE-NOV", "quarterly", 4),
    ("YS", "yearly", 1),
    ("YE", "yearly", 1),
]


@pytest.mark.parametrize(("code", "words", "season"), CASES)
def test_words_and_season(code, words, season):
    times = pd.date_range("2021-01-01", periods=24, freq=code).to_numpy().astype("M8[us]")
    found = _infer(times)
    assert (found.words, found.season_length) == (words, season)


@pytest.mark.parametrize(("code", "words", "season"), CASES)
def test_advance_continues_the_times(code, words, season):
    times = pd.date_range("2021-01-01", periods=24, freq=code).to_numpy().astype("M8[us]")
    found = _infer(times).advance(times[9], 14)
    assert found.dtype == times.dtype
    np.testing.assert_array_equal(found, times[10:])


@pytest.mark.parametrize(("code", "words", "season"), CASES)
def test_positions_count_the_steps(code, words, season):
    times = pd.date_range("2021-01-01", periods=24, freq=code).to_numpy().astype("M8[us]")
    found = _infer(times).positions(np.repeat(times[:1], 24), times)
    np.testing.assert_array_equal(found, np.arange(24))


def test_positions_off_the_grid_are_marked():
    frequency = Frequency(unit="months", step=1, day=1)
    times = np.array(["2024-02-01", "2024-02-02"], dtype="M8[us]")
    origin = np.repeat(np.array(["2024-01-01"], dtype="M8[us]"), 2)
    np.testing.assert_array_equal(frequency.positions(origin, times), [1, -1])


def test_integers_are_equally_spaced():
    found = _infer(np.array([2, 4, 6, 10]))
    assert (found.unit, found.step, found.season_length) == ("index", 2, 1)
    assert found.words == "every 2 steps"
    np.testing.assert_array_equal(found.advance(10, 2), [12, 14])
    assert _infer(np.array([1, 2])).words == "equally spaced"


def test_the_most_common_step_wins_over_gaps():
    times = np.datetime64("2024-01-01", "us") + np.array([0, 1, 2, 9, 10]) * np.timedelta64(1, "h")
    assert _infer(times).words == "hourly"


def test_steps_between_series_do_not_count():
    times = np.array([0, 5, 1, 6, 2, 7])
    assert infer_frequency(times, np.array([1, 0, 1, 0, 1], dtype=bool)).step == 5


def test_single_rows_have_no_frequency():
    assert infer_frequency(np.array([1, 1]), np.array([False])) is None


def test_round_trip():
    frequency = Frequency(unit="months", step=3, day=31)
    assert Frequency.from_dict(frequency.to_dict()) == frequency


def test_step_below_one_is_refused():
    with pytest.raises(_errors.SettingsError, match="step must be at least 1, got 0"):
        Frequency(unit="index", step=0)
