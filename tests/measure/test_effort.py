import pytest

from cellwise._errors import SettingsError
from cellwise.measure import Effort
from cellwise.measure._effort import Clock


def test_numbers_outside_their_rule_are_refused():
    with pytest.raises(SettingsError, match="steps must be at least 1, got 0"):
        Effort(steps=0)
    with pytest.raises(SettingsError, match="seeds must be at least 1, got 0"):
        Effort(steps=1, seeds=0)
    with pytest.raises(SettingsError, match="seeds must be at most 1,000, got 100,000,000"):
        Effort(steps=1, seeds=10**8)
    with pytest.raises(SettingsError, match="seed must be at least 0, got -1"):
        Effort(steps=1, seed=-1)
    with pytest.raises(SettingsError, match="seconds must be from 0"):
        Effort(steps=1, seconds=float("nan"))


def test_seeds_count_from_the_first():
    assert Effort(steps=1, seeds=3, seed=7).all_seeds == (7, 8, 9)


def test_progress_follows_what_ends_first():
    assert Clock(Effort(steps=10)).progress(5) == 0.5
    late = Clock(Effort(steps=10, seconds=1.0), begun=-1e9)
    assert late.ended and late.progress(0) == 1.0


def test_without_a_limit_of_time_a_part_has_none_either():
    clock = Clock(Effort(steps=10))
    assert clock.share_left == 1.0 and clock.effort.part(0.3).seconds == 0.0
    assert not clock.ended


def test_part_of_the_time():
    assert Effort(steps=10, seconds=60).part(0.25).seconds == 15.0
