"""How long the pieces of training take: a cohort that is timed, not trained to an end."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from cellwise._extension import num_threads
from cellwise.data import ForecastData
from cellwise.training._cohort import Cohort
from cellwise.training._experiment import Experiment
from cellwise.training._scoring import score_members
from cellwise.training._train import kernel_threads


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceSeconds:
    """How long each piece of training takes.

    Attributes:
        step: Seconds of a training step of all members.
        validation: Seconds of looking at the monitored windows once.
        scoring: Seconds of scoring every member on the validation windows of the first fold.
    """

    step: float
    validation: float
    scoring: float

    def shortest(self, other: "PieceSeconds | None") -> "PieceSeconds":
        """Return the shorter time of each piece: what else a machine does only ever adds.

        Args:
            other: Other times; ``None`` for none.

        Returns:
            The shorter ones.
        """
        if other is None:
            return self
        return PieceSeconds(
            step=min(self.step, other.step),
            validation=min(self.validation, other.validation),
            scoring=min(self.scoring, other.scoring),
        )


@dataclass(slots=True)
class Probe:
    """A cohort whose pieces are timed again and again.

    Attributes:
        experiment: What to time.
        data: The data.
    """

    experiment: Experiment
    data: ForecastData
    _cohort: Cohort | None = None

    def measure(self) -> PieceSeconds:
        """Time each piece once; what is only slow the first time has been done before.

        Returns:
            The times.
        """
        with kernel_threads(num_threads()):
            if self._cohort is None:
                self._cohort = Cohort(self.experiment, self.data)
                self._measure(self._cohort)
            return self._measure(self._cohort)

    def _measure(self, cohort: Cohort) -> PieceSeconds:
        trainer = cohort.trainer()
        training = _timed(lambda: trainer.train_epoch(cohort.parameters, cohort.optimizer, 0))
        return PieceSeconds(
            step=training / cohort.num_steps,
            validation=_timed(lambda: trainer.validation_errors(cohort.parameters)),
            scoring=_timed(lambda: _score(cohort)),
        )


def _score(cohort: Cohort) -> None:
    starts, metric = cohort.folds[0].val_starts, cohort.settings.metric
    score_members(cohort.network, cohort.parameters, cohort.reader, starts, metric)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
