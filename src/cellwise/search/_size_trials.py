"""Sizes under trial: each foreseen, trained, recorded and told, within what time is left."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from cellwise.architecture import Architecture
from cellwise.data import ForecastData
from cellwise.records import CandidateRecord, CostRecord
from cellwise.search._budget import ENDING_SECONDS, Budget, BudgetEndedError, TooDearError
from cellwise.search._candidate import Candidate, candidate_experiment, evaluate, warm_experiment
from cellwise.search._engine import Engine
from cellwise.search._foresight import Foresight, with_cost
from cellwise.search._observer import Observer
from cellwise.search._settings import SearchSettings
from cellwise.training import EpochReport, Experiment

# Room for a final training that is slower than expected
_ROOM = 1.2


@dataclass(slots=True, kw_only=True)
class SizeTrials:
    """Trains sizes on every fold and seed, at several rates each.

    Attributes:
        data: The data.
        settings: What bounds the search.
        engine: Trains cohorts.
        budget: Counts the time.
        foresight: Predicts cohorts.
        observer: Told what happens.
        add_to_ledger: Given each candidate.
        on_candidate: Given each candidate, once it is in the ledger.
        on_trial: Told each architecture before it is trained.
        incumbent: Gives the best size so far, which warm starts begin with.
        stage: Stage of the search in progress.
        in_training: Whether the training of its latest size has begun.
    """

    data: ForecastData
    settings: SearchSettings
    engine: Engine
    budget: Budget
    foresight: Foresight
    observer: Observer
    add_to_ledger: Callable[[CandidateRecord], None]
    on_candidate: Callable[[Candidate], None]
    on_trial: Callable[[str], None]
    incumbent: Callable[[], Candidate | None]
    stage: str = ""
    in_training: bool = False
    _began: bool = False

    def one(self, architecture: Architecture, stage: str, centre: float) -> Candidate:
        """Train one size.

        Args:
            architecture: The size.
            stage: Stage of the search.
            centre: Centre of the learning rates.

        Returns:
            The candidate.
        """
        (candidate,) = self([architecture], stage, centre)
        return candidate

    def __call__(
        self, architectures: Sequence[Architecture], stage: str, centre: float
    ) -> Iterator[Candidate]:
        """Train sizes together.

        Args:
            architectures: The sizes.
            stage: Stage of the search.
            centre: Centre of the learning rates.

        Yields:
            Candidate: One of each size, in order.
        """
        experiments = [
            candidate_experiment(one, self.settings, len(self.data.folds), centre)
            for one in architectures
        ]
        start: Candidate | None = None
        if self.settings.warm:  # growth tries one size at a time
            experiments[0], start = warm_experiment(experiments[0], self.incumbent(), self.data)
        with self.engine.run_all(experiments, self._on_epoch) as results:
            for experiment in experiments:
                foreseen = self._before(experiment, stage)
                result = next(results)
                cost = self.foresight.learn(foreseen, experiment, self.data, result)
                candidate = evaluate(experiment, result, stage, self.data, start)
                candidate = replace(candidate, record=with_cost(candidate.record, cost))
                self.add_to_ledger(candidate.record)
                self.observer.on_candidate(candidate.record)
                self.on_candidate(candidate)
                yield candidate

    def check_tuning(
        self, foreseen: CostRecord, experiment: Experiment, engine: Engine, share: float
    ) -> None:
        """End tuning where a cohort, and what follows it, would not end in time.

        Args:
            foreseen: What the cohort will cost.
            experiment: The cohort.
            engine: Who trains it.
            share: Share of the time left that it may take; infinite if it is trained in any case.

        Raises:
            BudgetEndedError: If it would not.
            TooDearError: If it would not, but less work might.
        """  # noqa: DOC502, DOC503  raised by the budget
        if engine.knows(experiment):
            return
        if not math.isfinite(share):  # without it there is no answer: nothing is kept back
            self.budget.reserve = 0.0
            return
        self.budget.reserve = self._needed_after(experiment)
        try:
            self.budget.check_tuning(foreseen.predicted_seconds / share)
        except BudgetEndedError as ended:
            if self.foresight.costs:
                raise
            raise TooDearError from ended  # nothing was trained yet: something smaller is tried

    def _before(self, experiment: Experiment, stage: str) -> CostRecord:
        name, self.stage, self.in_training = str(experiment.architecture), stage, False
        self.on_trial(name)
        foreseen = self.foresight.predict(stage, experiment, self.data)
        if not self.engine.knows(experiment):
            # the first is tried in any case: without it there is no answer
            if self._began:
                self.budget.reserve = self._needed_after(experiment)
            self.budget.check_growth(foreseen.predicted_seconds if self._began else 0.0)
        self._began = self.in_training = True
        self.observer.on_trial(stage, name)
        return foreseen

    def _needed_after(self, experiment: Experiment) -> float:
        """Seconds that are needed after the search if it ends with this network."""
        seeds = self.settings.final_seeds
        final = self.foresight.retraining_seconds(experiment, self.data, seeds)
        return self.foresight.stretch(ENDING_SECONDS) + _ROOM * final

    def _on_epoch(self, report: EpochReport) -> None:
        self.observer.on_epoch(report)
        self.budget.check_growth()
