"""What a run has found: scores, candidates, comparisons, verdict."""

from dataclasses import dataclass, field
from typing import Literal

from cellwise.records._audit import AuditRecord
from cellwise.records._cost import CostRecord
from cellwise.records._importance import ImportanceRecord, InteractionRecord
from cellwise.records._limits import LimitsRecord
from cellwise.records._outer import OuterRecord
from cellwise.records._trials import CandidateRecord, ComparisonRecord, Score
from cellwise.records._tuning import TuningRecord

VerdictKind = Literal["use_network", "use_benchmark", "no_answer"]
"""The three things that a run can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRecord:
    """One classical method on the validation windows of the folds.

    Attributes:
        name: Short name, such as ``ridge`` or ``auto_ets``.
        label: Name for people, such as ``linear autoregression (ridge)``.
        error: Decision metric, mean over folds; NaN if skipped.
        error_by_fold: Decision metric of each fold.
        score: All errors over the folds; ``None`` if skipped.
        skipped: Why it was not run; empty if it was.
        seconds: Wall-clock time.
    """

    name: str
    label: str
    error: float
    error_by_fold: tuple[float, ...]
    score: Score | None
    skipped: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalRecord:
    """One architecture retrained on training and validation rows and scored on the test rows.

    Attributes:
        role: ``chosen``, ``smaller`` or ``larger`` (its neighbours in size), or ``untuned`` (the
            chosen size with the settings of growth).
        architecture: Text form.
        num_parameters: Trainable weights.
        seeds: Seeds of the retrained networks.
        errors: Decision metric of each seed on the test windows.
        score: All errors, mean over seeds.
        seconds: Wall-clock time.
    """

    role: str
    architecture: str
    num_parameters: int
    seeds: tuple[int, ...]
    errors: tuple[float, ...]
    score: Score
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastExample:
    """One test window, in original units, for the picture of the forecast against the truth.

    Attributes:
        series: Name of the series; empty for one series.
        context_times: Labels of the context steps.
        context: True values of the context.
        times: Labels of the steps ahead.
        truth: True values ahead.
        network: The saved network's forecast.
        benchmark: The benchmark's forecast.
    """

    series: str
    context_times: tuple[str, ...]
    context: tuple[float, ...]
    times: tuple[str, ...]
    truth: tuple[float, ...]
    network: tuple[float, ...]
    benchmark: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRecord:
    """What was forecast from what.

    Attributes:
        target: Target column.
        horizon: Steps ahead.
        context_length: Past steps of a window.
        metric: Decision metric.
        num_rows: Rows of the table.
        num_series: Series.
        num_windows: Training, validation (all folds) and test windows.
        input_size: Input features of the network.
        output_size: Outputs of its output layer.
        num_steps: Steps the network walks over.
        frequency: Spacing of the rows, in words; empty without a time column.
        season_length: Steps of the main season; 1 if none.
        features: Names of the input features.
        notes: What was found and repaired while reading.
        fingerprint: Hash of the values used.
    """

    target: str
    horizon: int
    context_length: int
    metric: str
    num_rows: int
    num_series: int
    num_windows: tuple[int, int, int]
    input_size: int
    output_size: int
    num_steps: int
    frequency: str
    season_length: int
    features: tuple[str, ...]
    notes: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedLimit:
    """A limit of the search beyond which the network might have been better.

    Attributes:
        name: Its option: ``max_cells`` (in a layer), ``max_layers`` or ``epochs``.
        value: What it was.
        reason: How it was reached.
    """

    name: str
    value: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRecord:
    """The answer.

    Attributes:
        kind: ``use_network``, ``use_benchmark`` or ``no_answer``.
        sentence: The answer in one sentence.
        reasons: Why, a sentence each.
        missing: What an unfinished search has not looked at; empty when it is complete.
        architecture: Text form of the chosen network; empty if there is none.
        num_parameters: Its trainable weights; 0 if there is none.
        benchmark: Name of the best classical method on the folds; empty if none ran.
        p_value: One-sided p of "the network is no better than the benchmark" on the test
            windows; NaN if not tested.
        network_validation: The chosen network on the folds.
        network_test: Mean over the retrained seeds on the test windows.
        benchmark_validation: The benchmark on the folds.
        benchmark_test: The benchmark on the test windows.
        noise_floor: Estimated irreducible error in the decision metric, standardised units.
        seconds: Wall-clock time of the whole run.
        reached: Limits that the network has reached, within which alone the verdict holds.
    """

    kind: VerdictKind
    sentence: str
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    architecture: str = ""
    num_parameters: int = 0
    benchmark: str = ""
    p_value: float = float("nan")
    network_validation: Score | None = None
    network_test: Score | None = None
    benchmark_validation: Score | None = None
    benchmark_test: Score | None = None
    noise_floor: float = float("nan")
    seconds: float = 0.0
    reached: tuple[ReachedLimit, ...] = ()

    @property
    def within(self) -> str:
        """The limits that were reached, as in ``of at most 4 cells a layer and 10 epochs``."""
        units = {"max_cells": "cells a layer", "max_layers": "layers", "epochs": "epochs"}
        told = [
            f"{one.value} {units[one.name]}" if one.value > 1 else f"1 {units[one.name][:-1]}"
            for one in self.reached
        ]
        listed = " and ".join(filter(None, (", ".join(told[:-1]), *told[-1:])))
        return f"of at most {listed}" if told else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that a run has found; `evidence.json`.

    Attributes:
        data: What was forecast from what.
        verdict: The answer.
        baselines: Every classical method, best first, skipped ones last.
        candidates: Every size, in the order of trial.
        comparisons: Every paired comparison, in order.
        stages: How each stage of the search ended: stage name to reason.
        finals: The retrained networks on the test rows.
        lead_errors: Mean absolute test error in original units by step ahead, for ``network``
            and ``benchmark``.
        examples: Test windows for the picture.
        test_reads: How often the test rows were scored.
        tuning: What tuning has found; ``None`` where it was not asked for.
        costs: Every cohort that was trained: seconds foreseen and measured, in order.
        importance: How much each setting mattered in a joint search, most important first.
        interactions: How much each pair of them mattered beyond that, most important first.
        limits: What theory and rules of thumb said of the chosen size; ``None`` without one.
        outer: The searches of the outer folds; ``None`` where none were asked for.
        audit: What the leakage audit saw before anything was trained; ``None`` if it was not run.
    """

    data: DataRecord
    verdict: VerdictRecord
    baselines: tuple[BaselineRecord, ...] = ()
    candidates: tuple[CandidateRecord, ...] = ()
    comparisons: tuple[ComparisonRecord, ...] = ()
    stages: dict[str, str] = field(default_factory=dict)
    finals: tuple[FinalRecord, ...] = ()
    lead_errors: dict[str, tuple[float, ...]] = field(default_factory=dict)
    examples: tuple[ForecastExample, ...] = ()
    test_reads: int = 0
    tuning: TuningRecord | None = None
    costs: tuple[CostRecord, ...] = ()
    importance: tuple[ImportanceRecord, ...] = ()
    interactions: tuple[InteractionRecord, ...] = ()
    limits: LimitsRecord | None = None
    outer: OuterRecord | None = None
    audit: AuditRecord | None = None
