"""Adam over the rows of a parameter matrix, each row with its own settings."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from cellwise._extension import load_extension
from cellwise.training._settings import Member, TrainingSettings

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8


@dataclass(slots=True)
class RowAdam:
    """Adam or AdamW with a learning rate, decay, L1, L2 and clipping per row.

    Attributes:
        mean: First moments, ``(M, P)``.
        square: Second moments, ``(M, P)``.
        step: Steps taken.
        learning_rate: ``(M, 1)``.
        weight_decay: ``(M, 1)``, decoupled.
        l1: ``(M, 1)``.
        l2: ``(M, 1)``.
        clip_norm: ``(M, 1)``; infinite where not clipped.
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
    scale: Tensor
    decays: Tensor

    @classmethod
    def of(cls, members: tuple[Member, ...], scale: Tensor, decays: Tensor) -> "RowAdam":
        """Start the optimizer of a cohort.

        Args:
            members: Settings of each row.
            scale: Width scale of the learning rate, ``(P,)``.
            decays: 1 where a weight is regularised, ``(P,)``.

        Returns:
            The optimizer with zero moments.
        """

        def column(name: str) -> Tensor:
            return torch.tensor([[float(getattr(m, name))] for m in members])

        clip = column("clip_norm")
        shape = (len(members), scale.numel())
        return cls(
            mean=torch.zeros(shape),
            square=torch.zeros(shape),
            step=0,
            learning_rate=column("learning_rate"),
            weight_decay=column("weight_decay"),
            l1=column("l1"),
            l2=column("l2"),
            clip_norm=torch.where(clip > 0, clip, math.inf),
            scale=scale,
            decays=decays,
        )

    def rows(self, index: Tensor) -> "RowAdam":
        """Return the optimizer of some rows.

        Args:
            index: Which rows.

        Returns:
            Optimizer of those rows.
        """
        names = ("mean", "square", "learning_rate", "weight_decay", "l1", "l2", "clip_norm")
        chosen = {name: getattr(self, name)[index] for name in names}
        return RowAdam(**chosen, step=self.step, scale=self.scale, decays=self.decays)

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
        if extension is None or parameters.device.type != "cpu":
            return self._update_in_torch_(parameters, gradient, factor)
        norm = torch.empty(parameters.shape[0])
        self._update_compiled_(extension, parameters, gradient, norm, factor)
        return norm.isfinite()

    def _corrections(self) -> tuple[float, float]:
        return 1.0 / (1.0 - BETA_1**self.step), 1.0 / math.sqrt(1.0 - BETA_2**self.step)

    def _update_compiled_(
        self, extension: Any, parameters: Tensor, gradient: Tensor, norm: Tensor, factor: float
    ) -> None:
        rows = (parameters, self.mean, self.square, gradient, norm)
        settings = (self.learning_rate, self.weight_decay, self.l1, self.l2, self.clip_norm)
        tensors = (*rows, *settings, self.scale, self.decays)
        if not all(tensor.is_contiguous() for tensor in tensors):
            raise ValueError("the rows of an optimizer must lie in memory without gaps")
        addresses = [tensor.data_ptr() for tensor in tensors]
        numbers = (factor, BETA_1, BETA_2, EPSILON, *self._corrections())
        extension.adam(*parameters.shape, addresses[:5], addresses[5:], numbers)

    def _update_in_torch_(self, parameters: Tensor, gradient: Tensor, factor: float) -> Tensor:
        self._regularise_(parameters, gradient)
        norm = gradient.norm(dim=1, keepdim=True)
        finite = norm.isfinite()
        gradient.mul_((self.clip_norm / norm.clamp_min(1e-12)).clamp_max(1.0))
        mean = self.mean.lerp(gradient, 1 - BETA_1)
        square = (BETA_2 * self.square).addcmul_(gradient, gradient, value=1 - BETA_2)
        correction, root_correction = self._corrections()
        rate = self.learning_rate * factor
        update = mean / (square.sqrt().mul_(root_correction).add_(EPSILON))
        update.mul_(self.scale).mul_(rate * correction)
        update.addcmul_(parameters * self.decays, rate * self.weight_decay)
        zero = torch.zeros((), device=parameters.device)
        parameters.sub_(torch.where(finite, update, zero))
        self.mean.copy_(torch.where(finite, mean, self.mean))
        self.square.copy_(torch.where(finite, square, self.square))
        return torch.as_tensor(finite[:, 0])

    def _regularise_(self, parameters: Tensor, gradient: Tensor) -> None:
        if bool(self.l2.any()):
            gradient.addcmul_(parameters * self.decays, self.l2)
        if bool(self.l1.any()):
            gradient.addcmul_(parameters.sign() * self.decays, self.l1)


def schedule_factor(settings: TrainingSettings, step: int, total_steps: int) -> float:
    """Return what the learning rate is multiplied by at a step.

    Args:
        settings: Names the schedule and the warm-up.
        step: Steps taken so far.
        total_steps: Steps of all epochs.

    Returns:
        A factor from 0 to 1: linear warm-up, then constant or half a cosine down to 0.

    Reference:
        Loshchilov & Hutter (2017), SGDR, equation 5 without restarts.
    """
    warm = min(1.0, (step + 1) / settings.warmup_steps) if settings.warmup_steps else 1.0
    if settings.schedule == "constant":
        return warm
    return warm * 0.5 * (1.0 + math.cos(math.pi * step / total_steps))
