import numpy as np
import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.capacity import effective_parameters
from cellwise.measure import Effort, freedom_of, measure_freedom


def test_freedom_of_a_ridge_is_the_trace_of_its_hat_matrix():
    # theory.md 10: N = 60, P = 5, lambda = 3, trace 4.672207 = sum e / (e + lambda)
    generator = np.random.default_rng(1)
    design = generator.normal(size=(60, 5))
    hat = design @ np.linalg.solve(design.T @ design + 3 * np.eye(5), design.T)
    values = np.linalg.eigvalsh(design.T @ design)
    assert np.trace(hat) == pytest.approx(4.672207, abs=5e-7)
    assert effective_parameters(values, 3) == pytest.approx(4.672207, abs=5e-7)
    noise = torch.from_numpy(generator.normal(size=(4000, 60)) * 0.1)
    fit = noise @ torch.from_numpy(hat)
    found = freedom_of(noise, 7.0 + fit, 7.0 - fit)
    assert float(found.mean()) == pytest.approx(np.trace(hat), rel=0.02)


def test_a_fit_that_copies_its_targets_spends_one_for_each():
    noise = torch.randn(3, 50, generator=torch.Generator().manual_seed(0))
    assert freedom_of(noise, noise, -noise).tolist() == pytest.approx([50.0] * 3)


def test_a_training_spends_more_than_nothing_and_less_than_its_targets(tiny_data):
    found = measure_freedom(Architecture.parse("rnn(2)"), tiny_data, Effort(steps=60, seeds=2))
    assert 0 < found.value < 178
    assert len(found.rows) == 16 and len(found.replicates) == 2
    assert "in training, about" in found.sentence


def test_equal_settings_give_equal_numbers(tiny_data):
    ask = Architecture.parse("rnn(2)"), tiny_data, Effort(steps=20, seeds=1)
    assert measure_freedom(*ask).rows == measure_freedom(*ask).rows
