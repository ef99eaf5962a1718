"""The end of a run: fresh training, the test rows once, and the test against the benchmark."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from cellwise.architecture import Architecture
from cellwise.baselines import Baseline
from cellwise.data import ForecastData, Metric, WindowReader, summarise
from cellwise.records import ComparisonRecord, FinalRecord, MemberRecord, Score
from cellwise.search._candidate import Candidate
from cellwise.search._compare import gain_words, relative_gain
from cellwise.search._configuration import replicate
from cellwise.search._settings import SearchSettings
from cellwise.search._statistics import Floats, diebold_mariano
from cellwise.search._warm import Trained, begin_from
from cellwise.training import (
    CohortResult,
    Experiment,
    MemberScore,
    TrainingSettings,
    mean_score,
    score_forecasts,
    score_members,
    usual_drops,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrained:
    """One architecture after its final training.

    Attributes:
        role: As in `FinalRecord`.
        experiment: What was trained.
        result: What it has left; a row of weights per seed that stayed finite.
        data: What it was trained on: its context may be longer or shorter than others'.
        start: What its members began from, which was retrained before it; ``None`` where their
            first weights were drawn.
    """

    role: str
    experiment: Experiment
    result: CohortResult
    data: ForecastData
    start: "Retrained | None" = None

    @property
    def trained(self) -> Trained:
        """Its members that stayed finite."""
        members = self.experiment.members
        return Trained(
            architecture=self.experiment.architecture,
            members=tuple(members[index] for index in self.result.kept),
            weights=self.result.weights,
        )

    @property
    def lineage(self) -> "tuple[Retrained, ...]":
        """What it began from, what that began from and so on, first of all first; itself last."""
        return (*(self.start.lineage if self.start else ()), self)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestOutcome:
    """What the test rows said, all of it from one reading.

    Attributes:
        finals: Each retrained architecture.
        comparison: Chosen network against the benchmark; ``None`` without a benchmark.
        network: Mean score of the chosen network's seeds.
        benchmark: Score of the benchmark.
        lead_errors: Mean absolute error in original units by step ahead.
        benchmark_forecasts: Forecasts of the benchmark, ``(n, horizon)``.
    """

    finals: tuple[FinalRecord, ...]
    comparison: ComparisonRecord | None
    network: Score
    benchmark: Score | None
    lead_errors: dict[str, tuple[float, ...]]
    benchmark_forecasts: NDArray[np.float32] | None


def retraining(
    candidate: Candidate, settings: SearchSettings, start: Retrained | None = None
) -> Experiment:
    """Set up the final training of a configuration: fresh seeds, training and validation rows.

    Its settings are kept, and the schedule is followed up to the median of the epochs that were
    best on the folds.

    Args:
        candidate: The configuration.
        settings: Fresh seeds.
        start: What it begins from, where the candidate has had a warm start: the fresh seeds take
            the same way.

    Returns:
        The experiment.
    """
    configuration, rate = candidate.configuration, candidate.record.learning_rate
    training = configuration.training
    kept = [m for m in candidate.record.members if m.state != "halved" and m.learning_rate == rate]
    stop = int(np.ceil(np.median([m.best_epoch for m in kept])))
    experiment = Experiment(
        architecture=configuration.architecture,
        members=tuple(replicate(configuration.recipe, 0, seed) for seed in settings.fresh_seeds),
        settings=replace(
            training, stop_after=max(1, stop), patience=0, drops=_drops(training, kept)
        ),
        retrain=True,
    )
    return begin_from(experiment, start.trained, start.data) if start else experiment


def _drops(training: TrainingSettings, kept: Sequence[MemberRecord]) -> tuple[int, ...]:
    """When the final training lowers its rate, if the folds' own curves decided it for them."""
    if training.schedule != "plateau":
        return ()
    return usual_drops([member.val_curve for member in kept], training.epochs)


def neighbours(chosen: Candidate, candidates: Sequence[Candidate]) -> dict[str, Candidate]:
    """Return the next smaller and the next larger size that was tried.

    Args:
        chosen: The recommended size.
        candidates: Sizes that did not fail.

    Returns:
        ``smaller`` and ``larger``, as far as there are any.
    """
    size = chosen.record.num_parameters
    smaller = [c for c in candidates if c.record.num_parameters < size]
    larger = [c for c in candidates if c.record.num_parameters > size]
    found = {}
    if smaller:
        found["smaller"] = max(smaller, key=lambda c: c.record.num_parameters)
    if larger:
        found["larger"] = min(larger, key=lambda c: c.record.num_parameters)
    return found


def open_test(
    data: ForecastData,
    metric: Metric,
    retrained: Sequence[Retrained],
    benchmark: Baseline | None,
    alpha: float,
) -> TestOutcome:
    """Score everything on the test windows; the only place that reads their targets.

    Args:
        data: What the benchmark is trained on.
        metric: Decision metric.
        retrained: Retrained architectures, the chosen one first.
        benchmark: Best classical method on the folds.
        alpha: Level of the test against it.

    Returns:
        What the test rows said.
    """
    reader, starts = WindowReader(data), data.test.val_starts
    scored = [_score(entry, metric) for entry in retrained]
    finals = tuple(_final(e, s, metric) for e, s in zip(retrained, scored, strict=True))
    outcome = TestOutcome(
        finals=finals,
        comparison=None,
        network=finals[0].score,
        benchmark=None,
        lead_errors={"network": _mean_leads(scored[0])},
        benchmark_forecasts=None,
    )
    if benchmark is None:
        return outcome
    forecasts = benchmark.forecast(data, data.test)
    measured = score_forecasts(reader, starts, forecasts, metric)
    names = retrained[0].experiment.architecture, benchmark
    return replace(
        outcome,
        comparison=_against_benchmark(scored[0], measured, metric, data.horizon, names, alpha),
        benchmark=measured.score,
        lead_errors={**outcome.lead_errors, "benchmark": _mean_leads([measured])},
        benchmark_forecasts=forecasts,
    )


def _score(entry: Retrained, metric: Metric) -> list[MemberScore]:
    network = entry.experiment.network(entry.data)
    weights = torch.from_numpy(entry.result.weights)
    reader, starts = WindowReader(entry.data), entry.data.test.val_starts
    return list(score_members(network, weights, reader, starts, metric))


def _final(entry: Retrained, scores: list[MemberScore], metric: Metric) -> FinalRecord:
    members = entry.experiment.members
    return FinalRecord(
        role=entry.role,
        architecture=str(entry.experiment.architecture),
        num_parameters=entry.result.weights.shape[1],
        seeds=tuple(members[i].seed for i in entry.result.kept),
        errors=tuple(summarise(metric, s.window_errors) for s in scores),
        score=mean_score([s.score for s in scores]),
        seconds=entry.result.seconds,
    )


def _mean_leads(scores: list[MemberScore]) -> tuple[float, ...]:
    return tuple(float(v) for v in np.mean([s.lead_errors for s in scores], axis=0))


def _against_benchmark(
    chosen: list[MemberScore],
    benchmark: MemberScore,
    metric: Metric,
    horizon: int,
    names: tuple[Architecture, Baseline],
    alpha: float,
) -> ComparisonRecord:
    errors: Floats = np.mean([s.window_errors for s in chosen], axis=0)
    differences = benchmark.window_errors - errors
    p_value = diebold_mariano(differences, horizon)[1] if len(differences) > horizon else 1.0
    gain = relative_gain(summarise(metric, errors), summarise(metric, benchmark.window_errors))
    accepted = gain > 0 and p_value < alpha
    return ComparisonRecord(
        stage="test",
        candidate=str(names[0]),
        incumbent=names[1].name,
        gain=gain,
        p_value=p_value,
        alpha=alpha,
        accepted=accepted,
        reason=f"{gain_words(gain)} on the test windows, p = {p_value:.3g} "
        "(Diebold-Mariano, Harvey-Leybourne-Newbold)",
    )
