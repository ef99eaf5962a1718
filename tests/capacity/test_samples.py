import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwise.capacity._samples import (
    agnostic_samples,
    disjoint_windows,
    enough_samples,
    mixing_sample,
    needed_samples,
)


def test_worked_numbers():
    assert math.ceil(enough_samples(2000, tolerance=0.1, delta=0.05)) == 1_123_579
    assert needed_samples(2000, tolerance=0.1) == pytest.approx(624.7, abs=0.05)
    assert disjoint_windows(10_000, length=50, stride=1) == 200


@given(st.integers(1, 200), st.integers(1, 30), st.integers(1, 40))
def test_disjoint_windows_agree_with_picking_them_one_by_one(samples, length, stride):
    rows = (samples - 1) * stride + length
    # windows of any place, not only of the grid: the number of full lengths in the rows
    picked = len(range(0, rows - length + 1, length)) if stride < length else samples
    assert disjoint_windows(samples, length=length, stride=stride) == picked


def test_windows_without_a_common_series_are_all_independent():
    assert disjoint_windows(7, length=50, stride=0) == 7


def test_independent_blocks_cost_no_confidence():
    found = mixing_sample(1000, block=10, beta=0.0, delta=0.05)
    assert (found.samples, found.delta) == (50, 0.05)


def test_dependence_costs_confidence():
    assert mixing_sample(1000, block=10, beta=1e-4, delta=0.05).delta == pytest.approx(0.0402)
    assert mixing_sample(1000, block=10, beta=0.1, delta=0.05).delta == 0.0


def test_needed_is_below_enough():
    for vc in (1, 10, 1000):
        assert needed_samples(vc, tolerance=0.1) < enough_samples(vc, tolerance=0.1, delta=0.05)


def test_confidence_rules_for_small_classes():
    assert enough_samples(0, tolerance=0.1, delta=0.05) == pytest.approx(40 * math.log2(40))
    assert needed_samples(0.5, tolerance=0.1) == 0.0


def test_agnostic_order_falls_with_the_square_of_the_tolerance():
    fine = agnostic_samples(100, tolerance=0.05, delta=0.05)
    assert fine == pytest.approx(4 * agnostic_samples(100, tolerance=0.1, delta=0.05))
