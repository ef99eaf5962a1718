import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwise.capacity import occam_gap, occam_samples, occam_weights
from cellwise.capacity._occam import occam_statements


def test_worked_gaps():
    found = [occam_gap(weights=64, bits=bits, samples=1e5) for bits in (32, 16, 5)]
    assert found == pytest.approx([0.084337, 0.059698, 0.033526], abs=5e-7)


def test_worked_sample_sizes():
    assert [occam_samples(weights=64, bits=b, gap=0.05) for b in (32, 5)] == [284513, 44961]


def test_worked_numbers_of_weights():
    expected = {1e4: (8.9, 56.8), 1e5: (90.0, 576.2), 1e6: (901.5, 5769.9)}
    for samples, both in expected.items():
        found = [occam_weights(samples=samples, bits=bits, gap=0.1) for bits in (32, 5)]
        assert found == pytest.approx(list(both), abs=0.05)


@given(st.integers(1, 10**6), st.sampled_from([5, 16, 32]), st.floats(0.01, 0.9))
def test_the_three_forms_are_inverse(weights, bits, gap):
    samples = occam_samples(weights=weights, bits=bits, gap=gap)
    assert occam_gap(weights=weights, bits=bits, samples=samples) <= gap
    assert occam_weights(samples=samples, bits=bits, gap=gap) >= weights * (1 - 1e-9)


def test_gap_grows_with_bits_and_shrinks_with_samples():
    gaps = [occam_gap(weights=10, bits=b, samples=m) for b, m in [(5, 1e6), (32, 1e6), (32, 1e3)]]
    assert gaps == sorted(gaps)
    assert occam_gap(weights=10, bits=32, samples=1e15) < 1e-6


def test_too_few_samples_allow_no_weight():
    assert occam_weights(samples=10, bits=32, gap=0.1) == 0.0


def test_bound_holds_for_every_network_of_an_enumerated_class():
    """Two weights of two bits, a fair coin as labels: training error against 1/2 for all 16."""
    import random

    grid = (-2, -1, 1, 2)
    samples, failures = 60, 0
    gap = occam_gap(weights=2, bits=2, samples=samples, delta=0.05)
    for seed in range(200):
        draw = random.Random(seed)
        data = [(draw.gauss(0, 1), draw.gauss(0, 1), draw.random() < 0.5) for _ in range(samples)]
        worst = max(
            0.5 - sum((a * x + b * y > 0) != label for x, y, label in data) / samples
            for a, b in itertools.product(grid, repeat=2)
        )
        failures += worst > gap
    assert failures <= 0.05 * 200


def test_vacuous_gaps_say_so(make_case):
    few = {one.key: one for one in occam_statements(make_case("lstm(8)", samples=100))}
    many = {one.key: one for one in occam_statements(make_case("lstm(8)", samples=10**8))}
    assert few["occam_32"].silence == "above 1" and few["occam_weights"].silence
    assert all(one.says for one in many.values())


def test_overlapping_windows_make_the_gap_wider(make_case):
    apart = occam_statements(make_case("lstm(3)"))[0]
    overlapping = occam_statements(make_case("lstm(3)", stride=1))[0]
    assert overlapping.value > apart.value


def test_what_ten_thousand_sequences_allow():
    # theory.md 2.2, pitfalls: between 2 and 60 weights
    least = occam_weights(samples=1e4, bits=32, gap=0.05)
    most = occam_weights(samples=1e4, bits=5, gap=0.1)
    assert round(least) == 2 and 50 < most < 60
