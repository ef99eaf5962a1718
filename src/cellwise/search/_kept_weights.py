"""Weights of trained members beyond those that the search itself needs."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from cellwise._errors import RunError
from cellwise._files import read_metadata, write_tensors
from cellwise.data import ForecastData
from cellwise.training import CohortResult, Experiment, Member

KeepCheckpoints = Literal["best", "last", "all"]
"""``last``: the cohort in training alone, until it has ended; ``best``: also the members of the
configuration with the lowest validation error; ``all``: also every member trained to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWeights:
    """Files of weights in a run directory, as many as were asked for.

    A file holds each weight with the member axis first, ``(M, ...)``, and says what the members are.

    Attributes:
        directory: The run directory.
        keep: What is kept.
    """

    directory: Path
    keep: KeepCheckpoints

    def add(
        self, key: str, experiment: Experiment, result: CohortResult, data: ForecastData
    ) -> None:
        """Keep what is to be kept of a cohort; doing it twice changes nothing.

        Args:
            key: Name of the experiment.
            experiment: What was trained.
            result: What it has left.
            data: What it was trained on.
        """
        if self.keep == "last" or experiment.retrain or not result.kept:
            return
        if self.keep == "all":
            self._write(self._path(key), experiment, result, data, list(range(len(result.kept))))
            return
        rows = _best_rows(experiment, result)
        path = self._path("best")
        if _error(result, rows) < _error_in(path):
            self._write(path, experiment, result, data, rows)

    def _path(self, name: str) -> Path:
        return self.directory / "weights" / f"{name}.safetensors"

    def _write(
        self,
        path: Path,
        experiment: Experiment,
        result: CohortResult,
        data: ForecastData,
        rows: list[int],
    ) -> None:
        views = experiment.network(data).layout.views(torch.from_numpy(result.weights[rows]))
        members = [experiment.members[result.kept[row]] for row in rows]
        metadata = {
            "format": "cellwise",
            "architecture": str(experiment.architecture),
            "context_length": str(data.context_length),
            "members": json.dumps([asdict(member) for member in members]),
            "error": repr(_error(result, rows)),
        }
        write_tensors(path, {name: view.numpy() for name, view in views.items()}, metadata)


def _best_rows(experiment: Experiment, result: CohortResult) -> list[int]:
    """Rows of the settings with the lowest mean error."""
    found: dict[Member, list[int]] = {}
    for row, index in enumerate(result.kept):
        found.setdefault(experiment.members[index].recipe, []).append(row)
    return min(found.values(), key=lambda rows: _error(result, rows))


def _error(result: CohortResult, rows: list[int]) -> float:
    return float(np.mean([result.members[result.kept[row]].error for row in rows]))


def _error_in(path: Path) -> float:
    try:
        return float(read_metadata(path)["error"])
    except RunError:  # there is none yet, or it was damaged from outside
        return float("inf")
