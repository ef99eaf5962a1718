import numpy as np
import polars as pl
import pytest

from cellwise.data import ForecastTask, prepare
from cellwise.diagnosis._audit_repeats import _keys, check_repeats


def repeats(values, **options):
    task = ForecastTask(target="y", **{"horizon": 2, "context_length": 8, **options})
    return check_repeats(prepare(pl.DataFrame({"y": values}), task))


@pytest.fixture
def noise():
    return np.random.default_rng(0).normal(size=600)


def test_noise_does_not_repeat(noise):
    check = repeats(noise)
    assert (check.status, check.value) == ("passed", 0)


def test_a_table_that_holds_its_rows_twice_fails(noise):
    check = repeats(np.tile(noise[:300], 2))
    assert check.status == "failed" and check.value == 1.0
    assert "100.0% of 120 test stretches" in check.seen


def test_one_copied_stretch_is_warned_of(noise):
    noise[520:550] = noise[100:130]  # training rows within the test rows
    check = repeats(noise)
    # 30 rows hold 7 stretches of 24; there are 120 that end in the test rows
    assert check.status == "warned" and check.value == pytest.approx(7 / 120)


def test_copies_within_the_training_rows_are_no_matter(noise):
    noise[200:250] = noise[100:150]
    assert repeats(noise).status == "passed"


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(1).integers(0, 2, 600).astype(float),
        np.repeat([0.0, 1.0], 300),
        np.tile([0.0, 1.0, 3.0, 2.0], 150),
    ],
    ids=["coin", "step", "short period"],
)
def test_few_values_repeat_by_chance(values):
    assert repeats(values).status == "passed"


def test_stretches_of_another_series_count(noise):
    series = np.repeat(["a", "b"], [400, 200])
    noise[560:600] = noise[20:60]
    frame = pl.DataFrame({"s": series, "y": noise})
    check = check_repeats(prepare(frame, ForecastTask(target="y", series="s", horizon=2)))
    assert check.status == "failed"


def test_short_tables_say_that_nothing_can_be_said():
    assert repeats(np.arange(22.0), num_folds=2, context_length=2, horizon=1).status == "unknown"


def test_keys_are_equal_where_values_are(noise):
    noise[300:330] = noise[50:80]
    keys = _keys(noise)
    assert len(keys) == 577 and len(np.unique(keys)) == 577 - 7
    assert np.array_equal(keys[300:307], keys[50:57])
