import numpy as np
import polars as pl
import pytest

from cellwise._errors import DataError
from cellwise.data import ForecastTask, outer_folds, prepare

TASK = {"target": "y", "horizon": 2, "context_length": 8, "num_folds": 2}


def whole(rows=300, **options):
    values = np.random.default_rng(0).normal(size=rows).cumsum()
    return prepare(pl.DataFrame({"y": values}), ForecastTask(**{**TASK, **options}))


@pytest.mark.parametrize("split", [(0.6, 0.2, 0.2), (180, 60, 60)])
def test_blocks_cover_the_validation_part_and_nothing_of_the_test_rows(split):
    prepared = whole(split=split)
    folds = outer_folds(prepared, 3)
    spans = [fold.data.series[0] for fold in folds]
    assert [(s.val_stop, s.test_stop) for s in spans] == [(180, 200), (200, 220), (220, 240)]
    assert [len(fold.table.target) for fold in folds] == [200, 220, 240]
    for fold in folds:
        assert np.array_equal(fold.table.target, prepared.table.target[: len(fold.table.target)])


def test_rows_before_a_block_are_split_as_the_whole_table(hourly):
    task = ForecastTask(target="load", time="t", horizon=2, known_covariates=("temp",))
    for fold in outer_folds(prepare(hourly(2000), task), 2):
        span = fold.data.series[0]
        assert span.train_stop / span.val_stop == pytest.approx(0.75, abs=0.002)
        assert len(fold.table.times) == len(fold.table.known) == span.test_stop


def test_an_outer_fold_knows_nothing_of_later_rows():
    prepared = whole()
    table = prepared.table
    table.target[200:] += 1000.0  # in place: what comes after the first block
    changed = outer_folds(prepared, 3)[0]
    fresh = outer_folds(whole(), 3)[0]
    assert np.array_equal(changed.data.target, fresh.data.target)
    assert changed.data.input_gain == fresh.data.input_gain
    assert changed.table.fingerprint == fresh.table.fingerprint


def test_every_series_is_cut_at_the_same_share():
    rows = np.repeat(["a", "b"], [200, 400])
    frame = pl.DataFrame({"s": rows, "y": np.random.default_rng(0).normal(size=600)})
    fold = outer_folds(prepare(frame, ForecastTask(series="s", **TASK)), 2)[0]
    assert [(s.start, s.stop, s.val_stop - s.start) for s in fold.data.series] == [
        (0, 140, 120),
        (140, 420, 240),
    ]


def test_context_length_is_that_of_the_whole():
    assert {fold.data.context_length for fold in outer_folds(whole(), 3)} == {8}


@pytest.mark.parametrize(("rows", "count"), [(300, 80), (60, 20), (100, 20)])
def test_too_few_rows_name_the_outer_fold_and_the_way_out(rows, count):
    with pytest.raises(DataError, match=r"outer fold 1 of \d+ has too few rows: .*fewer --outer-f"):
        outer_folds(whole(rows), count)


def test_too_few_rows_of_a_split_in_rows():
    with pytest.raises(DataError, match="outer fold 1 of 30 has too few rows"):
        outer_folds(whole(split=(180, 20, 60)), 30)
