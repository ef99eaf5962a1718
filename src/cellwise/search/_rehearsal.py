"""A search without training: the cohorts that it would ask for, and what they would cost."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from typing_extensions import override

from cellwise.data import ForecastData
from cellwise.records import MemberRecord, Score
from cellwise.search._engine import Engine, OnEpoch
from cellwise.search._foresight import USUAL_SHARE
from cellwise.training import (
    CohortCost,
    CohortResult,
    CostModel,
    Experiment,
    Member,
    MemberScore,
)

# What each size of an endless growth leaves of the error of the size before
_STEP = 0.9


@dataclass(slots=True)
class Fortune:
    """What a rehearsal lets each size achieve.

    Attributes:
        grows: Whether each size is better than those that were tried before it, so that a search
            goes on as long as it may, or none is.
        seen: Sizes that were tried.
    """

    grows: bool
    seen: dict[str, float] = field(default_factory=dict)

    def error(self, architecture: str) -> float:
        """Give the error of a size, always the same one.

        Args:
            architecture: Text form.

        Returns:
            The error.
        """
        return self.seen.setdefault(architecture, _STEP ** len(self.seen) if self.grows else 1.0)


@dataclass(frozen=True, slots=True)
class RehearsalEngine(Engine):
    """Makes results up instead of training.

    Attributes:
        data: The data.
        fortune: What each size achieves.
    """

    data: ForecastData
    fortune: Fortune

    @override
    @contextmanager
    def run_all(
        self, experiments: Sequence[Experiment], on_epoch: OnEpoch
    ) -> Iterator[Iterator[CohortResult]]:
        yield (self._made_up(experiment) for experiment in experiments)

    @override
    def knows(self, experiment: Experiment) -> bool:
        return False

    def _made_up(self, experiment: Experiment) -> CohortResult:
        """Members that were trained as long as usual, without a time."""
        error = self.fortune.error(str(experiment.architecture))
        kept = _kept(experiment, self.data)
        members = tuple(
            _record(member, error, experiment, index in kept)
            for index, member in enumerate(experiment.members)
        )
        width = experiment.network(self.data).num_parameters
        return CohortResult(
            members=members,
            kept=kept,
            weights=np.zeros((len(kept), width), np.float32),
            scores=()
            if experiment.retrain
            else tuple(self._score(experiment.members[index], error) for index in kept),
            seconds=math.nan,
        )

    def _score(self, member: Member, error: float) -> MemberScore:
        windows = len(self.data.folds[member.fold].val_starts)
        return MemberScore(
            window_errors=np.full(windows, error),
            score=Score(**dict.fromkeys(Score.__dataclass_fields__, error)),
            lead_errors=np.full(self.data.horizon, error),
        )


def _kept(experiment: Experiment, data: ForecastData) -> tuple[int, ...]:
    """Members of the recipes that are left after all halvings: those in the middle."""
    recipes = list(dict.fromkeys(member.recipe for member in experiment.members))
    rows = CohortCost.of(CostModel(), experiment, data).planned_rows()[-1]
    left = rows * len(recipes) // len(experiment.members)
    first = (len(recipes) - left) // 2
    winners = set(recipes[first : first + left])
    members = enumerate(experiment.members)
    return tuple(index for index, member in members if member.recipe in winners)


def _record(member: Member, error: float, experiment: Experiment, kept: bool) -> MemberRecord:
    epochs = max(1, math.ceil(USUAL_SHARE * experiment.settings.epochs))
    curve = (error,) * epochs
    return MemberRecord(
        fold=member.fold,
        seed=member.seed,
        learning_rate=member.learning_rate,
        state="finished" if kept else "halved",
        best_epoch=epochs,
        error=error,
        train_curve=curve,
        val_curve=() if experiment.retrain else curve,
    )
