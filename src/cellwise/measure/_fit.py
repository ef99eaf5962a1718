"""Training of a cohort on generated batches; rows that have solved their task leave it."""

import math
from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor

from cellwise._errors import SettingsError
from cellwise._machine import usable_memory
from cellwise._threads import torch_threads
from cellwise.layers import Network
from cellwise.measure._effort import Clock, Effort
from cellwise.training import Member, RowOptimizer

WARMUP_STEPS = 20
# Weights, those that are kept, gradient and two moments
_MATRICES = 5
# How often it is asked which rows are done; asking costs a few training steps
CHECKS = 20

Ending = Literal["solved", "steps", "time"]
"""What ended a training: every row had solved its task, the steps, the wall clock."""


class Task(Protocol):
    """What the rows of a cohort are to learn, each row its own."""

    def batch(self, rows: Tensor, step: int) -> tuple[Tensor, Tensor]:
        """Return inputs ``(m, B, T, F)`` and targets of some rows ``(m,)`` at a step."""
        ...

    def losses(self, rows: Tensor, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of each of the rows, ``(m,)``."""
        ...

    def solved(self, rows: Tensor, parameters: Tensor) -> Tensor:
        """Return which rows with parameters ``(m, P)`` have nothing left to learn, ``(m,)``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Trained rows.

    Attributes:
        parameters: ``(M, P)``.
        steps: Steps of the longest training.
        seconds: Wall clock.
        ending: What ended it.
    """

    parameters: Tensor
    steps: int
    seconds: float
    ending: Ending


def check_memory(network: Network, num_rows: int) -> None:
    """Refuse a network whose rows this machine cannot hold, before anything is made for it.

    Args:
        network: The network.
        num_rows: Rows that are to be trained.

    Raises:
        SettingsError: If weights, gradients and moments need more memory than there is.
    """
    needed, there = _MATRICES * 4.0 * num_rows * network.num_parameters, usable_memory()
    if needed > there:
        raise SettingsError(
            f"{network.architecture} needs {needed / 1e9:,.3g} GB of memory in {num_rows} trainings, "
            f"this machine has {there / 1e9:,.3g} GB; measure a smaller network, or use fewer --seeds"
        )


def fit_rows(network: Network, members: tuple[Member, ...], task: Task, effort: Effort) -> Fitted:
    """Train a row per member: Adam, a short warm-up, then a cosine down to nothing.

    The cosine follows the steps or the wall clock, whichever is nearer to its end, so that a
    training that time cuts short is still a whole one.

    Args:
        network: The network.
        members: Seed and rate of each row.
        task: What the rows learn.
        effort: Limits.

    Returns:
        The weights of every row when it left; a row whose gradient is not finite stays where it is.
    """
    check_memory(network, len(members))
    with torch_threads(1):
        return _fit_rows(network, members, task, effort)


def _fit_rows(network: Network, members: tuple[Member, ...], task: Task, effort: Effort) -> Fitted:
    clock, layout = Clock(effort), network.layout
    parameters = network.initial_parameters(tuple(member.seed for member in members))
    kept = parameters.clone()
    optimizer = RowOptimizer.of(members, layout.learning_rate_scale(), layout.decays())
    rows, step = torch.arange(len(members)), 0
    pause = max(1, effort.steps // CHECKS)
    while len(rows) and step < effort.steps and not clock.ended:
        gradient = _gradient(network, parameters, task, rows, step)
        optimizer.update_(parameters, gradient, _factor(step, clock.progress(step)))
        step += 1
        if step % pause == 0 and step < effort.steps:
            kept[rows] = parameters
            left = (~task.solved(rows, parameters)).nonzero()[:, 0]
            if len(left) < len(rows):
                rows, parameters = rows[left], parameters[left]
                optimizer = optimizer.rows(left.tolist())
    kept[rows] = parameters
    ending: Ending = "solved" if not len(rows) else "time" if clock.ended else "steps"
    return Fitted(parameters=kept, steps=step, seconds=clock.seconds, ending=ending)


def _gradient(network: Network, parameters: Tensor, task: Task, rows: Tensor, step: int) -> Tensor:
    x, targets = task.batch(rows, step)
    views = network.layout.views(parameters.detach())
    # through views of one leaf, each weight would cost a gradient of the whole matrix
    leaves = [view.requires_grad_() for view in views.values()]
    losses = task.losses(rows, network.run(views, x), targets)
    found = torch.autograd.grad(losses.sum(), leaves, materialize_grads=True)
    return torch.cat([one.flatten(1) for one in found], dim=1)


def _factor(step: int, progress: float) -> float:
    warm = min(1.0, (step + 1) / WARMUP_STEPS)
    return warm * 0.5 * (1.0 + math.cos(math.pi * progress))
