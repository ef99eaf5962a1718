"""One size under trial: folds x seeds x learning rates in one cohort."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cellwise.architecture import Architecture
from cellwise.data import ForecastData, summarise
from cellwise.records import CandidateRecord, MemberRecord, Score
from cellwise.search._engine import Engine
from cellwise.search._settings import SearchSettings
from cellwise.search._statistics import Floats
from cellwise.training import CohortResult, EpochReport, Experiment, Member, mean_score

_NO_SCORE = Score(**dict.fromkeys(Score.__dataclass_fields__, float("nan")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A size with its replicates' errors, ready to be compared.

    Attributes:
        architecture: What it is.
        record: What is kept of it.
        errors: For each fold, the decision metric of each seed on each window, ``(S, n)``; empty
            when a replicate failed.
    """

    architecture: Architecture
    record: CandidateRecord
    errors: tuple[Floats, ...]

    @property
    def failed(self) -> bool:
        """Whether a replicate ended with non-finite numbers."""
        return not self.errors


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
    members = tuple(
        Member(fold=fold, seed=seed, learning_rate=rate)
        for fold in range(num_folds)
        for seed in settings.seeds
        for rate in rates
    )
    epochs = settings.training.epochs
    halving = tuple(sorted({max(1, epochs // 4), max(1, epochs // 2)}))
    return Experiment(
        architecture=architecture, members=members, settings=settings.training, halving=halving
    )


def evaluate(
    experiment: Experiment,
    stage: str,
    data: ForecastData,
    engine: Engine,
    on_epoch: Callable[[EpochReport], None],
) -> Candidate:
    """Train the cohort of a candidate and gather its replicates.

    Args:
        experiment: The cohort.
        stage: Stage of the search.
        data: The data.
        engine: Trains it.
        on_epoch: Told after each epoch.

    Returns:
        The candidate.
    """
    result = engine.run(experiment, on_epoch)
    replicates = _winners(experiment, result)
    errors = _errors_by_fold(experiment, result, replicates, len(data.folds))
    record = _record(experiment, stage, data, result, errors)
    return Candidate(architecture=experiment.architecture, record=record, errors=errors)


def _winners(experiment: Experiment, result: CohortResult) -> list[int]:
    """Members of the rate that was kept, ordered by fold and seed; empty if one of them failed."""
    left = [i for i, m in enumerate(result.members) if m.state != "halved"]
    rates = sorted({experiment.members[i].learning_rate for i in left})
    if not rates:
        return []
    by_rate = {r: [i for i in left if experiment.members[i].learning_rate == r] for r in rates}
    winner = min(rates, key=lambda r: _mean_error([result.members[i] for i in by_rate[r]]))
    chosen = by_rate[winner]
    return chosen if all(result.members[i].state != "non-finite" for i in chosen) else []


def _mean_error(members: list[MemberRecord]) -> float:
    bad = any(m.state == "non-finite" for m in members)
    return float("inf") if bad else float(np.mean([m.error for m in members]))


def _errors_by_fold(
    experiment: Experiment, result: CohortResult, replicates: list[int], num_folds: int
) -> tuple[Floats, ...]:
    if not replicates:
        return ()
    rows = {member: row for row, member in enumerate(result.kept)}
    return tuple(
        np.stack(
            [
                result.scores[rows[i]].window_errors
                for i in replicates
                if experiment.members[i].fold == fold
            ]
        )
        for fold in range(num_folds)
    )


def _record(
    experiment: Experiment,
    stage: str,
    data: ForecastData,
    result: CohortResult,
    errors: tuple[Floats, ...],
) -> CandidateRecord:
    architecture, metric = experiment.architecture, experiment.settings.metric
    replicates = _winners(experiment, result)
    rows = {member: row for row, member in enumerate(result.kept)}
    scores = [result.scores[rows[i]].score for i in replicates]
    by_fold = tuple(float(np.mean([summarise(metric, e) for e in fold])) for fold in errors)
    deviation = _seed_deviation([[summarise(metric, e) for e in fold] for fold in errors])
    return CandidateRecord(
        stage=stage,
        architecture=str(architecture),
        num_parameters=architecture.num_parameters(
            input_size=data.input_size, output_size=data.output_size
        ),
        num_cells=architecture.num_cells,
        learning_rate=experiment.members[replicates[0]].learning_rate
        if replicates
        else float("nan"),
        error=float(np.mean(by_fold)) if by_fold else float("nan"),
        standard_error=deviation / max(1, len(replicates)) ** 0.5,
        seed_deviation=deviation,
        error_by_fold=by_fold,
        score=mean_score(scores) if scores else _NO_SCORE,
        members=result.members,
        seconds=result.seconds,
    )


def _seed_deviation(errors: list[list[float]]) -> float:
    """Standard deviation over seeds within folds, pooled; NaN with one seed."""
    freedom = sum(len(fold) - 1 for fold in errors)
    if freedom < 1:
        return float("nan")
    return float(np.sqrt(sum(len(f) * np.var(f) for f in errors) / freedom))
