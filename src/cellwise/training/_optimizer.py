"""The optimizer over the rows of a parameter matrix, each row with its own rule and settings."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from cellwise._device import row_index
from cellwise._extension import load_extension
from cellwise.training._rules import (
    BETA_1,
    BETA_2,
    EPSILON,
    adam_,
    corrections,
    nadam_,
    rmsprop_,
    sgd_,
)
from cellwise.training._schedules import SHAPES
from cellwise.training._settings import Member, Optimizer, TrainingSettings

# What a row carries: taking rows out takes it along
_COLUMNS = (
    "learning_rate",
    "weight_decay",
    "l1",
    "l2",
    "clip_norm",
    "momentum",
    "nesterov",
)


@dataclass(slots=True)
class RowOptimizer:
    """Adam, or what a row asks for, with a rate, decay, L1, L2 and clipping per row.

    Attributes:
        mean: First moments, or momentum, ``(M, P)``.
        square: Second moments, ``(M, P)``.
        step: Steps taken.
        learning_rate: ``(M, 1)``.
        weight_decay: ``(M, 1)``, decoupled.
        l1: ``(M, 1)``.
        l2: ``(M, 1)``.
        clip_norm: ``(M, 1)``; infinite where not clipped.
        rules: How the gradient of each row becomes a step, ``(M,)``.
        momentum: ``(M, 1)``.
        nesterov: 1 where momentum looks ahead, ``(M, 1)``.
        scale: Width scale of the learning rate, ``(P,)``.
        decays: 1 where a weight is regularised, ``(P,)``.

    Reference:
        Kingma & Ba (2015), algorithm 1; Loshchilov & Hutter (2019), decoupled decay.
    """

    mean: Tensor
    square: Tensor
    step: int
    learning_rate: Tensor
    weight_decay: Tensor
    l1: Tensor
    l2: Tensor
    clip_norm: Tensor
    rules: tuple[Optimizer, ...]
    momentum: Tensor
    nesterov: Tensor
    scale: Tensor
    decays: Tensor

    @classmethod
    def of(cls, members: tuple[Member, ...], scale: Tensor, decays: Tensor) -> "RowOptimizer":
        """Start the optimizer of a cohort.

        Args:
            members: Settings of each row.
            scale: Width scale of the learning rate, ``(P,)``; lies where the rows do.
            decays: 1 where a weight is regularised, ``(P,)``.

        Returns:
            The optimizer with zero moments.
        """

        def column(name: str) -> Tensor:
            return torch.tensor([[float(getattr(m, name))] for m in members]).to(scale.device)

        clip = column("clip_norm")
        shape = (len(members), scale.numel())
        return cls(
            mean=scale.new_zeros(shape),
            square=scale.new_zeros(shape),
            step=0,
            learning_rate=column("learning_rate"),
            weight_decay=column("weight_decay"),
            l1=column("l1"),
            l2=column("l2"),
            clip_norm=torch.where(clip > 0, clip, math.inf),
            rules=tuple(m.optimizer for m in members),
            momentum=column("momentum"),
            nesterov=column("nesterov"),
            scale=scale,
            decays=decays,
        )

    def rows(self, index: Sequence[int]) -> "RowOptimizer":
        """Return the optimizer of some rows.

        Args:
            index: Which rows.

        Returns:
            Optimizer of those rows.
        """
        chosen = row_index(index, self.mean)
        columns = {name: getattr(self, name)[chosen] for name in ("mean", "square", *_COLUMNS)}
        return RowOptimizer(
            **columns,
            rules=tuple(self.rules[row] for row in index),
            step=self.step,
            scale=self.scale,
            decays=self.decays,
        )

    def update_(self, parameters: Tensor, gradient: Tensor, factor: float) -> Tensor:
        """Take one step in place; rows with a non-finite gradient stay where they are.

        Args:
            parameters: ``(M, P)``, changed.
            gradient: ``(M, P)``, overwritten.
            factor: What the schedule multiplies the learning rates by.

        Returns:
            Whether the gradient of each row was finite, ``(M,)``.
        """
        self.step += 1
        extension = load_extension()[0]
        compiled = parameters.device.type == "cpu" and set(self.rules) <= {"adam"}
        if extension is None or not compiled:
            return self._update_in_torch_(parameters, gradient, factor)
        norm = torch.empty(parameters.shape[0])
        self._update_compiled_(extension, parameters, gradient, norm, factor)
        return norm.isfinite()

    def _update_compiled_(
        self, extension: Any, parameters: Tensor, gradient: Tensor, norm: Tensor, factor: float
    ) -> None:
        rows = (parameters, self.mean, self.square, gradient, norm)
        settings = (self.learning_rate, self.weight_decay, self.l1, self.l2, self.clip_norm)
        tensors = (*rows, *settings, self.scale, self.decays)
        if not all(tensor.is_contiguous() for tensor in tensors):
            raise ValueError("the rows of an optimizer must lie in memory without gaps")
        addresses = [tensor.data_ptr() for tensor in tensors]
        numbers = (factor, BETA_1, BETA_2, EPSILON, *corrections(self.step))
        extension.adam(*parameters.shape, addresses[:5], addresses[5:], numbers)

    def _update_in_torch_(self, parameters: Tensor, gradient: Tensor, factor: float) -> Tensor:
        self._regularise_(parameters, gradient)
        norm = gradient.norm(dim=1, keepdim=True)
        finite = norm.isfinite()
        gradient.mul_((self.clip_norm / norm.clamp_min(1e-12)).clamp_max(1.0))
        before = self.mean.clone(), self.square.clone()
        rate = self.learning_rate * factor
        update = self._directions_(gradient).mul_(self.scale).mul_(rate)
        update.addcmul_(parameters * self.decays, rate * self.weight_decay)
        parameters.sub_(torch.where(finite, update, 0.0))
        self.mean.copy_(torch.where(finite, self.mean, before[0]))
        self.square.copy_(torch.where(finite, self.square, before[1]))
        return torch.as_tensor(finite[:, 0])

    def _directions_(self, gradient: Tensor) -> Tensor:
        """What each row's rule makes of its gradient; changes the moments."""
        kinds = set(self.rules)
        if len(kinds) == 1:
            return self._direction_(self.rules[0], gradient, self)
        found = torch.empty_like(gradient)
        for kind in sorted(kinds):
            rows = [row for row, rule in enumerate(self.rules) if rule == kind]
            part, here = self.rows(rows), row_index(rows, gradient)
            found[here] = self._direction_(kind, gradient[here], part)
            self.mean[here], self.square[here] = part.mean, part.square
        return found

    def _direction_(self, kind: str, gradient: Tensor, of: "RowOptimizer") -> Tensor:
        if kind == "adam":
            return adam_(gradient, of.mean, of.square, self.step)
        if kind == "nadam":
            return nadam_(gradient, of.mean, of.square, self.step)
        if kind == "rmsprop":
            return rmsprop_(gradient, of.mean, of.square, of.momentum)
        return sgd_(gradient, of.mean, of.momentum, of.nesterov)

    def _regularise_(self, parameters: Tensor, gradient: Tensor) -> None:
        if _used(self.l2):
            gradient.addcmul_(parameters * self.decays, self.l2)
        if _used(self.l1):
            gradient.addcmul_(parameters.sign() * self.decays, self.l1)


def _used(column: Tensor) -> bool:
    """Whether a row has it; of a device, to wait for the answer would cost more than to do it."""
    return column.device.type != "cpu" or bool(column.any())


def schedule_factor(settings: TrainingSettings, step: int, total_steps: int) -> float:
    """Return what the learning rate is multiplied by at a step.

    Args:
        settings: Names the schedule and the warm-up.
        step: Steps taken so far.
        total_steps: Steps of all epochs.

    Returns:
        A factor from 0 to 1: linear warm-up, which ``one_cycle`` has in itself, times the shape.
    """
    shape, final = SHAPES[settings.schedule], settings.final_factor
    if settings.schedule == "one_cycle":  # its last step is its lowest point
        return shape(step / max(1, total_steps - 1), final)
    warm = min(1.0, (step + 1) / settings.warmup_steps) if settings.warmup_steps else 1.0
    return warm * shape(step / total_steps, final)
