"""What a cohort costs: seconds from counted work and measured prices, and bytes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cellwise.architecture import chain_flops, chain_values
from cellwise.data import Fold, ForecastData
from cellwise.layers import CHUNK, Network
from cellwise.training._experiment import CohortResult, Experiment
from cellwise.training._rows import MONITORED, steps_per_epoch
from cellwise.training._scoring import PIECE

_FLOAT_BYTES, _DOUBLE_BYTES = 4, 8

PASS_TERMS = (
    "pass",
    "layer",
    "layer and step",
    "model",
    "weight",
    "input",
    "kept value",
    "FLOP",
    "output",
)
"""What a pass over a batch is charged for."""

# Matrices (M, P) that a cohort holds: weights, best weights, two moments, and gradients three times
_MATRICES = 7
# Arrays (rows, windows, horizon) of 8 bytes that scoring holds at a time
_SCORE_ARRAYS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CostModel:
    """Prices: seconds per unit of counted work, fitted to measured cohorts.

    The defaults were fitted on 2 cores of an AMD EPYC (Zen 5) with the compiled kernels; another
    machine needs its own (`calibrated_model`).

    Attributes:
        training: Seconds of a training step per unit of each of ``PASS_TERMS``.
        forward: Seconds of a forward pass per unit of each of ``PASS_TERMS``.
        scoring: Seconds of scoring a model, and an output, besides the forward passes.
        per_cohort: Seconds of setting up, saving and reading a cohort.
    """

    training: tuple[float, ...] = (7.5e-4, 4e-5, 0.0, 1.5e-5, 3e-9, 1e-10, 6e-10, 4e-12, 0.0)
    forward: tuple[float, ...] = (2e-4, 2e-5, 0.0, 1e-5, 1e-9, 3e-10, 2e-10, 2e-12, 5e-9)
    scoring: tuple[float, ...] = (2e-4, 3e-8)
    per_cohort: float = 0.03


@dataclass(frozen=True, slots=True)
class CohortCost:
    """What one cohort costs under a model.

    Attributes:
        model: Prices.
        experiment: What is to be trained.
        data: The data.
        network: Its network.
    """

    model: CostModel
    experiment: Experiment
    data: ForecastData
    network: Network

    @classmethod
    def of(cls, model: CostModel, experiment: Experiment, data: ForecastData) -> "CohortCost":
        """Set up the cost of an experiment.

        Args:
            model: Prices.
            experiment: What is to be trained.
            data: The data.

        Returns:
            The cost.
        """
        return cls(model, experiment, data, experiment.network(data))

    def seconds(self, rows: Sequence[int]) -> float:
        """Return the time of a cohort.

        Args:
            rows: Members that are active in each epoch, an entry per epoch.

        Returns:
            Seconds.
        """
        epochs = {count: self.epoch_seconds(count) for count in set(rows)}
        training = sum(epochs[count] for count in rows)
        return self.model.per_cohort + training + self._score_seconds(rows[-1] if rows else 0)

    @property
    def steps_per_epoch(self) -> int:
        """Optimizer steps of an epoch."""
        return steps_per_epoch(self.experiment.settings, self._folds())

    def bytes(self) -> int:
        """Return the memory that a cohort needs at most, beyond what the process holds already.

        Returns:
            Bytes: weights, moments and gradients of all members, and the larger of what a training
            step keeps and what scoring holds.
        """
        members, data = len(self.experiment.members), self.data
        batch = min(
            self.experiment.settings.batch_size, max(len(f.train_starts) for f in self._folds())
        )
        inputs = 2 * data.num_steps * data.input_size
        weights = _MATRICES * members * self.network.num_parameters
        step = members * batch * (self._values() + inputs + 4 * data.horizon)
        windows = max((len(fold.val_starts) for fold in self._folds()), default=0)
        kept = self.planned_rows()[-1] // len(self._folds())
        scored = kept * min(windows, PIECE) * data.horizon * _SCORE_ARRAYS * _DOUBLE_BYTES
        return _FLOAT_BYTES * (weights + step) + scored

    def planned_rows(self) -> list[int]:
        """Return the members that are active in each epoch if none stops early."""
        experiment = self.experiment
        recipes = len({member.recipe for member in experiment.members})
        replicates, rows = len(experiment.members) // recipes, []
        for epoch in range(1, self._last_epoch() + 1):
            rows.append(replicates * recipes)
            if epoch in experiment.halving:
                recipes = (recipes + 1) // 2
        return rows

    def rows_of(self, result: CohortResult) -> list[int]:
        """Return the members that were active in each epoch.

        Args:
            result: What came of it.

        Returns:
            An entry per epoch.
        """
        epochs = [len(member.train_curve) for member in result.members]
        return [sum(count > epoch for count in epochs) for epoch in range(max(epochs))]

    def shortest_rows(self) -> list[int]:
        """Return the same if all members stop as early as their patience allows."""
        patience = self.experiment.settings.patience
        return self.planned_rows()[: patience + 1] if patience else self.planned_rows()

    def epoch_seconds(self, rows: int) -> float:
        """Return the time of an epoch.

        Args:
            rows: Members that are active.

        Returns:
            Seconds.
        """
        settings, folds = self.experiment.settings, self._folds()
        batch = min(settings.batch_size, min(len(fold.train_starts) for fold in folds))
        step = self._pass_seconds(self.model.training, rows, batch)
        seen = sum(
            self._forward_seconds(rows / len(folds), min(MONITORED, len(fold.val_starts)))
            for fold in folds
        )
        return self.steps_per_epoch * step + seen

    def _score_seconds(self, rows: int) -> float:
        if self.experiment.retrain:
            return 0.0
        folds = self._folds()
        windows = [len(fold.val_starts) for fold in folds]
        passes = sum(self._forward_seconds(rows / len(folds), count) for count in windows)
        pieces = sum(-(-count // PIECE) for count in windows) / len(folds)
        per_model, per_output = self.model.scoring
        outputs = rows * sum(windows) / len(folds) * self.data.horizon
        return passes + per_model * rows * pieces + per_output * outputs

    def _forward_seconds(self, rows: float, windows: int) -> float:
        whole = self._pass_seconds(self.model.forward, rows, CHUNK)
        return whole * windows / CHUNK

    def _pass_seconds(self, prices: Sequence[float], rows: float, windows: int) -> float:
        return float(np.dot(prices, pass_terms(self.network, self.data, rows, windows)))

    def _values(self) -> int:
        steps = max(1, self.network.output_steps)
        return chain_values(self.network.chain, num_steps=self.data.num_steps, decoder_steps=steps)

    def _folds(self) -> Sequence[Fold]:
        return self.experiment.folds(self.data)

    def _last_epoch(self) -> int:
        return self.experiment.settings.stop_after or self.experiment.settings.epochs


def pass_terms(
    network: Network, data: ForecastData, members: float, windows: int
) -> NDArray[np.float64]:
    """Count the work of a pass over a batch, forwards.

    Args:
        network: The network.
        data: Gives steps and features.
        members: Models M.
        windows: Windows B of each.

    Returns:
        Units of each of ``PASS_TERMS``, ``(9,)``.
    """
    layers, steps = network.architecture.num_layers, data.num_steps
    counts = {"num_steps": steps, "decoder_steps": max(1, network.output_steps)}
    rows = members * windows
    return np.array(
        [
            1.0,
            layers,
            layers * steps,
            members,
            members * network.num_parameters,
            rows * steps * data.input_size,
            rows * chain_values(network.chain, **counts),
            rows * chain_flops(network.chain, **counts),
            rows * data.horizon,
        ]
    )
