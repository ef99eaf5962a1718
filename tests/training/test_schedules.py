"""Against torch's schedulers: in test_optimizer, through `schedule_factor`."""

import pytest

from cellwise.training._schedules import SHAPES
from cellwise.training._settings import SCHEDULES


def test_every_schedule_has_a_shape():
    assert set(SHAPES) == set(SCHEDULES)


@pytest.mark.parametrize("name", SCHEDULES)
def test_factor_stays_above_0_and_at_most_1(name):
    factors = [SHAPES[name](i / 200, 0.01) for i in range(200)]
    assert max(factors) == pytest.approx(1.0, abs=1e-3) and min(factors) > 0


@pytest.mark.parametrize(
    ("name", "end"),
    [("constant", 1.0), ("step", 0.01), ("exponential", 0.01), ("cosine", 0), ("one_cycle", 4e-6)],
)
def test_end_of_each_shape(name, end):
    assert SHAPES[name](1.0, 0.01) == pytest.approx(end, abs=1e-6)
