"""Worked numbers, limits, and shattering by enumeration for tiny threshold networks."""

import itertools
import math

import pytest

from cellwise.capacity._vc import (
    finite_precision_vc,
    koiran_sontag,
    log2_gated_order,
    log2_output_degree,
    noisy_sample_order,
    vc_piecewise,
    vc_polynomial,
    vc_sigmoid,
)


def test_degrees_are_those_of_the_recursion():
    assert [round(2 ** log2_output_degree(2, k)) for k in range(1, 6)] == [3, 7, 15, 31, 63]
    for degree, length in itertools.product((1, 2, 3), (1, 2, 5, 10)):
        inner = 0
        for _ in range(length):
            inner = degree * (inner + 1)
        assert 2 ** log2_output_degree(degree, length) == pytest.approx(inner + 1)


def test_degree_of_a_long_sequence_stays_finite():
    assert log2_output_degree(2, 10**6) == pytest.approx(10**6 + 1)


def test_worked_upper_limits():
    polynomial = vc_polynomial(weights=20, length=100, degree=2)
    assert polynomial == pytest.approx(4217.7077, abs=1e-3)
    assert polynomial / 2000 == pytest.approx(2.1089, abs=1e-4)
    long = vc_polynomial(weights=20, length=500, degree=2)
    assert long / 10_000 == pytest.approx(2.0218, abs=1e-4)
    relu = vc_piecewise(weights=20, length=100, cells=4, degree=1, pieces=2)
    assert relu == pytest.approx(16484.04, abs=0.01) and relu < 20 * 20 * 100
    sigmoid = vc_sigmoid(weights=20, units=401)
    assert sigmoid == pytest.approx(66_595_308.8, abs=0.1) and sigmoid < 1.6e9


@pytest.mark.parametrize(
    ("activation", "lower", "upper"),
    [
        ("polynomial", 2000, 2000),
        ("piecewise polynomial", 2000, 40000),
        ("threshold", 46.44, 619.32),
        ("standard sigmoid", 2000, 1.6e9),
        ("any sigmoid", 2000, math.inf),
    ],
)
def test_table_of_koiran_and_sontag(activation, lower, upper):
    found = koiran_sontag(activation, weights=20, length=100)
    assert found.lower == pytest.approx(lower, abs=0.005)
    assert found.upper == pytest.approx(upper, abs=0.005)


def test_threshold_networks_have_no_lower_limit_for_short_inputs():
    assert koiran_sontag("threshold", weights=20, length=20).lower == 0


def test_upper_limits_agree_with_the_published_orders():
    ratios = [
        vc_polynomial(weights=20, length=k, degree=3) / (20 * k) for k in (10**2, 10**4, 10**6)
    ]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[-1] == pytest.approx(2 * math.log2(3), rel=1e-3)


def test_noise_replaces_the_length_by_its_logarithm():
    order = noisy_sample_order(weights=64, length=50, log2_noise=-24)
    assert order == pytest.approx(64 * (math.log2(50) + 24))
    longer = noisy_sample_order(weights=64, length=100, log2_noise=-24)
    assert longer - order == pytest.approx(64)


def test_gated_order_is_a_logarithm():
    assert log2_gated_order(weights=4, cells=8, length=2) == 2 * (2 + 3 + 1)


@pytest.mark.parametrize("limit", [vc_sigmoid])
def test_limits_grow_with_weights_and_units(limit):
    assert limit(weights=20, units=400) < limit(weights=21, units=400)
    assert limit(weights=20, units=400) < limit(weights=20, units=401)


def threshold_network(weights, sequence):
    """One threshold cell: x <- H(a x + b u + c), read at the end."""
    a, b, c = weights
    state = 0
    for u in sequence:
        state = int(a * state + b * u + c > 0)
    return state


@pytest.fixture(scope="module", params=[1, 2, 3])
def enumerated(request, brute_force_vc):
    """All networks of one threshold cell with weights of three bits, on short sequences."""
    length = request.param
    grid = (-4, -3, -2, -1, 0, 1, 2, 3)
    sequences = list(itertools.product((-2, -1, 0, 1, 2), repeat=length))[:: 3 ** (length - 1)]
    settings = list(itertools.product(grid, repeat=3))
    outputs = {tuple(threshold_network(w, s) for s in sequences) for w in settings}
    return length, len(settings), outputs, brute_force_vc(len(sequences), outputs)


def test_shattering_stays_below_the_explicit_limit(enumerated):
    length, _, _, vc = enumerated
    assert 2 <= vc <= vc_piecewise(weights=3, length=length, cells=1, degree=0, pieces=2)


def test_finite_precision_caps_networks_and_shattering(enumerated):
    _, num_settings, outputs, vc = enumerated
    cap = finite_precision_vc(weights=3, bits=3)
    assert num_settings == 2**cap and len(outputs) <= 2**cap and vc <= cap


def test_one_threshold_cell_and_one_step_shatter_two_points(enumerated):
    length, _, _, vc = enumerated
    if length == 1:
        assert vc == 2
