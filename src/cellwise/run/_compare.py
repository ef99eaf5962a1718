"""Compare architectures that somebody already has in mind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cellwise._errors import SettingsError
from cellwise.architecture import Architecture
from cellwise.data import prepare
from cellwise.records import CandidateRecord, ComparisonRecord
from cellwise.run._settings import check_settings
from cellwise.search import (
    Candidate,
    LocalEngine,
    Observer,
    candidate_experiment,
    decide,
    evaluate,
)
from cellwise.search import compare as compare_errors
from cellwise.training import network_for


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
        Errors, parameters, seconds and paired tests (level divided by their number).

    Raises:
        SettingsError: If there are fewer than two architectures, or one is given twice.
    """
    parsed = [a if isinstance(a, Architecture) else Architecture.parse(a) for a in architectures]
    if len(parsed) < 2 or len(set(parsed)) < len(parsed):
        given = ", ".join(str(a) for a in parsed)
        raise SettingsError(f"compare needs at least two different architectures, got {given}")
    settings = check_settings({**options, "target": target, "horizon": horizon})
    prepared, watch = prepare(table, settings.task), observer or Observer()
    for architecture in parsed:  # before any is trained
        network_for(architecture, prepared.data)
    search = settings.bounds(max(len(fold.train_starts) for fold in prepared.data.folds))
    experiments = [
        candidate_experiment(architecture, search, settings.folds, search.learning_rate)
        for architecture in parsed
    ]
    found = []
    engine = LocalEngine(prepared.data, prepared.table.fingerprint)
    with engine.run_all(experiments, watch.on_epoch) as results:
        for experiment in experiments:
            watch.on_trial("compare", str(experiment.architecture))
            found.append(evaluate(experiment, next(results), "compare", prepared.data))
            watch.on_candidate(found[-1].record)
    sound = sorted((c for c in found if not c.failed), key=lambda c: c.record.error)
    level = search.alpha / max(1, len(sound) - 1)
    return CompareResult(
        metric=settings.metric,
        candidates=tuple(c.record for c in [*sound, *(c for c in found if c.failed)]),
        comparisons=tuple(_pair(sound[0], other, settings.metric, level) for other in sound[1:]),
    )


def _pair(best: Candidate, other: Candidate, metric: Any, level: float) -> ComparisonRecord:
    return decide(
        compare_errors(metric, best.errors, other.errors),
        stage="compare",
        candidate=str(best.architecture),
        incumbent=str(other.architecture),
        alpha=level,
        min_gain=0.0,
    )
