import itertools

import pytest

from cellwise.capacity import dasgupta_sontag, dasgupta_sontag_order


def test_worked_numbers_of_dasgupta_and_sontag():
    found = dasgupta_sontag(order=5, extra=1000)
    assert found.lower == 35 and found.upper == pytest.approx(289.34, abs=0.01)
    corollary = dasgupta_sontag_order(order=5, extra=1000)
    assert corollary.lower == pytest.approx(24.91, abs=0.01)
    assert corollary.upper == pytest.approx(398.63, abs=0.01)
    short = dasgupta_sontag(order=2, extra=2)
    assert (short.lower, short.upper) == (2, 4)
    assert dasgupta_sontag_order(order=5, extra=32) is None


@pytest.mark.parametrize("extra", [1, 2, 3])
def test_linear_recurrent_perceptron_is_within_its_interval(brute_force_vc, extra):
    # order 1: filters a, a r, a r^2, ... of length 1 + extra
    ratios = [-3, -2, -1, -0.5, 0, 0.5, 1, 2, 3]
    points = list(itertools.product((-2, -1, 1, 3), repeat=1 + extra))[:: 4 ** max(0, extra - 1)]
    outputs = {
        tuple(sum(sign * r**j * u for j, u in enumerate(p)) > 0 for p in points)
        for r in ratios
        for sign in (-1, 1)
    }
    assert brute_force_vc(len(points), outputs) <= dasgupta_sontag(order=1, extra=extra).upper
