from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from cellwise.data import ForecastTask, prepare
from cellwise.diagnosis._audit_rows import check_filled, check_scaling_range, check_windows


@pytest.fixture
def two_series():
    """Two random walks of 200 and 300 rows with a covariate each."""
    steps = np.random.default_rng(0).normal(size=(500, 2))
    frame = pl.DataFrame(
        {"s": ["a"] * 200 + ["b"] * 300, "y": steps[:, 0].cumsum(), "x": 5 + 2 * steps[:, 1]}
    )
    task = ForecastTask(
        target="y", series="s", horizon=3, context_length=6, num_folds=2, known_covariates=("x",)
    )
    return prepare(frame, task)


def test_scaling_by_training_rows_passes(two_series, tiny_prepared):
    for prepared in (two_series, tiny_prepared):
        check = check_scaling_range(prepared)
        assert check.status == "passed" and "the same for all" in check.seen


def test_target_scaled_by_all_rows_is_found(two_series):
    table, data = two_series.table, two_series.data
    span = data.series[1]
    whole = table.target[span.start : span.stop]
    leaked = replace(span, center=float(whole.mean()), scale=float(whole.std()))
    wrong = replace(two_series, data=replace(data, series=(data.series[0], leaked)))
    check = check_scaling_range(wrong)
    assert check.status == "failed" and "of the target differs by" in check.seen


def test_covariate_scaled_by_all_rows_is_found(two_series):
    column = two_series.table.known[:, 0]
    wrong = replace(two_series, known_scales=np.array([[column.mean(), column.std()]]))
    check = check_scaling_range(wrong)
    assert check.status == "failed" and " of x differs by" in check.seen


def test_values_that_others_have_scaled_are_found(two_series):
    data = two_series.data
    wrong = replace(two_series, data=replace(data, known=data.known * 1.01))
    assert check_scaling_range(wrong).seen.startswith("standardised x differs by")


def test_gains_of_all_windows_are_found(two_series):
    wrong = replace(two_series, data=replace(two_series.data, output_gain=0.5))
    assert check_scaling_range(wrong).seen.startswith("gains differs by")


def test_windows_as_cut_pass_and_tell_the_gap(two_series):
    check = check_windows(two_series.data)
    assert check.status == "passed" and check.value == 0
    assert "3 rows lie between them in the folds, 0 before the test rows" in check.seen
    # 6 of 58 + 6 of 38 windows begin before the border of their series
    assert f"{12 / 96:.0%} of the test windows" in check.seen


@pytest.mark.parametrize("name", ["fold 2", "test"])
def test_training_targets_that_reach_into_scored_rows_are_found(two_series, name):
    data = two_series.data
    fold = data.folds[1] if name == "fold 2" else data.test
    late = np.append(fold.train_starts, fold.val_starts[0])  # its own target is scored
    wrong = replace(fold, train_starts=late)
    folds = (data.folds[0], wrong) if name == "fold 2" else data.folds
    check = check_windows(replace(data, folds=folds, test=data.test if name != "test" else wrong))
    assert check.status == "failed" and check.value == -3
    assert check.seen == f"{name}: targets of training reach 3 rows into those that are scored"


def test_fold_that_is_scored_on_test_rows_is_found(two_series):
    data = two_series.data
    wrong = replace(data.folds[1], val_starts=data.test.val_starts)
    check = check_windows(replace(data, folds=(data.folds[0], wrong)))
    assert check.status == "failed" and "outside their part" in check.seen


def test_lines_over_gaps_are_warned_of(make_table):
    frame = make_table()  # 300 rows
    values = frame["y"].to_list()
    values[40] = values[41] = None
    task = ForecastTask(target="y", horizon=2, context_length=8, num_folds=2, missing="interpolate")
    check = check_filled(prepare(pl.DataFrame({"y": values}), task))
    assert (check.status, check.value) == ("passed", 2)
    assert check.seen.endswith("up to 0.67% of a column: too few to matter")
    values[60] = None
    check = check_filled(prepare(pl.DataFrame({"y": values}), task))
    assert (check.status, check.value) == ("warned", 3) and "1.00% of a column" in check.seen
    check = check_filled(prepare(pl.DataFrame({"y": values}), replace(task, missing="forward")))
    assert check.status == "passed" and "with the last one before them" in check.seen
    assert check_filled(prepare(frame, task)).seen == "no value was missing"
