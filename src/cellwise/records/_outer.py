"""Nested walk-forward: a whole search inside each outer fold, scored on rows that it never saw."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import mean, stdev
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A mean with the uncertainty that the folds give it.

    Attributes:
        mean: Mean over the folds that have a value; NaN if none has.
        standard_error: Deviation between folds over the root of their number; NaN below two.
        count: Folds that have a value.
    """

    mean: float
    standard_error: float
    count: int

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """Take mean and standard error.

        Args:
            values: A number for each fold; those that are not finite are left out.

        Returns:
            The spread.
        """
        known = [value for value in values if math.isfinite(value)]
        error = stdev(known) / len(known) ** 0.5 if len(known) > 1 else math.nan
        return cls(mean=mean(known) if known else math.nan, standard_error=error, count=len(known))


@dataclass(frozen=True, slots=True, kw_only=True)
class OuterFoldRecord:
    """What the search of one outer fold chose, and what that was worth on its test rows.

    Errors are of the decision metric, standardised by the training rows of the fold.

    Attributes:
        name: Such as ``outer fold 1``.
        num_rows: Rows that the search could learn and decide from.
        num_windows: Test windows of the fold.
        num_candidates: Configurations that it compared.
        architecture: Its choice; empty if no network could be trained.
        settings: All settings of the choice by name, where more than the size was searched.
        best: Lowest validation error of all that it tried.
        validation: Validation error of its choice.
        errors: Test error of the choice, a number per fresh seed.
        original_mae: Mean absolute test error in the data's units.
        benchmark: Best classical method on its folds; empty if none ran.
        benchmark_validation: Validation error of the benchmark.
        benchmark_test: Test error of the benchmark.
        missing: What it had no time for.
        seconds: Wall-clock time.
    """

    name: str
    num_rows: int
    num_windows: int
    num_candidates: int
    architecture: str
    settings: dict[str, Any] = field(default_factory=dict)
    best: float = math.nan
    validation: float = math.nan
    errors: tuple[float, ...] = ()
    original_mae: float = math.nan
    benchmark: str = ""
    benchmark_validation: float = math.nan
    benchmark_test: float = math.nan
    missing: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def test(self) -> float:
        """Mean test error over the fresh seeds; NaN without any."""
        return mean(self.errors) if self.errors else math.nan

    @property
    def optimism(self) -> float:
        """By how much the test error exceeds the lowest validation error, relative to that."""
        return self.test / self.best - 1

    @property
    def drift(self) -> float:
        """The same of the benchmark, which is hardly selected: how much harder the rows are."""
        return self.benchmark_test / self.benchmark_validation - 1

    @property
    def selection(self) -> float:
        """Optimism beyond what the benchmark shows on the same rows."""
        return (1 + self.optimism) / (1 + self.drift) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OuterRecord:
    """All outer folds of a run.

    Attributes:
        num_folds: How many were asked for.
        folds: Those that are done, in time order.
    """

    num_folds: int
    folds: tuple[OuterFoldRecord, ...] = ()

    @property
    def test(self) -> Spread:
        """The honest error: each search on rows that it never saw."""
        return Spread.of(fold.test for fold in self.folds)

    @property
    def benchmark_test(self) -> Spread:
        """The same of each search's classical method."""
        return Spread.of(fold.benchmark_test for fold in self.folds)

    @property
    def optimism(self) -> Spread:
        """How much the inner best flatters."""
        return Spread.of(fold.optimism for fold in self.folds)

    @property
    def drift(self) -> Spread:
        """How much harder the rows are, by the benchmark."""
        return Spread.of(fold.drift for fold in self.folds)

    @property
    def selection(self) -> Spread:
        """Optimism beyond that."""
        return Spread.of(fold.selection for fold in self.folds)

    @property
    def sizes(self) -> tuple[str, ...]:
        """What each search chose, in time order; empty text where it chose nothing."""
        return tuple(fold.architecture for fold in self.folds)
