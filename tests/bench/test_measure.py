import numpy as np
import pytest
import torch

from cellwise.bench import SUITES, measure_case
from cellwise.bench._measure import _enough


class Clock:
    """Someone whose steps take a fixed time; the first call takes ten times that."""

    def __init__(self, seconds):
        self.each, self.calls = seconds, []

    def seconds(self, steps):
        self.calls.append(steps)
        return self.each * steps * (10 if len(self.calls) == 1 else 1)


@pytest.mark.parametrize(("seconds", "steps"), [(1.0, 1), (0.05, 5), (1e-6, 200)])
def test_as_many_steps_as_take_a_quarter_of_a_second(seconds, steps):
    assert _enough(Clock(seconds)) == steps


def test_a_tiny_case_is_measured_against_every_arrangement_of_torch():
    result = measure_case(SUITES["quick"][0], rounds=3)
    low, high = result.ratio_spread
    assert low <= result.ratio <= high
    assert result.model_steps_per_second > 0 and result.torch_best > 0
    assert any(way in result.torch_arrangement for way in ("1 thread", "default", "per core"))
    assert np.isclose(result.gflops, result.model_steps_per_second * result.case.step_flops / 1e9)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_card_is_measured_against_torch_on_it_and_in_main_memory():
    result = measure_case(SUITES["quick"][0], rounds=3, device="cuda")
    assert result.backend == "cuda" and result.ratio > 0 and result.memory_mb > 0
