"""Training again with the gradients written down: where and when it goes wrong."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cellwise.architecture import place_words
from cellwise.data import ForecastData
from cellwise.training import Cohort, Experiment


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
    cohort.samples = cohort.num_steps
    traces = []
    while not cohort.done and cohort.epoch < epochs:
        traces.append(cohort.run_epoch())
    norms = np.concatenate([trace.norms[:, 0] for trace in traces])
    return GradientHistory(layers=traces[0].layers, norms=norms)
