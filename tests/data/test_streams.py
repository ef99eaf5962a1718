from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwise.data import histories, training_streams

LENGTH = 4


@pytest.fixture(scope="module")
def two(tiny_data):
    """Give data of two series, rows 0 to 29 and 30 to 99, windows of four steps."""
    first, second = (replace(tiny_data.series[0], start=a, stop=b) for a, b in ((0, 30), (30, 100)))
    return replace(tiny_data, series=(first, second), context_length=LENGTH)


@given(st.sets(st.integers(0, 95), min_size=1))
def test_history_is_every_whole_context_since_the_series_began(two, asked):
    starts = np.array(sorted(asked, key=hash))
    found = histories(two, starts)
    seen = {}
    for begins, places in zip(found.starts, found.asked, strict=True):
        length = int((begins >= 0).sum())
        assert (begins[length:] == -1).all() and (places[length:] == -1).all()
        assert (np.diff(begins[:length]) == LENGTH).all()
        # it goes back as far as the series does, and no further
        head = 0 if begins[0] < 30 else 30
        assert head <= begins[0] < head + LENGTH and begins[length - 1] in asked
        seen |= {int(p): int(b) for b, p in zip(begins, places, strict=True) if p >= 0}
    assert seen == dict(enumerate(starts.tolist()))
    lengths = (found.starts >= 0).sum(axis=1)
    assert (np.diff(lengths) <= 0).all()


@given(st.integers(1, 12), st.integers(1, 9), st.integers(0, 5))
def test_rows_of_the_batch_go_on_where_they_were_left(two, steps, batch, seed):
    starts = np.concatenate([np.arange(0, 20), np.arange(30, 90)])
    order, fresh = training_streams(two, starts, (steps, batch), np.random.default_rng(seed))
    assert order.shape == fresh.shape == (steps, batch)
    assert fresh[0].all() and set(order.ravel()) <= set(starts)
    goes_on = ~fresh[1:]
    assert (order[1:] - order[:-1])[goes_on].tolist() == [LENGTH] * int(goes_on.sum())
    series = two.series_of(order.ravel()).reshape(order.shape)
    assert (series[1:] == series[:-1])[goes_on].all()
    again = training_streams(two, starts, (steps, batch), np.random.default_rng(seed))
    assert np.array_equal(order, again[0]) and np.array_equal(fresh, again[1])


def test_no_window_comes_twice_before_all_pieces_are_drawn(two):
    starts = np.arange(30, 90)
    order, fresh = training_streams(two, starts, (5, 6), np.random.default_rng(0))
    assert len(set(order.ravel())) > 25  # 30 places, the last piece of a row is cut short
    many, _ = training_streams(two, starts, (5, 60), np.random.default_rng(0))
    assert set(many.ravel()) == set(starts)
    assert fresh.sum() < 30


def test_a_hole_in_the_windows_ends_a_stream(two):
    starts = np.array([30, 34, 42, 46])
    order, fresh = training_streams(two, starts, (2, 4), np.random.default_rng(0))
    assert {tuple(row) for row in order.T} == {(30, 34), (42, 46)}
    assert fresh[0].all() and not fresh[1].any()
