import numpy as np
import polars as pl
import pytest

from cellwise.data import ForecastTask, prepare
from cellwise.diagnosis._audit_columns import check_columns

ROWS = 1200


@pytest.fixture
def walk():
    """A slow series: its own past explains most of it."""
    noise = np.random.default_rng(0).normal(size=ROWS)
    return np.convolve(noise, 0.8 ** np.arange(40))[:ROWS] + 3 * np.sin(np.arange(ROWS) / 6)


def checks(y, *, past=None, known=None, **options):
    past, known = past or {}, known or {}
    task = ForecastTask(
        target="y",
        horizon=6,
        past_covariates=tuple(past),
        known_covariates=tuple(known),
        **options,
    )
    return check_columns(prepare(pl.DataFrame({"y": y, **past, **known}), task))


def ahead(y, steps):
    return np.roll(y, -steps)


@pytest.mark.parametrize(("steps", "words"), [(1, "1 row ahead"), (6, "6 rows ahead")])
def test_past_column_that_is_the_future_is_named(walk, steps, words):
    check = checks(walk, past={"ok": np.roll(walk, 3), "spy": 7 - 2 * ahead(walk, steps)})[0]
    assert check.status == "failed" and f"spy is a copy of the target {words}" in check.seen
    assert "ok" not in check.seen and check.value > 0.999


@pytest.mark.parametrize("steps", [0, 3, 8])
def test_past_column_that_holds_the_present_or_the_past_is_none(walk, steps):
    assert checks(walk, past={"x": np.roll(walk, steps)})[0].status == "passed"


@pytest.mark.parametrize(
    ("steps", "words"), [(0, "in the same row"), (3, "3 rows before"), (-2, "2 rows ahead")]
)
def test_known_column_that_is_the_target_within_the_horizon_is_named(walk, steps, words):
    check = checks(walk, known={"spy": np.roll(walk, steps)})[0]
    assert check.status == "failed" and f"spy is a copy of the target {words}" in check.seen


def test_known_column_that_is_a_horizon_late_is_none(walk):
    assert checks(walk, known={"x": np.roll(walk, 6)})[0].status == "passed"


def test_centred_mean_is_found(walk):
    smooth = np.convolve(walk, np.ones(7) / 7, mode="same")
    check = checks(walk, past={"smooth": smooth})[0]
    assert check.status == "failed" and "smooth explains 100.0%" in check.seen


def test_noisy_copy_is_warned_of_with_its_p_value(walk):
    spread = 0.3 * np.random.default_rng(1).normal(size=ROWS)
    check = checks(walk, known={"noisy": walk + spread})[0]
    assert check.status == "warned" and 0.8 < check.value < 0.999 and "p = 0.005" in check.seen


def test_honest_driver_passes(walk):
    driver = np.random.default_rng(2).normal(size=ROWS)
    check = checks(walk + driver, known={"driver": driver, "other": driver[::-1].copy()})[0]
    assert check.status == "passed" and "driver" in check.seen


def test_parts_of_a_sum_are_named_and_bystanders_are_not(walk):
    part = np.random.default_rng(3).normal(size=ROWS)
    known = {"a": part, "bystander": np.random.default_rng(4).normal(size=ROWS), "b": walk - part}
    check = checks(walk, known=known)[1]
    assert check.status == "failed" and check.seen.startswith("a and b together explain 100.0%")


def test_series_of_different_scale_hide_nothing(walk):
    y = np.concatenate([walk, 1000 * walk[::-1] + 5])
    frame = pl.DataFrame({"s": np.repeat(["a", "b"], ROWS), "y": y, "spy": np.roll(y, -1)})
    task = ForecastTask(target="y", series="s", horizon=6, past_covariates=("spy",))
    assert "spy explains 100.0%" in check_columns(prepare(frame, task))[0].seen


def test_what_cannot_be_said_is_said(walk):
    few = checks(walk[:100], known={"x": walk[:100]}, context_length=4)[0]
    assert few.status == "unknown" and "rows around them" in few.seen
    wave = np.tile(np.sin(np.arange(12)), 100)
    same = checks(wave, known={"x": np.roll(walk, 1)})[0]
    assert same.status == "unknown" and "explains all of it" in same.seen
    assert checks(walk)[0].seen == "there are no covariates"


def test_false_alarms_are_rare_with_independent_columns():
    alarms = 0
    for seed in range(40):
        steps = np.random.default_rng(seed).normal(size=(2, 400)).cumsum(axis=1)
        alarms += checks(steps[0], known={"x": steps[1]})[0].status != "passed"
    assert alarms == 0
