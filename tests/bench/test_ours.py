import numpy as np
import pytest

from cellwise._extension import load_extension
from cellwise._memory import PeakMemory
from cellwise.bench import SUITES
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
    memory = PeakMemory()
    ours.seconds(1)
    assert np.isnan(memory.bytes) or memory.bytes < 1.3 * case.step_bytes


@pytest.mark.slow
def test_no_growth_over_ten_thousand_steps():
    ours = CohortSteps(TINY)
    for _ in range(5):
        ours.seconds(200)
    memory = PeakMemory()
    for _ in range(50):
        ours.seconds(200)
    assert np.isnan(memory.bytes) or memory.bytes < 4e6
