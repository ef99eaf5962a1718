"""theory.md 9.3: with muP's scales one learning rate serves all widths; without them it does not."""

import pytest
import torch

from cellwise._threads import torch_threads
from cellwise.architecture import Architecture
from cellwise.layers import build
from cellwise.training import Member
from cellwise.training._optimizer import RowOptimizer

RATES = (2.0**-6, 2.0**-5, 2.0**-4)


@pytest.fixture(autouse=True)
def one_thread():
    with torch_threads(1):
        yield


def draw(count, generator):
    x = torch.randn(count, 12, 4, generator=generator)
    return x, torch.tanh(0.7 * x[:, -5:, 0].sum(1)) * torch.sign(x[:, -2, 1])


class Training:
    """Networks of one width on the task of theory_scripts/mup.py, a row for each rate and seed."""

    def __init__(self, cells, *, rates, seeds, scaled=True):
        self.net = build(Architecture.parse(f"lstm({cells})"), input_size=4, output_size=1)
        members = tuple(
            Member(fold=0, seed=seed, learning_rate=rate, clip_norm=0.0)
            for rate in rates
            for seed in seeds
        )
        layout = self.net.layout
        scale = layout.learning_rate_scale() if scaled else torch.ones(layout.num_parameters)
        self.weights = self.net.initial_parameters(tuple(m.seed for m in members))
        self.optimizer = RowOptimizer.of(members, scale, layout.decays())

    def outputs(self, x):
        return self.net(self.weights, x.expand(len(self.weights), -1, -1, -1))[..., 0]

    def step(self, x, y):
        self.weights.requires_grad_()
        losses = (self.outputs(x) - y).square().mean(1)
        (gradient,) = torch.autograd.grad(losses.sum(), self.weights)
        self.weights = self.weights.detach()
        self.optimizer.update_(self.weights, gradient.clone(), 1.0)
        return losses.detach()


def moved(cells, **options):
    """Root mean square of what four steps change of the outputs."""
    training = Training(cells, rates=(0.01,), seeds=(0,), **options)
    generator = torch.Generator().manual_seed(0)
    x0, _ = draw(64, generator)
    with torch.no_grad():
        before = training.outputs(x0)
        for _ in range(4):
            batch = draw(64, generator)
            with torch.enable_grad():
                training.step(*batch)
        return (training.outputs(x0) - before).square().mean().sqrt().item()


def test_outputs_move_as_far_at_every_width():
    scaled = [moved(cells) for cells in (16, 32, 64, 128, 256, 512)]
    assert max(scaled) / min(scaled) < 1.5
    plain = [moved(cells, scaled=False) for cells in (16, 32, 64, 128)]
    assert max(plain) / min(plain) > 1.5


def final_losses(cells, *, scaled):
    """Mean loss of the last 50 of 200 steps at each rate, over two seeds."""
    training = Training(cells, rates=RATES, seeds=(0, 1), scaled=scaled)
    generator = torch.Generator().manual_seed(123)
    losses = [training.step(*draw(64, generator)) for _ in range(200)]
    return torch.stack(losses[-50:]).mean(0).view(len(RATES), -1).mean(1).tolist()


def test_one_rate_serves_16_and_64_cells():
    small, large = (final_losses(cells, scaled=True) for cells in (16, 64))
    assert small.index(min(small)) == large.index(min(large)) == 1
    assert large[1] < small[1]


@pytest.mark.slow
def test_one_rate_serves_256_cells_only_with_the_scales():
    # theory.md: .583 against .092 at one rate; measured here .73 against .10 at 2^-4
    assert final_losses(256, scaled=True)[-1] < 0.15
    assert final_losses(256, scaled=False)[-1] > 0.3
