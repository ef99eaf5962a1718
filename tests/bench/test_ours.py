import numpy as np
import pytest

from cellwise._extension import load_extension
from cellwise.bench import SUITES
from cellwise.bench._memory import peak_bytes_of
from cellwise.bench._ours import CohortSteps

TINY = SUITES["quick"][0]


def test_takes_as_many_steps_as_are_asked_for():
    ours = CohortSteps(TINY)
    for steps in (3, 7):
        assert ours.seconds(steps) > 0
        assert ours._cohort.optimizer.step == steps


@pytest.mark.skipif(load_extension()[0] is None, reason=load_extension()[1])
def test_memory_of_a_cohort_is_what_it_must_hold():
    case = SUITES["training"][4]  # large enough that the interpreter's own does not count
    ours = CohortSteps(case)
    peak = peak_bytes_of(lambda: ours.seconds(1))
    assert np.isnan(peak) or peak < 1.3 * case.step_bytes


@pytest.mark.slow
def test_no_growth_over_ten_thousand_steps():
    ours = CohortSteps(TINY)
    for _ in range(5):
        ours.seconds(200)
    growth = peak_bytes_of(lambda: [ours.seconds(200) for _ in range(50)])
    assert np.isnan(growth) or growth < 4e6
