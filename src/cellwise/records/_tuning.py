"""What tuning has tried and found, after the size was known."""

from dataclasses import dataclass
from typing import Any

from cellwise.records._trials import CandidateRecord, ComparisonRecord

RANGE_TEST = "range_test"
"""Stage that trains briefly at rates from far too low to far too high, some of which must fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePoint:
    """A learning rate in the range test.

    Attributes:
        learning_rate: The rate.
        error: Decision metric after the short training, mean over folds; NaN where a fold ended
            with non-finite numbers.
    """

    learning_rate: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlphaStep:
    """A step of the alpha rule ``N_h = N_s / (alpha (N_i + N_o))``.

    Attributes:
        alpha: From 2 to 10.
        cells_by_windows: Cells where every training window counts as a sample.
        cells_by_independent: Cells where only windows that share no row count.
        cells: Cells that were trained; 0 if none were.
        error: Decision metric on the folds; NaN if not trained.
        gap: ``(validation - training) / validation`` error, mean over folds; NaN if not known.
        gap_bound: Lower one-sided 95 % bound of ``gap`` over folds.
        reason: Why the walk went on, ended, or passed over this step.
    """

    alpha: int
    cells_by_windows: float
    cells_by_independent: float
    cells: int = 0
    error: float = float("nan")
    gap: float = float("nan")
    gap_bound: float = float("nan")
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRecord:
    """One stage of tuning.

    Attributes:
        name: Such as ``dropout``.
        before: What it began with, in words.
        tried: What it tried instead, in words, best first.
        after: What it ended with; equal to ``before`` where it changed nothing.
        reason: Why.
        seconds: Wall-clock time of its cohorts.
    """

    name: str
    before: str
    tried: tuple[str, ...]
    after: str
    reason: str
    seconds: float

    @property
    def changed(self) -> bool:
        """Whether it changed anything."""
        return self.after != self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningRecord:
    """Structured tuning of the size that growth has chosen.

    Attributes:
        architecture: What tuning ended with.
        settings: All settings that it ended with, by name.
        error_before: Validation error it began with.
        error: Validation error it ended with. It is the lowest of many on the same rows, so it
            flatters; the test rows say what it is worth.
        stages: Every stage, in order.
        candidates: Every setting tried, in order.
        comparisons: Every decision, in order.
        range_test: Learning rates of the range test.
        alpha: Steps of the alpha rule.
    """

    architecture: str
    settings: dict[str, Any]
    error_before: float
    error: float
    stages: tuple[StageRecord, ...] = ()
    candidates: tuple[CandidateRecord, ...] = ()
    comparisons: tuple[ComparisonRecord, ...] = ()
    range_test: tuple[RatePoint, ...] = ()
    alpha: tuple[AlphaStep, ...] = ()
