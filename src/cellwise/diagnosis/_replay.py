"""Training again with the gradients written down: where and when it goes wrong."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise.architecture import place_words
from cellwise.data import ForecastData
from cellwise.layers import Layout
from cellwise.training import Cohort, Experiment
from cellwise.training._optimizer import RowAdam


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientHistory:
    """Gradient norms of one network over its training.

    Attributes:
        layers: Paths, from the input upwards, ``head`` last.
        norms: Norm of each layer's gradient at each step, before clipping, ``(steps, layers)``.
    """

    layers: tuple[str, ...]
    norms: NDArray[np.float64]

    @property
    def first_bad(self) -> int | None:
        """First step, from 0, whose gradient is not finite; ``None`` if all are."""
        bad = np.flatnonzero(~np.isfinite(self.norms).all(axis=1))
        return int(bad[0]) if len(bad) else None

    @property
    def layer(self) -> str:
        """Path of the layer whose gradient was the largest at the last finite step."""
        stop = self.first_bad
        last = self.norms[:stop][-1] if stop != 0 else self.norms[0]
        return self.layers[int(np.nanargmax(np.where(np.isfinite(last), last, np.inf)))]

    @property
    def words(self) -> str:
        """Where and when it went wrong; empty if it did not."""
        step = self.first_bad
        if step is None:
            return ""
        place = "output layer" if self.layer == "head" else place_words(self.layer)
        return f"step {step + 1}, {place}"


class GradientRecorder:
    """Stands in for the optimizer of a cohort and writes down what it is given.

    It also is the hook of a live diagnosis: it sees every gradient of every member, and changes
    none.

    Args:
        optimizer: The optimizer that does the work.
        layout: Where each weight lies.
    """

    def __init__(self, optimizer: RowAdam, layout: Layout) -> None:
        self.optimizer, self.steps = optimizer, [torch.zeros(0)] * 0
        paths = [slot.name.rpartition(".")[0] for slot in layout.slots]
        self.layers = tuple(dict.fromkeys(paths))
        self._spans = [
            [slot for slot, path in zip(layout.slots, paths, strict=True) if path == layer]
            for layer in self.layers
        ]

    def update_(self, parameters: Tensor, gradient: Tensor, factor: float) -> Tensor:
        """Write down the norms, then take the step.

        Args:
            parameters: ``(M, P)``, changed by the optimizer.
            gradient: ``(M, P)``.
            factor: Of the schedule.

        Returns:
            Whether the gradient of each row was finite, ``(M,)``.
        """
        squares = gradient.double().square()
        norms = [
            torch.stack([squares[:, s.offset : s.stop].sum(dim=1) for s in span]).sum(dim=0).sqrt()
            for span in self._spans
        ]
        self.steps.append(torch.stack(norms, dim=1))  # (M, layers)
        return self.optimizer.update_(parameters, gradient, factor)

    def rows(self, index: Tensor) -> RowAdam:
        """Return the optimizer of some rows, without writing down any more.

        Args:
            index: Which rows.

        Returns:
            The optimizer.
        """
        return self.optimizer.rows(index)


def replay(experiment: Experiment, data: ForecastData, epochs: int) -> GradientHistory:
    """Train the first member of an experiment again, exactly as it was, and watch its gradients.

    Args:
        experiment: Its first member is trained; a member trains alone as it does in its cohort.
        data: The data.
        epochs: Epochs to train at most.

    Returns:
        Its gradients up to the first that is not finite, or to the end.
    """
    cohort = Cohort(experiment, data)
    recorder = GradientRecorder(cohort.optimizer, cohort.network.layout)
    cohort.optimizer = cast(RowAdam, recorder)
    while not cohort.done and cohort.epoch < epochs:
        cohort.run_epoch()
    norms = np.array([step[0].tolist() for step in recorder.steps])
    return GradientHistory(layers=recorder.layers, norms=norms)
