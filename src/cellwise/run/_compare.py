"""Compare architectures that somebody already has in mind."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from cellwise._errors import SettingsError
from cellwise.architecture import Architecture
from cellwise.data import Prepared, prepare
from cellwise.records import CandidateRecord, ComparisonRecord
from cellwise.run._settings import check_settings
from cellwise.search import (
    Candidate,
    LocalEngine,
    Observer,
    Paired,
    candidate_experiment,
    decide,
    evaluate,
    holm,
    runs_needed,
)
from cellwise.search import compare as compare_errors
from cellwise.training import Experiment, network_for


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareResult:
    """Architectures side by side.

    Attributes:
        metric: Decision metric.
        candidates: Each architecture, best first.
        comparisons: The best against each other one.
    """

    metric: str
    candidates: tuple[CandidateRecord, ...]
    comparisons: tuple[ComparisonRecord, ...]


def compare(
    architectures: Sequence[str | Architecture],
    table: Any,
    *,
    target: str,
    horizon: int,
    observer: Observer | None = None,
    **options: Any,
) -> CompareResult:
    """Compare architectures on the same folds, seeds and windows, by paired tests.

    Each is trained at three learning rates as in `fit`; the test rows stay shut.

    Args:
        architectures: Text forms, at least two.
        table: As for `fit`.
        target: Column to forecast.
        horizon: Steps ahead.
        observer: Told what happens.
        **options: As for `fit`.

    Returns:
        Errors, parameters, seconds and paired tests, their p-values adjusted by Holm's method; of
        a gain that is not shown, how many runs would show it.

    Raises:
        SettingsError: If there are fewer than two architectures, or one is given twice.
    """  # noqa: DOC502  raised by what this calls
    parsed = _parsed(architectures)
    settings = check_settings({**options, "target": target, "horizon": horizon})
    prepared, watch = prepare(table, settings.task), observer or Observer()
    for architecture in parsed:  # before any is trained
        network_for(architecture, prepared.data)
    search = settings.bounds(max(len(fold.train_starts) for fold in prepared.data.folds))
    experiments = [
        candidate_experiment(architecture, search, settings.folds, search.learning_rate)
        for architecture in parsed
    ]
    found = _train(experiments, prepared, watch)
    sound = sorted((c for c in found if not c.failed), key=lambda c: c.record.error)
    return CompareResult(
        metric=settings.metric,
        candidates=tuple(c.record for c in [*sound, *(c for c in found if c.failed)]),
        comparisons=_against_best(sound, settings.metric, search.alpha),
    )


def _parsed(architectures: Sequence[str | Architecture]) -> list[Architecture]:
    parsed = [a if isinstance(a, Architecture) else Architecture.parse(a) for a in architectures]
    if len(parsed) < 2 or len(set(parsed)) < len(parsed):
        given = ", ".join(str(a) for a in parsed)
        raise SettingsError(f"compare needs at least two different architectures, got {given}")
    return parsed


def _train(
    experiments: Sequence[Experiment], prepared: Prepared, observer: Observer
) -> list[Candidate]:
    found = []
    engine = LocalEngine(prepared.data, prepared.table.fingerprint)
    with engine.run_all(experiments, observer.on_epoch) as results:
        for experiment in experiments:
            observer.on_trial("compare", str(experiment.architecture))
            found.append(evaluate(experiment, next(results), "compare", prepared.data))
            observer.on_candidate(found[-1].record)
    return found


def _against_best(
    sound: Sequence[Candidate], metric: Any, alpha: float
) -> tuple[ComparisonRecord, ...]:
    pairs = [compare_errors(metric, sound[0].errors, other.errors) for other in sound[1:]]
    adjusted = holm([pair.p_value for pair in pairs])
    return tuple(
        _decide(replace(pair, p_value=p_value), sound[0], other, alpha)
        for pair, other, p_value in zip(pairs, sound[1:], adjusted, strict=True)
    )


def _decide(pair: Paired, best: Candidate, other: Candidate, alpha: float) -> ComparisonRecord:
    record = decide(
        pair,
        stage="compare",
        candidate=str(best.architecture),
        incumbent=str(other.architecture),
        alpha=alpha,
        min_gain=0.0,
    )
    if record.accepted or not min(pair.difference, pair.standard_error) > 0:
        return record
    more = _more_runs(pair, sum(len(fold) for fold in best.errors), alpha)
    return replace(record, reason=f"{record.reason}; {more}")


def _more_runs(pair: Paired, made: int, alpha: float) -> str:
    """How many folds times seeds would show a gain that these have not shown, were it real."""
    effect = pair.difference / (pair.standard_error * math.sqrt(made))
    needed = runs_needed(effect, alpha=alpha)
    count = f"about {needed:,}" if math.isfinite(needed) else "more than 1,000"
    return f"were it real, {count} paired runs would show it, {made} were made"
