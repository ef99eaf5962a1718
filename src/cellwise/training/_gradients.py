"""Gradient norms while training: what stands between the backward pass and the optimizer."""

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise.layers import Layout
from cellwise.training._optimizer import RowOptimizer

SAMPLES = 4
"""Steps of an epoch at which norms are taken: enough to see where they go, at next to no cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientTrace:
    """Gradient norms of the members that were trained in one epoch.

    Attributes:
        members: Their indices in the experiment, ``(R,)``.
        layers: Paths, from the input upwards, ``head`` last.
        num_weights: Weights of each layer, ``(L,)``.
        steps: Steps of the epoch, from 0, at which norms were taken, ``(S,)``.
        norms: Norm of each layer's gradient, before clipping, ``(S, R, L)``.
        first_bad: First step whose gradient was not finite; -1 if all were, ``(R,)``.
    """

    members: tuple[int, ...]
    layers: tuple[str, ...]
    num_weights: tuple[int, ...]
    steps: tuple[int, ...]
    norms: NDArray[np.float64]
    first_bad: tuple[int, ...]


@dataclass(slots=True)
class GradientRecorder:
    """Stands before the optimizer for an epoch and writes down norms; it changes nothing.

    Attributes:
        optimizer: The optimizer that does the work.
        layout: Where each weight lies.
        every: Distance of the steps at which norms are taken.
        step: Steps seen.
        norms: Norms taken, ``(R, L)`` each.
        finite: Whether the gradient of each row was finite, ``(R,)`` for each step.
    """

    optimizer: RowOptimizer
    layout: Layout
    every: int
    step: int = 0
    norms: list[Tensor] = field(default_factory=list)
    finite: list[Tensor] = field(default_factory=list)

    def update_(self, parameters: Tensor, gradient: Tensor, factor: float) -> Tensor:
        """Write down the norms where it is time, then take the step.

        Args:
            parameters: ``(M, P)``, changed by the optimizer.
            gradient: ``(M, P)``.
            factor: Of the schedule.

        Returns:
            Whether the gradient of each row was finite, ``(M,)``.
        """
        if self.step % self.every == 0:
            self.norms.append(self._norms(gradient))
        self.step += 1
        finite = self.optimizer.update_(parameters, gradient, factor)
        self.finite.append(finite)
        return finite

    def trace(self, members: tuple[int, ...]) -> GradientTrace:
        """Return what was written down.

        Args:
            members: Index of each row in the experiment.

        Returns:
            The trace.
        """
        spans = layer_spans(self.layout)
        bad = ~torch.stack(self.finite, dim=1)  # (R, steps)
        first = torch.where(bad.any(dim=1), bad.to(torch.uint8).argmax(dim=1), -1)
        return GradientTrace(
            members=members,
            layers=tuple(spans),
            num_weights=tuple(sum(b - a for a, b in pieces) for pieces in spans.values()),
            steps=tuple(range(0, self.step, self.every)),
            norms=torch.stack(self.norms).cpu().numpy(),
            first_bad=tuple(first.cpu().tolist()),
        )

    def _norms(self, gradient: Tensor) -> Tensor:
        layers = [
            torch.stack([_norm(gradient[:, a:b]) for a, b in pieces]).norm(dim=0)
            for pieces in layer_spans(self.layout).values()
        ]
        return torch.stack(layers, dim=1)


def _norm(gradient: Tensor) -> Tensor:
    return torch.as_tensor(torch.linalg.vector_norm(gradient, dim=1, dtype=torch.float64))


def layer_spans(layout: Layout) -> dict[str, list[tuple[int, int]]]:
    """Return the columns of each layer, neighbouring weights as one piece.

    Args:
        layout: Where each weight lies.

    Returns:
        Path of the layer to its pieces, from the input upwards, ``head`` last.
    """
    spans: dict[str, list[tuple[int, int]]] = {}
    for slot in layout.slots:
        pieces = spans.setdefault(slot.name.rpartition(".")[0], [])
        if pieces and pieces[-1][1] == slot.offset:
            pieces[-1] = (pieces[-1][0], slot.stop)
        else:
            pieces.append((slot.offset, slot.stop))
    return spans
