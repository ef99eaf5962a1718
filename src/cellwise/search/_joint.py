"""All settings at once: a sampler of Optuna's asks, cohorts answer."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cellwise._threads import torch_threads
from cellwise.records import ComparisonRecord
from cellwise.search._batches import Asked, Batch, Batches, Sampler
from cellwise.search._budget import BudgetEndedError, TooDearError
from cellwise.search._candidate import Candidate
from cellwise.search._options import Group

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import Trial

RaceTrials = Callable[[str, Sequence[Group], Sequence[float]], list[list[Candidate]]]
"""``trials(stage, groups, rungs)``; members of a group race and are halved at the rungs."""

# Trials to their end before what can still be gained is estimated (as in Optuna's terminator), and
# between two estimates at least; later ones wait for a quarter more trials, and look at the best so
# many: their cost grows with the cube
FIRST_ESTIMATE, _BETWEEN_ESTIMATES, _MOST_ESTIMATED = 20, 8, 200


@dataclass(slots=True, kw_only=True)
class Joint:
    """Joint search in progress: a pure function of its batches and of what its trials return.

    Attributes:
        sampler: Who asks.
        batches: What is asked for.
        trials: Trains configurations of one shape together.
        seed: Seed of the estimates.
        num_trials: Trials after which it ends.
        stop_gain: Share of the best error that must be in reach for it to go on.
        candidates: Every configuration that was trained to its end, in the order of the trials.
        comparisons: Decisions; a sampler makes none.
        stages: Why it ended.
        incumbent: Lowest error so far.
    """

    sampler: Sampler
    batches: Batches
    trials: RaceTrials
    seed: int
    num_trials: int
    stop_gain: float = 0.0
    candidates: list[Candidate] = field(default_factory=list)
    comparisons: list[ComparisonRecord] = field(default_factory=list)
    stages: dict[str, str] = field(default_factory=dict)
    incumbent: Candidate | None = None
    _by_number: dict[int, Candidate] = field(default_factory=dict)
    _too_dear: int = 0
    _architectures: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Ask and train batch by batch until there is a reason to stop."""
        asked, reason = 0, ""
        while not reason and (batch := self.batches.next()):
            before = len(self.candidates)
            self._train(batch)
            self._architectures |= {str(one.architecture) for _, one in batch.trials}
            asked += len(batch.trials)
            if asked < self.num_trials:  # else there is no further search to speak of
                reason = self._reason_to_stop(asked, len(self.candidates) - before)
        self.stages[self.sampler] = reason or self._all_made(asked)

    def _train(self, batch: Batch) -> None:
        trials, found = self._afford(batch)
        for (trial, _), candidate in zip(trials, found, strict=True):
            tell(self.batches.study, trial, candidate)
            if not candidate.failed:
                self._by_number[trial.number] = candidate
        self.candidates[:] = [self._by_number[number] for number in sorted(self._by_number)]
        self.incumbent = min(self.candidates, key=lambda one: one.record.error, default=None)

    def _afford(self, batch: Batch) -> tuple[list[Asked], list[Candidate]]:
        """Train as many trials of a batch as there is time for; the others are pruned."""
        trials = list(batch.trials)
        while trials:
            group = [configuration for _, configuration in trials]
            try:
                (found,) = self.trials(self.sampler, [group], batch.rungs)
            except TooDearError:
                keep = len(trials) // 2
                for trial, _ in trials[keep:]:
                    prune(self.batches.study, trial)
                self._too_dear += len(trials) - keep
                trials = trials[:keep]
            else:
                return trials, found
        self._ask_cheaper(batch)
        return [], []

    def _ask_cheaper(self, batch: Batch) -> None:
        """Let the study ask next for a shape that takes less time."""
        if batch.cheaper is None:
            raise BudgetEndedError
        self.batches.study.enqueue_trial(batch.cheaper)

    def _all_made(self, asked: int) -> str:
        dear = f", {self._too_dear} of them too dear to train" if self._too_dear else ""
        several = "" if len(self._architectures) == 1 else "s"
        kinds = f"{len(self._architectures)} architecture{several}"
        return f"all {asked} trials were made, with {kinds}{dear}"

    def _reason_to_stop(self, asked: int, latest: int) -> str:
        if self.incumbent is None or not _is_due(len(self.candidates), latest):
            return ""
        gain, best = possible_gain(self.batches.study, self.seed), self.incumbent.record
        if gain < self.stop_gain * best.error:
            enough = f"{self.stop_gain:.2%} of the best error that are asked for"
        elif gain < best.standard_error:
            enough = f"the standard error of {best.standard_error:.2g}"
        else:
            return ""
        return (
            f"after {asked} trials further search can gain at most {gain:.2g}, less than {enough}"
        )


def _is_due(done: int, latest: int) -> bool:
    """Whether what can still be gained is to be estimated after the latest trials to their end."""
    at = FIRST_ESTIMATE
    while at <= done - latest:
        at += max(_BETWEEN_ESTIMATES, at // 4)
    return at <= done


def tell(study: "Study", trial: "Trial", candidate: Candidate) -> None:
    """Tell a study what came of a configuration, unless it has been told before.

    Args:
        study: Who asked.
        trial: What was asked.
        candidate: What came of it: complete, halved (Optuna's ``PRUNED``) or failed.
    """
    from optuna.trial import TrialState

    members = candidate.record.members
    known = study.get_trials(deepcopy=False)[trial.number]
    if known.state.is_finished():  # by another driver
        return
    if not candidate.failed:
        study.tell(trial, candidate.record.error)
    elif any(m.state == "non-finite" for m in members):
        study.tell(trial, state=TrialState.FAIL)
    else:
        epochs = min(len(m.val_curve) for m in members)
        trial.report(float(np.mean([min(m.val_curve[:epochs]) for m in members])), epochs)
        study.tell(trial, state=TrialState.PRUNED)


def prune(study: "Study", trial: "Trial") -> None:
    """Tell a study that a configuration was not trained, unless it has been told before.

    Args:
        study: Who asked.
        trial: What was asked.
    """
    from optuna.trial import TrialState

    if not study.get_trials(deepcopy=False)[trial.number].state.is_finished():
        study.tell(trial, state=TrialState.PRUNED)


def possible_gain(study: "Study", seed: int) -> float:
    """Bound what further search can still gain, by the best 200 trials.

    Args:
        study: With trials that are complete.
        seed: Of the estimate.

    Returns:
        Upper bound of the error that a better configuration could save, in the metric.

    Reference:
        Makarova et al. (2022), "Automatic Termination for Hyperparameter Optimization", by way of
        Optuna's ``RegretBoundEvaluator``.
    """
    from optuna.terminator import RegretBoundEvaluator
    from optuna.trial import TrialState

    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    complete = sorted(complete, key=lambda t: t.values)[:_MOST_ESTIMATED]
    with warnings.catch_warnings(), torch_threads(1):
        warnings.simplefilter("ignore")  # Optuna calls it experimental
        return float(RegretBoundEvaluator(seed=seed).evaluate(complete, study.direction))
