"""Against torch's schedulers: in test_optimizer, through `schedule_factor`."""

import pytest

from cellwise.training._schedules import SHAPES, usual_drops
from cellwise.training._settings import SCHEDULES


def test_every_schedule_has_a_shape():
    assert set(SHAPES) == set(SCHEDULES)


@pytest.mark.parametrize("name", SCHEDULES)
def test_factor_stays_above_0_and_at_most_1(name):
    factors = [SHAPES[name](i / 200, 0.01) for i in range(200)]
    assert max(factors) == pytest.approx(1.0, abs=1e-3) and min(factors) > 0


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("constant", 1.0),
        ("plateau", 1.0),
        ("step", 0.01),
        ("exponential", 0.01),
        ("cosine", 0),
        ("one_cycle", 4e-6),
    ],
)
def test_end_of_each_shape(name, end):
    assert SHAPES[name](1.0, 0.01) == pytest.approx(end, abs=1e-6)


def test_usual_drops_are_those_of_half_the_replicates():
    early, late, never = [1.0] * 9, [3.0, 2.0, *[1.0] * 7], [float(9 - i) for i in range(9)]
    assert usual_drops([early, late, late], 12) == (5, 7, 9)
    assert usual_drops([never, never, early], 12) == ()
