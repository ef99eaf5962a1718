"""Against torch.optim, a row at a time: in test_optimizer. Here: limits that need no torch.optim."""

import torch

from cellwise.training._rules import adam_, corrections, nadam_, rmsprop_, sgd_


def zeros():
    return torch.zeros(2, 3), torch.zeros(2, 3)


GRADIENT = torch.tensor([[0.1, -2.0, 30.0], [1e-3, 5.0, -7.0]])


def test_first_step_of_adam_is_the_sign():
    torch.testing.assert_close(adam_(GRADIENT, *zeros(), 1), GRADIENT.sign(), atol=1e-4, rtol=0)


def test_corrections_end_at_one():
    assert max(abs(c - 1) for c in corrections(20_000)) < 1e-8


def test_constant_gradient_ends_at_the_sign_under_nadam():
    moments = zeros()
    for step in range(1, 3000):
        found = nadam_(GRADIENT, *moments, step)
    torch.testing.assert_close(found, GRADIENT.sign(), atol=2e-2, rtol=0)


def test_constant_gradient_ends_at_the_sign_under_rmsprop():
    moments = zeros()
    for _ in range(2000):
        found = rmsprop_(GRADIENT, *moments, torch.zeros(2, 1))
    torch.testing.assert_close(found, GRADIENT.sign(), atol=1e-3, rtol=0)


def test_momentum_of_a_row_is_its_own():
    mean = zeros()[0]
    for _ in range(200):
        found = sgd_(GRADIENT, mean, torch.tensor([[0.0], [0.9]]), torch.zeros(2, 1))
    torch.testing.assert_close(found, GRADIENT * torch.tensor([[1.0], [10.0]]))
