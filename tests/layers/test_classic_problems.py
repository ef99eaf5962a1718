"""The adding and the copy problem, solved to the accuracy that the literature reports (slow)."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from cellwise.architecture import Architecture
from cellwise.layers import build
from cellwise.measure import Effort
from cellwise.measure._fit import fit_rows
from cellwise.training import Member

MEMBERS = tuple(Member(fold=0, seed=seed, learning_rate=0.01) for seed in range(3))


class Problem:
    """Batches that are new at each step; each row of the cohort has the same ones."""

    batch_size = 64

    def __init__(self, network):
        self.network = network

    def batch(self, rows, step):
        generator = torch.Generator().manual_seed(step)
        x, target = self.draw(self.batch_size, generator)
        return x.expand(len(rows), *x.shape), target.expand(len(rows), *target.shape)

    def losses(self, rows, outputs, targets):
        return torch.stack([self.loss(o, t) for o, t in zip(outputs, targets, strict=True)])

    def solved(self, rows, parameters):
        with torch.no_grad():
            x, target = self.draw(512, torch.Generator().manual_seed(10**6))
            outputs = self.network(parameters, x.expand(len(rows), *x.shape))
        return torch.tensor([self.error(o, target) < self.goal for o in outputs])


class Adding(Problem):
    """The sum of the two marked values of 100 (Hochreiter & Schmidhuber 1997, experiment 4)."""

    goal = 0.002  # guessing 1 every time: 0.167

    def draw(self, count, generator):
        values = torch.rand(count, 100, generator=generator)
        marks = torch.zeros(count, 100)
        for half in (0, 50):
            at = half + torch.randint(50, (count, 1), generator=generator)
            marks.scatter_(1, at, 1.0)
        return torch.stack([values, marks], dim=2), (values * marks).sum(1, keepdim=True)

    def loss(self, output, target):
        return (output - target).square().mean()

    def error(self, output, target):
        return self.loss(output, target).item()


class Copy(Problem):
    """Five symbols of eight, ten blanks, then the symbols again."""

    goal = 0.01  # share of wrong symbols; guessing: 0.875

    def draw(self, count, generator):
        symbols = torch.randint(8, (count, 5), generator=generator)
        silence = torch.full((count, 15), 8)
        x = torch.nn.functional.one_hot(torch.cat([symbols, silence], dim=1), 9).float()
        return x, symbols

    def loss(self, output, target):
        return cross_entropy(output.flatten(0, 1), target.flatten())

    def error(self, output, target):
        return (output.argmax(-1) != target).float().mean().item()


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["lstm(16)", "gru(16)"])
def test_adding(architecture):
    network = build(Architecture.parse(architecture), input_size=2, output_size=1)
    task = Adding(network)
    fitted = fit_rows(network, MEMBERS, task, Effort(steps=6000))
    assert task.solved(torch.arange(3), fitted.parameters).sum() >= 2


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["lstm(48)", "gru(48)"])
def test_copy(architecture):
    network = build(Architecture.parse(architecture), input_size=9, output_size=8, output_steps=5)
    task = Copy(network)
    fitted = fit_rows(network, MEMBERS, task, Effort(steps=6000))
    assert task.solved(torch.arange(3), fitted.parameters).sum() >= 2
