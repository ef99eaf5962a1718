"""The rows of a cohort through one epoch."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise._device import row_index
from cellwise.data import Flags, Fold, Rows, WindowReader, training_streams, window_errors
from cellwise.kernels import State
from cellwise.layers import Dropout, Network, forecast
from cellwise.training._losses import member_losses
from cellwise.training._optimizer import schedule_factor
from cellwise.training._settings import Member, TrainingSettings

# Validation windows looked at after each epoch; all of them are scored at the end
MONITORED = 1024


class Optimizer(Protocol):
    """Takes steps on the rows of a parameter matrix: a `RowOptimizer`, or what stands before one."""

    def update_(self, parameters: Tensor, gradient: Tensor, factor: float) -> Tensor:
        """Take one step in place.

        Args:
            parameters: ``(M, P)``, changed.
            gradient: ``(M, P)``, overwritten.
            factor: What the schedule multiplies the learning rates by.

        Returns:
            Whether the gradient of each row was finite, ``(M,)``.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Orders:
    """Windows of an epoch, and where a carried state is dropped, both ``(M, steps, B)``."""

    starts: Rows
    fresh: Flags

    def at(self, step: int) -> tuple[Rows, Flags]:
        """Return those of a step, ``(M, B)``."""
        return self.starts[:, step], self.fresh[:, step]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTrainer:
    """What it takes to train rows.

    Attributes:
        network: The network.
        reader: Reads windows.
        folds: What the members' fold indices mean.
        settings: What the members share.
        members: Settings of each row.
        num_steps: Steps of an epoch.
    """

    network: Network
    reader: WindowReader
    folds: Sequence[Fold]
    settings: TrainingSettings
    members: tuple[Member, ...]
    num_steps: int

    def train_epoch(self, parameters: Tensor, optimizer: Optimizer, epoch: int) -> list[float]:
        """Train the rows for one epoch, in place.

        Args:
            parameters: ``(M, P)``, changed.
            optimizer: Its moments are changed.
            epoch: Epochs done before.

        Returns:
            Mean training loss of each row, standardised units; NaN once it was not finite.
        """
        total = torch.zeros(len(self.members), device=parameters.device)
        orders = self._orders(epoch)  # (M, steps, B)
        # truncated backpropagation through time: states go from step to step, gradients do not
        states: dict[str, State] = {}
        dropout = self._dropout(epoch, parameters.device)
        leaves = self._leaves(parameters)
        for step in range(self.num_steps):
            losses, gradient = self._gradient(leaves, orders.at(step), dropout, states)
            at = epoch * self.num_steps + step
            factor = schedule_factor(self.settings, at, self.settings.epochs * self.num_steps)
            finite = optimizer.update_(parameters, gradient, factor)
            total += torch.where(finite, losses, math.nan)
        gain = self.reader.data.output_gain
        unit = gain**2 if self.settings.loss == "mse" else gain
        return [value / self.num_steps / unit for value in total.cpu().tolist()]

    def validation_errors(self, parameters: Tensor) -> list[NDArray[np.float64]]:
        """Measure the rows on the monitored validation windows of their folds.

        Args:
            parameters: ``(M, P)``.

        Returns:
            Decision metric of each window for each row, in the order of the rows.
        """
        found: list[NDArray[np.float64]] = [np.zeros(0)] * len(self.members)
        for index in sorted({m.fold for m in self.members}):
            starts = monitored(self.folds[index])
            rows = [r for r, m in enumerate(self.members) if m.fold == index]
            if not len(starts):
                continue
            forecasts = forecast(
                self.network, parameters[row_index(rows, parameters)], self.reader, starts
            )
            for row, values in zip(rows, forecasts, strict=True):
                found[row] = window_errors(self.settings.metric, self.reader.data, starts, values)
        return found

    def _gradient(
        self,
        leaves: dict[str, Tensor],
        batch: tuple[Rows, Flags],
        dropout: Dropout | None,
        states: dict[str, State],
    ) -> tuple[Tensor, Tensor]:
        starts, fresh = batch
        device = next(iter(leaves.values())).device
        x, anchor = self.reader.read(starts)
        inputs, target, begins = (
            torch.from_numpy(one).to(device)
            for one in (x, self.reader.scaled_targets(starts, anchor), fresh)
        )
        output = self.network.run(
            leaves,
            inputs.permute(0, 3, 1, 2),
            dropout,
            states=states,
            fresh=begins,
            target=target,
        )
        losses = member_losses(self.settings, output.flatten(2), target)
        # an encoder may have weights that its decoder does not read
        found = torch.autograd.grad(losses.sum(), list(leaves.values()), materialize_grads=True)
        return losses.detach(), torch.cat([gradient.flatten(1) for gradient in found], dim=1)

    def _leaves(self, parameters: Tensor) -> dict[str, Tensor]:
        """Views of each weight that gradients end at.

        Through views of one leaf, each weight would cost a gradient of the whole matrix.
        """
        views = self.network.layout.views(parameters.detach())
        return {name: view.requires_grad_() for name, view in views.items()}

    def _orders(self, epoch: int) -> _Orders:
        """Windows of each step: by seed, fold and epoch alone."""
        batch = min(self.settings.batch_size, min(len(f.train_starts) for f in self.folds))
        cache: dict[tuple[int, int], tuple[Rows, Flags]] = {}
        for member in self.members:
            name = (member.seed, member.fold)
            if name not in cache:
                generator = np.random.default_rng([member.seed, member.fold, epoch])
                cache[name] = self._order(member.fold, (self.num_steps, batch), generator)
        drawn = [cache[(m.seed, m.fold)] for m in self.members]
        return _Orders(
            starts=np.stack([starts for starts, _ in drawn]),
            fresh=np.stack([fresh for _, fresh in drawn]),
        )

    def _order(
        self, fold: int, shape: tuple[int, int], generator: np.random.Generator
    ) -> tuple[Rows, Flags]:
        starts = self.folds[fold].train_starts
        if self.network.stateful:
            return training_streams(self.reader.data, starts, shape, generator)
        return np.resize(generator.permutation(starts), shape), np.zeros(shape, np.bool_)

    def _dropout(self, epoch: int, device: torch.device) -> Dropout | None:
        generators = [
            torch.Generator().manual_seed((m.seed * 1009 + m.fold) * 100_003 + epoch)
            for m in self.members
        ]
        rates = [m.dropout for m in self.members]
        return self.network.dropout(rates, generators, epoch / self.settings.epochs, device)


def monitored(fold: Fold) -> Rows:
    """Return the validation windows that are looked at after each epoch, evenly spread.

    Args:
        fold: The fold.

    Returns:
        At most ``MONITORED`` first rows.
    """
    if len(fold.val_starts) <= MONITORED:
        return fold.val_starts
    chosen = np.linspace(0, len(fold.val_starts) - 1, MONITORED).round().astype(np.int64)
    return np.asarray(fold.val_starts[chosen])


def steps_per_epoch(settings: TrainingSettings, folds: Sequence[Fold]) -> int:
    """Return the steps of an epoch, the same for every member.

    Args:
        settings: Holds the batch size and the limit.
        folds: The largest counts.

    Returns:
        At least 1.
    """
    largest = max(len(fold.train_starts) for fold in folds)
    return min(settings.steps_per_epoch, math.ceil(largest / settings.batch_size))
