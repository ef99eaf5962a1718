"""Settings under trial: folds x seeds x configurations in one cohort."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cellwise.architecture import Architecture
from cellwise.data import ForecastData, summarise
from cellwise.records import CandidateRecord, MemberRecord, Score
from cellwise.search._compare import Errors
from cellwise.search._configuration import RUNGS, Configuration, cohort
from cellwise.search._settings import SearchSettings
from cellwise.search._warm import Trained, begin_from, holds
from cellwise.training import CohortResult, Experiment, Member, mean_score, network_for

_NO_SCORE = Score(**dict.fromkeys(Score.__dataclass_fields__, float("nan")))


HeldErrors = Errors | Callable[[], Errors]
"""Errors in memory, or what recalls them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A configuration with its replicates' errors, ready to be compared.

    Attributes:
        configuration: What it is.
        record: What is kept of it.
        held: `errors`, or what recalls them where they are on disk: they take the most memory.
        trained: Its replicates, where larger networks may begin from them; else ``None``.
        start: What its members began from; ``None`` where their first weights were drawn.
    """

    configuration: Configuration
    record: CandidateRecord
    held: HeldErrors
    trained: Trained | None = None
    start: "Candidate | None" = None

    @property
    def architecture(self) -> Architecture:
        """What the network is."""
        return self.configuration.architecture

    @property
    def errors(self) -> Errors:
        """For each fold, the decision metric of each seed on each window, ``(S, n)``.

        Empty when a replicate failed or was not trained to its end.
        """
        return self.held() if callable(self.held) else self.held

    @property
    def failed(self) -> bool:
        """Whether there are no errors to compare."""
        return not math.isfinite(self.record.error)

    @property
    def lineage(self) -> "tuple[Candidate, ...]":
        """What it began from, what that began from and so on, first of all first; itself last."""
        return (*(self.start.lineage if self.start else ()), self)


def candidate_experiment(
    architecture: Architecture, settings: SearchSettings, num_folds: int, centre: float
) -> Experiment:
    """Set up the cohort of one size: three rates around a centre, halved to one.

    Args:
        architecture: The size.
        settings: Seeds, rates and training.
        num_folds: Folds K.
        centre: Middle learning rate, at the base width.

    Returns:
        The experiment; its members are ordered by fold, then seed, then rate.
    """
    factor = settings.rate_factor
    rates = [round(centre * step, 10) for step in (1 / factor, 1.0, factor)]
    configurations = [
        Configuration(
            architecture=architecture,
            recipe=Member(fold=0, seed=0, learning_rate=rate),
            training=settings.training,
            context_length=0,  # a cohort is trained on the data that it is given
        )
        for rate in rates
    ]
    return cohort(configurations, settings.seeds, num_folds, rungs=RUNGS)


def warm_experiment(
    experiment: Experiment, start: Candidate | None, data: ForecastData
) -> tuple[Experiment, Candidate | None]:
    """Let a size begin where another one ended, if it holds it.

    Args:
        experiment: The cohort of the size.
        start: The other size; ``None`` for none.
        data: The data.

    Returns:
        The cohort, whose weights are kept for sizes to come, and what it begins from, if it does.
    """
    kept = replace(experiment, keeps_weights=True)
    if start is None or start.trained is None:
        return kept, None
    if not holds(start.architecture, experiment.architecture):
        return kept, None
    return begin_from(kept, start.trained, data), start


def evaluate(
    experiment: Experiment,
    result: CohortResult,
    stage: str,
    data: ForecastData,
    start: Candidate | None = None,
) -> Candidate:
    """Make one candidate of a cohort: the recipe that did best.

    Args:
        experiment: The cohort.
        result: What came of it.
        stage: Stage of the search.
        data: The data.
        start: What its members began from; ``None`` where their first weights were drawn.

    Returns:
        The candidate; its record holds every member of the cohort.
    """
    errors = {recipe: _mean_error(result, who) for recipe, who in experiment.replicates.items()}
    winner = min(errors, key=lambda recipe: errors[recipe])
    everyone = range(len(experiment.members))
    found = _candidate((experiment, result), winner, stage, data, everyone)
    if start is None:
        return found
    record = replace(found.record, started_from=str(start.architecture))
    return replace(found, record=record, start=start)


def evaluate_each(
    experiment: Experiment, result: CohortResult, stage: str, data: ForecastData
) -> list[Candidate]:
    """Make a candidate of each recipe of a cohort.

    Args:
        experiment: The cohort.
        result: What came of it.
        stage: Stage of the search.
        data: The data.

    Returns:
        A candidate for each recipe, in the order of the members; those that were halved have
        failed.
    """
    recipes = experiment.replicates
    return [
        _candidate((experiment, result), recipe, stage, data, members)
        for recipe, members in recipes.items()
    ]


def window_errors(
    experiment: Experiment, result: CohortResult, recipe: Member, num_folds: int
) -> Errors:
    """Return the errors of one recipe of a cohort.

    Args:
        experiment: The cohort.
        result: What came of it.
        recipe: The recipe.
        num_folds: Folds K.

    Returns:
        As `Candidate.errors`.
    """
    return _errors_by_fold(experiment, result, _sound(experiment, result, recipe), num_folds)


def _sound(experiment: Experiment, result: CohortResult, recipe: Member) -> list[int]:
    """Indices of the replicates of a recipe; none if one of them failed or was halved."""
    replicates = experiment.replicates[recipe]
    return replicates if np.isfinite(_mean_error(result, replicates)) else []


def _mean_error(result: CohortResult, members: Sequence[int]) -> float:
    records = [result.members[i] for i in members]
    bad = any(m.state in ("non-finite", "halved") for m in records)
    return float("inf") if bad else float(np.mean([m.error for m in records]))


def _candidate(
    trained: tuple[Experiment, CohortResult],
    recipe: Member,
    stage: str,
    data: ForecastData,
    members: Sequence[int],
) -> Candidate:
    """One recipe of a cohort; its record holds the members that are named."""
    experiment, result = trained
    configuration = Configuration(
        architecture=experiment.architecture,
        recipe=recipe,
        training=experiment.settings,
        context_length=data.context_length,
    )
    replicates = _sound(experiment, result, recipe)
    errors = _errors_by_fold(experiment, result, replicates, len(data.folds))
    kept = tuple(result.members[i] for i in members)
    record = _record(configuration, stage, data, errors, kept)
    rows = _rows(result, replicates)
    scores = [result.scores[row].score for row in rows]
    share = len(members) / len(experiment.members)
    return Candidate(
        configuration=configuration,
        record=replace(
            record,
            score=mean_score(scores) if scores else _NO_SCORE,
            seconds=result.seconds * share,
            standard_error=record.seed_deviation / max(1, len(replicates)) ** 0.5,
        ),
        held=errors,
        trained=_trained(experiment, result, rows),
    )


def _rows(result: CohortResult, members: Sequence[int]) -> list[int]:
    """Rows of some members among those that were kept to the end."""
    rows = {member: row for row, member in enumerate(result.kept)}
    return [rows[member] for member in members]


def _trained(experiment: Experiment, result: CohortResult, rows: list[int]) -> Trained | None:
    if not experiment.keeps_weights or not rows:
        return None
    return Trained(
        architecture=experiment.architecture,
        members=tuple(experiment.members[result.kept[row]] for row in rows),
        weights=result.weights[rows],
    )


def _errors_by_fold(
    experiment: Experiment, result: CohortResult, replicates: list[int], num_folds: int
) -> Errors:
    if not replicates:
        return ()
    rows = _rows(result, replicates)
    folds = [experiment.members[i].fold for i in replicates]
    return tuple(
        np.stack(
            [
                result.scores[row].window_errors
                for row, at in zip(rows, folds, strict=True)
                if at == fold
            ]
        )
        for fold in range(num_folds)
    )


def _record(
    configuration: Configuration,
    stage: str,
    data: ForecastData,
    errors: Errors,
    members: tuple[MemberRecord, ...],
) -> CandidateRecord:
    """What the errors say; score, seconds and standard error are not filled in."""
    architecture, metric = configuration.architecture, configuration.training.metric
    summaries = [[summarise(metric, e) for e in fold] for fold in errors]
    by_fold = tuple(float(np.mean(fold)) for fold in summaries)
    return CandidateRecord(
        stage=stage,
        architecture=str(architecture),
        num_parameters=network_for(architecture, data).num_parameters,
        num_cells=architecture.num_cells,
        learning_rate=configuration.recipe.learning_rate if errors else float("nan"),
        error=float(np.mean(by_fold)) if by_fold else float("nan"),
        standard_error=float("nan"),
        seed_deviation=_seed_deviation(summaries),
        error_by_fold=by_fold,
        score=_NO_SCORE,
        members=members,
        seconds=0.0,
    )


def _seed_deviation(errors: list[list[float]]) -> float:
    """Standard deviation over seeds within folds, pooled; NaN with one seed."""
    freedom = sum(len(fold) - 1 for fold in errors)
    if freedom < 1:
        return float("nan")
    return float(np.sqrt(sum(len(f) * np.var(f) for f in errors) / freedom))
