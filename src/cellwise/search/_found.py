"""What a search has found so far, and the evidence that is made of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cellwise.baselines import BaselineRun
from cellwise.data import Metric, Prepared
from cellwise.records import ComparisonRecord, Evidence, VerdictRecord
from cellwise.search._batches import SAMPLERS
from cellwise.search._candidate import Candidate
from cellwise.search._compare import Errors, compare, decide
from cellwise.search._data_record import data_record
from cellwise.search._examples import forecast_examples
from cellwise.search._final import Retrained, TestOutcome
from cellwise.search._growth import Explorer
from cellwise.search._importance import Importances, importances
from cellwise.search._limits import limits_record
from cellwise.search._noise_floor import noise_floor
from cellwise.search._plan import TuningRun
from cellwise.search._reached import limits_reached
from cellwise.search._settings import SearchSettings
from cellwise.search._verdict import Findings, judge


@dataclass(slots=True, kw_only=True)
class Found:
    """What a search has found so far.

    Attributes:
        settings: What bounds the search.
        metric: Decision metric.
        baselines: Classical methods, best first.
        explorer: Who looks for the size.
        tuned: Tuning in progress.
        findings: What the verdict is made of.
        missing: What has not been looked at, in words.
        model: The retrained network, once there is one.
        interrupted: Whether Ctrl-C ended the search.
    """

    settings: SearchSettings
    metric: Metric
    baselines: tuple[BaselineRun, ...] = ()
    explorer: Explorer | None = None
    tuned: TuningRun | None = None
    findings: Findings = field(default_factory=Findings)
    missing: list[str] = field(default_factory=list)
    model: Retrained | None = None
    interrupted: bool = False

    @property
    def candidates(self) -> list[Candidate]:
        """Every size tried, in order."""
        return self.explorer.candidates if self.explorer else []

    @property
    def sound(self) -> list[Candidate]:
        """Those of finite error."""
        return [c for c in self.candidates if not c.failed]

    @property
    def incumbent(self) -> Candidate | None:
        """Where the explorer has ended."""
        return self.explorer.incumbent if self.explorer else None

    @property
    def comparisons(self) -> list[ComparisonRecord]:
        """Every decision, in order."""
        return self.explorer.comparisons if self.explorer else []

    @property
    def benchmark(self) -> BaselineRun | None:
        """The best classical method."""
        return next((run for run in self.baselines if not run.record.skipped), None)

    @property
    def grown(self) -> Candidate:
        """Where the explorer has ended, or its first sound size."""
        incumbent = self.incumbent
        return self.sound[0] if incumbent is None or incumbent.failed else incumbent

    def recommend(self, chosen: Candidate) -> None:
        """Note what is recommended, and compare it with the benchmark on the folds.

        Args:
            chosen: The network.
        """
        self.findings = replace(self.findings, chosen=chosen)
        best = self.benchmark
        if best is None:
            return
        errors: Errors = tuple(fold[None] for fold in best.errors)
        record = decide(
            compare(self.metric, chosen.errors, errors),
            stage="benchmark",
            candidate=str(chosen.architecture),
            incumbent=best.record.name,
            alpha=self.settings.alpha,
            min_gain=0.0,
        )
        self.comparisons.append(record)
        self.findings = replace(
            self.findings,
            benchmark=best.record.name,
            benchmark_label=best.record.label,
            validation=record,
        )

    def open_test(self, outcome: TestOutcome, model: Retrained) -> None:
        """Note what the test rows have said.

        Args:
            outcome: Of all that was scored.
            model: The recommended network.
        """
        self.findings, self.model = replace(self.findings, outcome=outcome), model
        if outcome.comparison is not None:
            self.comparisons.append(outcome.comparison)

    def judge(self) -> None:
        """Settle what the verdict is made of."""
        goal, chosen = self.settings.goal, self.findings.chosen
        self.findings = replace(
            self.findings,
            missing=tuple(self.missing),
            goal=goal,
            reached_goal=bool(goal and chosen and chosen.record.error <= goal),
            reached=limits_reached(chosen.record, self.settings) if chosen else (),
        )

    def evidence(self, prepared: Prepared, latest: Candidate | None = None) -> Evidence:
        """Put together the evidence so far.

        Args:
            prepared: The data.
            latest: A candidate that is not yet among the others.

        Returns:
            The evidence; who calls adds costs and what was found outside the search.
        """
        candidates = [*self.candidates, *([latest] if latest else [])]
        findings, tuning = self.findings, self.tuned.tuning if self.tuned else None
        outcome, mattered = findings.outcome, self._importance()
        return Evidence(
            data=data_record(prepared, self.metric),
            verdict=self._verdict(prepared, candidates),
            baselines=tuple(run.record for run in self.baselines),
            candidates=tuple(c.record for c in candidates),
            comparisons=tuple(self.comparisons),
            stages=dict(self.explorer.stages) if self.explorer else {},
            finals=outcome.finals if outcome else (),
            lead_errors=outcome.lead_errors if outcome else {},
            examples=forecast_examples(prepared, self.model, outcome),
            test_reads=int(outcome is not None),
            tuning=tuning.record if tuning else None,
            importance=mattered.settings,
            interactions=mattered.pairs,
            limits=limits_record(prepared.data, findings.chosen.architecture)
            if findings.chosen
            else None,
        )

    @property
    def _ended(self) -> bool:
        return self.findings.outcome is not None or self.interrupted

    def _importance(self) -> Importances:
        """What mattered, once a joint search has ended."""
        if not self._ended or self.settings.strategy not in SAMPLERS:
            return Importances()
        return importances([c.record for c in self.candidates], self.settings.seed)

    def _verdict(self, prepared: Prepared, candidates: Sequence[Candidate]) -> VerdictRecord:
        best = self.benchmark
        return replace(
            judge(self.findings),
            benchmark=best.record.name if best else "",
            benchmark_validation=best.record.score if best else None,
            noise_floor=self._noise_floor(prepared, candidates) if self._ended else float("nan"),
        )

    def _noise_floor(self, prepared: Prepared, candidates: Sequence[Candidate]) -> float:
        errors = [c.record.error for c in candidates]
        errors += [run.record.error for run in self.baselines]
        reached = min((e for e in errors if np.isfinite(e)), default=float("inf"))
        data = prepared.data
        return noise_floor(data, data.folds[0].train_starts, self.metric, reached)
