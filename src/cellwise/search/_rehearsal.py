"""A search without training: the cohorts that it would ask for, and what they would cost."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from cellwise.data import ForecastData
from cellwise.records import MemberRecord, Score
from cellwise.search._foresight import USUAL_SHARE
from cellwise.training import (
    CohortCost,
    CohortResult,
    CostModel,
    EpochReport,
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
class RehearsalEngine:
    """Makes results up instead of training.

    Attributes:
        data: The data.
        fortune: What each size achieves.
    """

    data: ForecastData
    fortune: Fortune

    def run(self, experiment: Experiment, on_epoch: Callable[[EpochReport], None]) -> CohortResult:
        """Make up what a cohort has left.

        Args:
            experiment: The cohort.
            on_epoch: Told nothing.

        Returns:
            Members that were trained as long as usual, without a time.
        """
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

    @contextmanager
    def run_all(
        self, experiments: Sequence[Experiment], on_epoch: Callable[[EpochReport], None]
    ) -> Iterator[Iterator[CohortResult]]:
        """Make up what cohorts have left.

        Args:
            experiments: The cohorts.
            on_epoch: Told nothing.

        Yields:
            Iterator[CohortResult]: What each has left, in the order asked.
        """
        yield (self.run(experiment, on_epoch) for experiment in experiments)

    def knows(self, experiment: Experiment) -> bool:
        """Return that nothing was trained before.

        Args:
            experiment: The cohort.

        Returns:
            ``False``.
        """
        return False

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
