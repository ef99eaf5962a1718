import math

import numpy as np
import pytest

from cellwise.capacity import effective_parameters, expected_error


def test_worked_number_of_effective_parameters():
    assert effective_parameters((10, 1, 0.1), 1) == pytest.approx(1.5, abs=1e-12)


def test_no_penalty_uses_all_and_a_large_one_none():
    values = (10.0, 1.0, 0.1)
    found = [effective_parameters(values, penalty) for penalty in (1e-12, 1e-3, 1.0, 1e9)]
    assert found == sorted(found, reverse=True)
    assert found[0] == pytest.approx(3) and found[-1] == pytest.approx(0, abs=1e-6)


def test_expected_error_is_that_of_least_squares_on_new_targets():
    generator = np.random.default_rng(0)
    design = generator.normal(size=(50, 20))
    hat = design @ np.linalg.solve(design.T @ design, design.T)
    draws = generator.normal(size=(2, 2000, 50))
    fits = draws[0] @ hat
    training, fresh = (float(((draws[i] - fits) ** 2).mean()) for i in (0, 1))
    found = expected_error(training_error=training, freedom=20, targets=50)
    assert found == pytest.approx(fresh, rel=0.02)


def test_a_fit_that_copies_its_targets_says_nothing_of_new_ones():
    assert expected_error(training_error=0.0, freedom=50, targets=50) == math.inf
