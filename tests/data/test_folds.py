import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwise import _errors
from cellwise.data import ForecastTask, SeriesSpan, default_context
from cellwise.data._folds import make_folds, split_rows


def _spans(lengths, task):
    spans, start = [], 0
    for index, length in enumerate(lengths):
        ends = [start + end for end in split_rows(length, task)]
        spans.append(
            SeriesSpan(
                name=f"s{index}" if len(lengths) > 1 else "",
                start=start,
                stop=start + length,
                center=0.0,
                scale=1.0,
                mase_scale=1.0,
                train_stop=ends[0],
                val_stop=ends[1],
                test_stop=ends[2],
            )
        )
        start += length
    return spans


@st.composite
def plans(draw):
    horizon, context = draw(st.integers(1, 6)), draw(st.integers(1, 12))
    num_folds = draw(st.integers(2, 4))
    shares = draw(st.sampled_from([(0.6, 0.2, 0.2), (0.5, 0.25, 0.2), (0.7, 0.1, 0.1)]))
    task = ForecastTask(target="y", horizon=horizon, num_folds=num_folds, split=shares)
    lengths = [draw(st.integers(280, 330)), *draw(st.lists(st.integers(1, 300), max_size=3))]
    spans = _spans(lengths, task)
    return task, context, spans, make_folds(spans, task, context)


def _owner(spans, start):
    return next(span for span in spans if span.start <= start < span.stop)


@given(plans())
def test_no_window_crosses_a_series_border(plan):
    task, context, spans, found = plan
    for fold in (*found.folds, found.test):
        for start in (*fold.train_starts, *fold.val_starts):
            assert start + context + task.horizon <= _owner(spans, start).stop


@given(plans())
def test_scored_targets_lie_wholly_in_their_block_and_blocks_do_not_overlap(plan):
    task, context, spans, found = plan
    seen = set()
    for fold in found.folds:
        steps = fold.val_starts[:, None] + context + np.arange(task.horizon)
        for start in fold.val_starts:
            span = _owner(spans, start)
            assert span.train_stop <= start + context
            assert start + context + task.horizon <= span.val_stop
        rows = set(steps.ravel().tolist())
        assert not rows & seen
        seen |= rows


@given(plans())
def test_training_targets_end_a_horizon_before_the_first_scored_target(plan):
    task, context, spans, found = plan
    for fold in found.folds:
        for index, span in enumerate(spans):
            own = [s for s in fold.train_starts if span.start <= s < span.stop]
            scored = [s for s in fold.val_starts if span.start <= s < span.stop]
            last = max((s + context + task.horizon for s in own), default=span.start)
            assert last <= fold.history_stops[index]
            if scored:
                assert fold.history_stops[index] <= max(
                    min(scored) + context - task.horizon, span.start
                )


@given(plans())
def test_test_targets_lie_behind_everything_that_training_sees(plan):
    task, context, spans, found = plan
    for start in found.test.train_starts:
        assert start + context + task.horizon <= _owner(spans, start).val_stop
    for start in found.test.val_starts:
        span = _owner(spans, start)
        assert span.val_stop <= start + context
        assert start + context + task.horizon <= span.test_stop
    np.testing.assert_array_equal(found.test.history_stops, [span.val_stop for span in spans])


def test_windows_of_a_small_table_by_hand():
    task = ForecastTask(target="y", horizon=2, num_folds=2, split=(10, 8, 4))
    plan = make_folds(_spans([30], task), task, 3)
    first, second = plan.folds
    # block 1 is rows 10..13: targets of training end at row 8, so windows start at 0..3
    np.testing.assert_array_equal(first.train_starts, [0, 1, 2, 3])
    np.testing.assert_array_equal(first.val_starts, [7, 8, 9])
    np.testing.assert_array_equal(second.train_starts, np.arange(8))
    np.testing.assert_array_equal(second.val_starts, [11, 12, 13])
    np.testing.assert_array_equal(plan.test.train_starts, np.arange(14))
    np.testing.assert_array_equal(plan.test.val_starts, [15, 16, 17])
    assert [fold.name for fold in (*plan.folds, plan.test)] == ["fold 1", "fold 2", "test"]


def test_short_series_is_noted():
    task = ForecastTask(target="y", horizon=2, num_folds=2)
    plan = make_folds(_spans([100, 5], task), task, 4)
    assert plan.notes == ("1 series are too short for a window of every fold (s1)",)
    assert max(plan.folds[1].train_starts) < 100


def _needed(lengths, task, context):
    with pytest.raises(_errors.DataError, match=r"needs at least \d+ rows") as caught:
        make_folds(_spans(lengths, task), task, context)
    return int(str(caught.value).split("at least ")[1].split()[0])


@pytest.mark.parametrize(("context", "horizon"), [(96, 24), (4, 24), (200, 1)])
def test_the_number_of_rows_asked_for_is_enough_and_not_far_too_many(context, horizon):
    task = ForecastTask(target="y", horizon=horizon)
    rows = _needed([60], task, context)
    make_folds(_spans([rows], task), task, context)
    # rounding of the parts may spare a few rows
    assert _needed([rows - 6], task, context) == rows


def test_too_short_table_says_what_would_do():
    task = ForecastTask(target="y", horizon=24)
    message = (
        "the table needs at least 360 rows for context_length 96, horizon 24 and 3 folds, got 120; "
        "shorten --context-length or --horizon"
    )
    with pytest.raises(_errors.DataError, match=message):
        make_folds(_spans([120], task), task, 96)


def test_too_short_series_names_the_longest():
    task = ForecastTask(target="y", horizon=24)
    with pytest.raises(
        _errors.DataError, match=r"the longest series \('s1'\) needs at least 360 rows"
    ):
        make_folds(_spans([50, 120], task), task, 96)


def test_too_short_split_in_rows_says_what_would_do():
    task = ForecastTask(target="y", horizon=24, split=(100, 50, 50))
    with pytest.raises(
        _errors.DataError, match=r"split must hold at least 144,72,24 rows .*, got 100,50,50"
    ):
        make_folds(_spans([200], task), task, 96)


def test_split_of_more_rows_than_there_are_is_refused():
    task = ForecastTask(target="y", horizon=1, split=(8, 4, 4))
    with pytest.raises(
        _errors.DataError, match="split must take at most the 15 rows of the table, got 16"
    ):
        split_rows(15, task)


def test_fractions_lose_no_row_to_rounding():
    task = ForecastTask(target="y", horizon=1, split=(0.6, 0.2, 0.2))
    assert split_rows(10, task) == (6, 8, 10)
    assert split_rows(17420, task) == (10452, 13936, 17420)


@pytest.mark.parametrize(
    ("season", "horizon", "rows", "expected"),
    [
        (24, 24, 8640, 96),
        (48, 48, 28000, 192),
        (144, 24, 10**6, 200),
        (1, 10, 10**6, 40),
        (12, 12, 86, 21),
        (12, 12, 5, 2),
    ],
)
def test_default_context(season, horizon, rows, expected):
    assert default_context(season, horizon, rows) == expected
