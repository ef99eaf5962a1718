"""Against torch.nn.functional, member by member."""

import pytest
import torch
from torch.nn import functional

from cellwise.training import TrainingSettings
from cellwise.training._losses import member_losses

TORCH = {
    "mse": functional.mse_loss,
    "mae": functional.l1_loss,
    "huber": lambda a, b: functional.huber_loss(a, b, delta=0.7),
}


@pytest.fixture
def pair():
    generator = torch.Generator().manual_seed(0)
    return (2 * torch.randn(2, 3, 5, 4, generator=generator)).unbind()


@pytest.mark.parametrize("loss", TORCH)
def test_each_member_has_the_loss_of_torch(loss, pair):
    output, target = pair
    settings = TrainingSettings(loss=loss, huber_delta=0.7)
    expected = torch.stack([TORCH[loss](o, t) for o, t in zip(output, target, strict=True)])
    torch.testing.assert_close(member_losses(settings, output, target), expected)


@pytest.mark.parametrize("loss", TORCH)
def test_gradient_is_that_of_torch(loss, pair):
    output, target = pair[0].clone().requires_grad_(), pair[1]
    settings = TrainingSettings(loss=loss, huber_delta=0.7)
    (ours,) = torch.autograd.grad(member_losses(settings, output, target)[1], output)
    (theirs,) = torch.autograd.grad(TORCH[loss](output[1], target[1]), output)
    torch.testing.assert_close(ours, theirs)


def test_quantile_costs_more_where_the_output_is_too_low():
    settings = TrainingSettings(loss="quantile", quantile=0.9)
    target = torch.tensor([[[10.0, 10.0]]])
    output = torch.tensor([[[8.0, 13.0]]])  # 2 too low: 0.9 * 2; 3 too high: 0.1 * 3
    assert member_losses(settings, output, target).item() == pytest.approx((1.8 + 0.3) / 2)


def test_median_is_half_the_absolute_error(pair):
    settings = TrainingSettings(loss="quantile", quantile=0.5)
    expected = 0.5 * (pair[0] - pair[1]).abs().mean(dim=(1, 2))
    torch.testing.assert_close(member_losses(settings, *pair), expected)
