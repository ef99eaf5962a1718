"""All settings at once: a sampler of Optuna's asks, cohorts answer."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from cellwise.architecture import Architecture
from cellwise.records import ComparisonRecord
from cellwise.search._candidate import Candidate
from cellwise.search._configuration import Configuration
from cellwise.search._options import Group
from cellwise.search._space import Space

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import Trial

Sampler = Literal["tpe", "gp", "random"]
"""Who asks."""

SAMPLERS: tuple[Sampler, ...] = get_args(Sampler)

RaceTrials = Callable[[str, Sequence[Group], Sequence[float]], list[list[Candidate]]]
"""``trials(stage, groups, rungs)``; members of a group race and are halved at the rungs."""

# Hyperband's brackets: many configurations that are halved early, few that are trained to the end
BRACKETS: tuple[tuple[int, tuple[float, ...]], ...] = ((8, (0.25, 0.5)), (4, (0.5,)), (2, ()))
# Trials before what can still be gained is estimated, and between two estimates
_FIRST_ESTIMATE, _BETWEEN_ESTIMATES = 24, 8


@dataclass(slots=True, kw_only=True)
class Joint:
    """Joint search in progress: a pure function of what its trials return.

    Attributes:
        sampler: Who asks.
        space: What is asked for.
        trials: Trains configurations of one shape together.
        seed: Seed of the sampler.
        num_trials: Trials after which it ends.
        known: Architectures that are tried first.
        candidates: Every configuration that was trained to its end, in order.
        comparisons: Decisions; a sampler makes none.
        stages: Why it ended.
        incumbent: Lowest error so far.
    """

    sampler: Sampler
    space: Space
    trials: RaceTrials
    seed: int
    num_trials: int
    known: tuple[Architecture, ...] = ()
    candidates: list[Candidate] = field(default_factory=list)
    comparisons: list[ComparisonRecord] = field(default_factory=list)
    stages: dict[str, str] = field(default_factory=dict)
    incumbent: Candidate | None = None

    def run(self) -> None:
        """Ask and train batch by batch until there is a reason to stop."""
        study = _study(self.sampler, self.seed)
        for architecture in self.known:
            study.enqueue_trial(self.space.known(architecture))
        done = batch = 0
        reason = ""
        while not reason:
            size, rungs = BRACKETS[batch % len(BRACKETS)]
            drawn = self._ask(study, min(size, self.num_trials - done))
            self._train(study, drawn, rungs)
            done, batch = done + len(drawn), batch + 1
            reason = self._reason_to_stop(study, done, len(drawn))
        self.stages[self.sampler] = reason

    def _ask(self, study: "Study", size: int) -> list[tuple["Trial", Configuration]]:
        """Ask for one configuration, and for others that can share its cohort."""
        first = study.ask()
        drawn = [(first, self.space.draw(first))]
        for _ in range(size - 1):
            if self._waiting(study):  # a known architecture is next, and has a shape of its own
                break
            study.enqueue_trial(self.space.shape_of(first))
            trial = study.ask()
            drawn.append((trial, self.space.draw(trial)))
        return drawn

    def _waiting(self, study: "Study") -> bool:
        from optuna.trial import TrialState

        return bool(study.get_trials(deepcopy=False, states=(TrialState.WAITING,)))

    def _train(
        self,
        study: "Study",
        drawn: list[tuple["Trial", Configuration]],
        rungs: Sequence[float],
    ) -> None:
        (found,) = self.trials(self.sampler, [[one for _, one in drawn]], rungs)
        for (trial, _), candidate in zip(drawn, found, strict=True):
            tell(study, trial, candidate)
            if candidate.failed:
                continue
            self.candidates.append(candidate)
            if self.incumbent is None or candidate.record.error < self.incumbent.record.error:
                self.incumbent = candidate

    def _reason_to_stop(self, study: "Study", done: int, latest: int) -> str:
        if done >= self.num_trials:
            return f"all {done} trials were made"
        due = done // _BETWEEN_ESTIMATES > (done - latest) // _BETWEEN_ESTIMATES
        if done < _FIRST_ESTIMATE or not due or self.incumbent is None:
            return ""
        gain, noise = possible_gain(study, self.seed), self.incumbent.record.standard_error
        if gain < noise:
            return (
                f"after {done} trials further search can gain at most {gain:.2g}, less than the "
                f"standard error of {noise:.2g}"
            )
        return ""


def tell(study: "Study", trial: "Trial", candidate: Candidate) -> None:
    """Tell a study what came of a configuration.

    Args:
        study: Who asked.
        trial: What was asked.
        candidate: What came of it: complete, halved (Optuna's ``PRUNED``) or failed.
    """
    from optuna.trial import TrialState

    members = candidate.record.members
    if not candidate.failed:
        study.tell(trial, candidate.record.error)
    elif any(m.state == "non-finite" for m in members):
        study.tell(trial, state=TrialState.FAIL)
    else:
        epochs = min(len(m.val_curve) for m in members)
        trial.report(float(np.mean([min(m.val_curve[:epochs]) for m in members])), epochs)
        study.tell(trial, state=TrialState.PRUNED)


def possible_gain(study: "Study", seed: int) -> float:
    """Bound what further search can still gain.

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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Optuna calls it experimental
        return float(RegretBoundEvaluator(seed=seed).evaluate(complete, study.direction))


def _study(sampler: Sampler, seed: int) -> "Study":
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    made: dict[str, Callable[[], Any]] = {
        "tpe": lambda: optuna.samplers.TPESampler(seed=seed),
        "gp": lambda: optuna.samplers.GPSampler(seed=seed, warn_independent_sampling=False),
        "random": lambda: optuna.samplers.RandomSampler(seed=seed),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the GP sampler is experimental by Optuna's own account
        return optuna.create_study(direction="minimize", sampler=made[sampler]())
