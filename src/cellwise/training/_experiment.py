"""What a cohort is asked to do, and what came of it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise.architecture import Architecture
from cellwise.data import Fold, ForecastData
from cellwise.kernels import Backend
from cellwise.layers import Network, build_forecaster
from cellwise.records import MemberRecord, Score
from cellwise.training._settings import Member, TrainingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One cohort: an architecture, its members and what they share.

    Attributes:
        architecture: What the networks are.
        members: A row of the parameter matrix each.
        settings: What all members share.
        halving: Epochs after which the worse half of the learning rates is dropped.
        retrain: Whether the members learn from training and validation rows, with no validation
            windows to be stopped by, and the last weights are kept.
        watch: Layers of which the first member's activations are written after each epoch: indices
            or paths, as `layers.layer_path` takes them. It changes nothing of the training.
        keeps_weights: Whether the weights are wanted by what comes next, as those of a final
            training always are; otherwise an engine may drop them.
        first_weights: What the members begin with, ``(M, P)``; ``None`` draws it by their seeds.
    """

    architecture: Architecture
    members: tuple[Member, ...]
    settings: TrainingSettings
    halving: tuple[int, ...] = ()
    retrain: bool = False
    watch: tuple[str, ...] = ()
    keeps_weights: bool = False
    first_weights: NDArray[np.float32] | None = field(default=None, repr=False, compare=False)

    @property
    def replicates(self) -> dict[Member, list[int]]:
        """Recipes in the order of the members, each with the indices of its replicates."""
        found: dict[Member, list[int]] = {}
        for index, member in enumerate(self.members):
            found.setdefault(member.recipe, []).append(index)
        return found

    def key(self, fingerprint: str) -> str:
        """Return a name that is the same for the same experiment on the same data.

        Args:
            fingerprint: Hash of the data and of how it is cut.

        Returns:
            20 hexadecimal digits.
        """
        plain = asdict(replace(self, first_weights=None))
        del plain["watch"], plain["first_weights"]
        # the names of experiments from before there was a choice
        if not self.keeps_weights:
            del plain["keeps_weights"]
        if self.settings.device == "cpu":
            del plain["settings"]["device"]
        if self.first_weights is not None:
            plain["first_weights"] = hashlib.sha256(self.first_weights.tobytes()).hexdigest()
        text = json.dumps([fingerprint, plain], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:20]

    def network(self, data: ForecastData) -> Network:
        """Build the network for a data set.

        Args:
            data: Gives the widths of input and output.

        Returns:
            The network.
        """
        return network_for(self.architecture, data, self.settings.backend)

    def first_parameters(self, network: Network) -> Tensor:
        """Return what the members begin with.

        Args:
            network: Draws it where it is not given.

        Returns:
            ``(M, P)``, not shared with the experiment.
        """
        if self.first_weights is None:
            return network.initial_parameters(tuple(member.seed for member in self.members))
        return torch.from_numpy(self.first_weights.copy())

    def folds(self, data: ForecastData) -> Sequence[Fold]:
        """Return the folds that members' indices mean.

        Args:
            data: Holds them.

        Returns:
            The walk-forward folds; for retraining the final one, without windows to be scored.
        """
        if not self.retrain:
            return data.folds
        return (replace(data.test, val_starts=np.zeros(0, np.int64)),)


def network_for(
    architecture: Architecture, data: ForecastData, backend: Backend = "auto"
) -> Network:
    """Build the network that forecasts a data set.

    Args:
        architecture: What it is.
        data: Gives the columns that it reads and the steps that it puts out.
        backend: Kernels to run on.

    Returns:
        The network.

    Raises:
        ArchitectureError: If it cannot be built for these data; says why.
    """  # noqa: DOC502  raised by build_forecaster
    return build_forecaster(
        architecture,
        columns=data.columns,
        horizon=data.horizon,
        over_horizon=data.runs_over_horizon,
        backend=backend,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberScore:
    """A trained member on the windows of its fold.

    Attributes:
        window_errors: Decision metric of each window, ``(n,)``.
        score: All errors over the windows.
        lead_errors: Mean absolute error in original units by step ahead, ``(horizon,)``.
    """

    window_errors: NDArray[np.float64]
    score: Score
    lead_errors: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortResult:
    """What a cohort has left.

    Attributes:
        members: Every member, the halved ones too, in the order of the experiment.
        kept: Indices of the members that were trained to their end, ``(R,)``.
        weights: Their kept weights, ``(R, P)``; ``(R, 0)`` where an engine has dropped them.
        scores: Their scores on the validation windows; empty after retraining.
        seconds: Wall-clock time.
        peak_bytes: By how much the main memory of its process grew at most, since the last checkpoint
            that it went on from, or that of its CUDA device; NaN where it was not measured.
    """

    members: tuple[MemberRecord, ...]
    kept: tuple[int, ...]
    weights: NDArray[np.float32]
    scores: tuple[MemberScore, ...] = field(default=())
    seconds: float
    peak_bytes: float = float("nan")
