"""The whole search, from classical methods to the verdict."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cellwise.architecture import Architecture
from cellwise.baselines import BaselineRun, run_baselines
from cellwise.data import Metric, Prepared
from cellwise.records import (
    AuditRecord,
    CandidateRecord,
    CostRecord,
    Evidence,
    LimitsRecord,
    OuterRecord,
    VerdictRecord,
)
from cellwise.search._afresh import FinalTraining
from cellwise.search._batches import SAMPLERS
from cellwise.search._budget import Budget, BudgetEndedError
from cellwise.search._candidate import Candidate
from cellwise.search._choice import choose
from cellwise.search._compare import Errors, compare, decide
from cellwise.search._data_record import data_record
from cellwise.search._engine import Engine
from cellwise.search._examples import forecast_examples
from cellwise.search._final import (
    Retrained,
    TestOutcome,
    neighbours,
    open_test,
)
from cellwise.search._foresight import Foresight
from cellwise.search._grid import Grid
from cellwise.search._growth import Explorer, Growth
from cellwise.search._importance import Importances, importances
from cellwise.search._limits import limits_record
from cellwise.search._listed import Listed
from cellwise.search._noise_floor import noise_floor
from cellwise.search._observer import Observer
from cellwise.search._plan import TuningPlan, TuningRun
from cellwise.search._settings import SearchSettings
from cellwise.search._size_trials import SizeTrials
from cellwise.search._trials import Workplace
from cellwise.search._verdict import Findings, judge
from cellwise.training import Experiment

# Share of the budget for classical methods, and their seconds where there is no budget
_BASELINE_SHARE, _BASELINE_SECONDS = 0.15, 60.0
# Share of the time that writing evidence in between may take
_PUBLISHING_SHARE = 0.05


@dataclass(slots=True, kw_only=True)
class Search:
    """A search in progress.

    Attributes:
        prepared: The data.
        metric: Decision metric.
        settings: What bounds it.
        engine: Trains cohorts.
        budget: Counts the time.
        observer: Told what happens.
        foresight: Predicts cohorts.
        save: Given the evidence so far after each step.
        add_to_ledger: Given each candidate.
        before_test: Given what is about to be scored on the test rows.
        audit: What the leakage audit has seen.
        plan: Ranges for tuning and for joint search; not needed for others.
        outer: What the outer folds have found before this search.
        all_sizes: Whether the neighbours of the choice are retrained and scored, too.
        interrupted: Whether Ctrl-C ended it.
        model: The retrained network, once there is one.
    """

    prepared: Prepared
    metric: Metric
    settings: SearchSettings
    engine: Engine
    budget: Budget
    observer: Observer = field(default_factory=Observer)
    foresight: Foresight = field(default_factory=Foresight)
    save: Callable[[Evidence], None] = lambda _: None
    add_to_ledger: Callable[[CandidateRecord], None] = lambda _: None
    before_test: Callable[[Sequence[Experiment]], None] = lambda _: None
    audit: AuditRecord | None = None
    plan: TuningPlan | None = None
    outer: OuterRecord | None = None
    all_sizes: bool = True
    interrupted: bool = False
    model: Retrained | None = None
    _baselines: tuple[BaselineRun, ...] = ()
    _growth: Explorer | None = None
    _tuned: TuningRun | None = None
    _findings: Findings = field(default_factory=Findings)
    _evidence: Evidence | None = None
    _missing: list[str] = field(default_factory=list)
    _on_trial: str = ""
    _publish_after: float = 0.0
    _sizes: SizeTrials = field(init=False)

    def __post_init__(self) -> None:
        """Set up who trains sizes."""
        self._sizes = SizeTrials(
            data=self.prepared.data,
            settings=self.settings,
            engine=self.engine,
            budget=self.budget,
            foresight=self.foresight,
            observer=self.observer,
            add_to_ledger=self.add_to_ledger,
            on_candidate=self._publish_sparingly,
            on_trial=self._note_trial,
            incumbent=lambda: self._growth.incumbent if self._growth else None,
        )

    def run(self) -> Evidence:
        """Search to the end; Ctrl-C ends it with what there is.

        Returns:
            The evidence.
        """
        try:
            if not self.interrupted:
                self._run_baselines()
                self._grow()
                self._finish()
        except KeyboardInterrupt:
            self.interrupt(f" during {self._on_trial}" if self._on_trial else "")
        return self.publish()

    def interrupt(self, where: str) -> None:
        """End the search with what there is.

        Args:
            where: Where it was, in words that follow ``interrupted``.
        """
        self.interrupted = True
        self._missing.append(f"it was interrupted{where}; `cellwise resume` goes on from there")
        self._judge()

    @property
    def chosen(self) -> Candidate | None:
        """What it recommends, once it does."""
        return self._findings.chosen

    def rehearse(self) -> tuple[CostRecord, ...]:
        """Walk through the search with an engine that only pretends; the test rows stay shut.

        Returns:
            What each cohort would cost, in order.
        """
        self._grow()
        self._settle()
        return tuple(self.foresight.costs)

    def _run_baselines(self) -> None:
        budget = self.budget
        allowed = budget.span * _BASELINE_SHARE if budget.limit else _BASELINE_SECONDS
        self._baselines = run_baselines(
            self.prepared.data,
            self.metric,
            seconds_allowed=allowed,
            on_result=self.observer.on_baseline,
        )
        self.publish()

    def _grow(self) -> None:
        self._growth = self._explorer()
        try:
            self._growth.run()
        except BudgetEndedError:
            strategy, reason = self.settings.strategy, "the time ended"
            if strategy in SAMPLERS:  # it has no end of its own: nothing is missing
                self._growth.stages[strategy] = reason
            else:
                reason = f"{reason} before {self._on_trial} was tried"
                self._growth.stages[self._sizes.stage] = reason
                self._missing.append(reason)
        self._on_trial = ""

    def _explorer(self) -> Explorer:
        """Who looks for the size, and for all else in a joint search."""
        strategy = self.settings.strategy
        if strategy in ("grid", "known"):
            return self._listed()
        if self.plan and strategy in SAMPLERS:
            home = Workplace(prepared=self.prepared, engine=self.engine)
            self._tuned = self._tuning_run(self.plan, home)
            return self._tuned.joint(strategy)
        data = self.prepared.data
        return Growth(
            settings=self.settings,
            metric=self.metric,
            trial=self._sizes.one,
            count_parameters=lambda a: a.num_parameters(
                input_size=data.input_size, output_size=data.output_size
            ),
            on_comparison=self.observer.on_comparison,
        )

    def _listed(self) -> Listed:
        """The sizes of a grid, or what the user has in mind."""
        settings, in_grid = self.settings, self.settings.strategy == "grid"
        if in_grid:
            waves = Grid.parse(settings.grid).waves(settings)
        else:
            waves = [[Architecture.parse(text) for text in dict.fromkeys(settings.known)]]
        return Listed(waves=waves, stage=settings.strategy, settings=settings, trials=self._sizes)

    def _tuning_run(self, plan: TuningPlan, home: Workplace) -> TuningRun:
        return TuningRun(
            plan=plan,
            home=home,
            settings=self.settings,
            foresight=self.foresight,
            before_cohort=self._sizes.check_tuning,
            budget=self.budget,
            observer=self.observer,
            add_to_ledger=self.add_to_ledger,
            publish=self._publish_sparingly,
        )

    def _finish(self) -> None:
        """Choose, train afresh, open the test rows once, judge."""
        home = Workplace(prepared=self.prepared, engine=self.engine)
        retrained = self._settle()
        if retrained:
            self._open_test(home, retrained)
        self._judge()

    def _settle(self) -> list[Retrained]:
        """Choose, tune and train afresh."""
        sound = [c for c in self._candidates() if not c.failed]
        if not sound:
            self._missing.append("no network could be trained")
            return []
        alpha, goal = self.settings.alpha, self.settings.goal
        chosen, comparisons = choose(sound, self._grown(sound), self.metric, alpha=alpha, goal=goal)
        self._comparisons().extend(comparisons)
        home = Workplace(prepared=self.prepared, engine=self.engine)
        tuned = self._tune(home, chosen, sound)
        self._compare_on_folds(tuned)
        return self._retrain(self._to_retrain(tuned, chosen, sound))

    def _tune(self, home: Workplace, chosen: Candidate, sound: Sequence[Candidate]) -> Candidate:
        """Tune the chosen size, as far as the time allows; the data may get another context."""
        if self.plan is None or self.settings.strategy != "structured":
            self._move_to(chosen)
            return chosen
        self._tuned = self._tuning_run(self.plan, home)
        try:
            self._tuned.run(chosen, sound)
        except BudgetEndedError:
            self._missing.append(f"the time ended in tuning, at {self._tuned.stage}")
        tuned = self._tuned.tuning.incumbent if self._tuned.tuning else chosen
        self._move_to(tuned)
        return tuned

    def _move_to(self, candidate: Candidate) -> None:
        """Go on with the data that a candidate was trained on."""
        place = self._place(candidate)
        self.prepared, self.engine = place.prepared, place.engine

    def _to_retrain(
        self, tuned: Candidate, chosen: Candidate, sound: Sequence[Candidate]
    ) -> dict[str, Candidate]:
        """What is trained afresh, by role: neighbours in size, or what tuning began with."""
        if not self.all_sizes:
            return {"chosen": tuned}
        if tuned is chosen:
            return {"chosen": chosen, **neighbours(chosen, sound)}
        return {"chosen": tuned, "untuned": chosen}

    def _compare_on_folds(self, chosen: Candidate) -> None:
        self._findings = replace(self._findings, chosen=chosen)
        best = self._benchmark()
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
        self._comparisons().append(record)
        self._findings = replace(
            self._findings,
            benchmark=best.record.name,
            benchmark_label=best.record.label,
            validation=record,
        )

    def _retrain(self, wanted: dict[str, Candidate]) -> list[Retrained]:
        training = FinalTraining(
            settings=self.settings,
            place=self._place,
            budget=self.budget,
            foresight=self.foresight,
            observer=self.observer,
            on_trial=self._note_trial,
        )
        retrained = training.run(wanted)
        if not retrained:
            self._missing.append("the final training ended with non-finite numbers")
        return retrained

    def _note_trial(self, architecture: str) -> None:
        self._on_trial = architecture

    def _place(self, candidate: Candidate) -> Workplace:
        if self._tuned is None:
            return Workplace(prepared=self.prepared, engine=self.engine)
        return self._tuned.place(candidate.configuration.context_length)

    def _open_test(self, home: Workplace, retrained: list[Retrained]) -> None:
        """Score all on the test rows; the benchmark on the data that it was chosen on."""
        best = self._benchmark()
        self.before_test([one.experiment for one in retrained])
        outcome = open_test(
            home.prepared.data,
            self.metric,
            retrained,
            best.method if best else None,
            self.settings.alpha,
        )
        self._findings = replace(self._findings, outcome=outcome)
        if outcome.comparison is not None:
            self._comparisons().append(outcome.comparison)
        self.model = retrained[0]

    def _judge(self) -> None:
        goal = self.settings.goal
        chosen = self._findings.chosen
        self._findings = replace(
            self._findings,
            missing=tuple(self._missing),
            goal=goal,
            reached_goal=bool(goal and chosen and chosen.record.error <= goal),
        )

    def _candidates(self) -> list[Candidate]:
        return self._growth.candidates if self._growth else []

    def _grown(self, sound: list[Candidate]) -> Candidate:
        """Where growth ended."""
        incumbent = self._growth.incumbent if self._growth else None
        return sound[0] if incumbent is None or incumbent.failed else incumbent

    def _comparisons(self) -> list[Any]:
        return self._growth.comparisons if self._growth else []

    def _benchmark(self) -> BaselineRun | None:
        return next((run for run in self._baselines if not run.record.skipped), None)

    def _publish_sparingly(self, latest: Candidate | None = None) -> None:
        """Publish unless that would take more than a small share of the time: it grows with all."""
        if time.monotonic() < self._publish_after:
            return
        begun = time.monotonic()
        self.publish(latest)
        ended = time.monotonic()
        self._publish_after = ended + (ended - begun) / _PUBLISHING_SHARE

    def publish(self, latest: Candidate | None = None) -> Evidence:
        """Put together and save the evidence so far.

        Args:
            latest: A candidate that is not yet among the others.

        Returns:
            The evidence.
        """
        candidates = [*self._candidates(), *([latest] if latest else [])]
        outcome, mattered = self._findings.outcome, self._importance()
        evidence = Evidence(
            data=data_record(self.prepared, self.metric),
            verdict=self._verdict(candidates, outcome),
            baselines=tuple(run.record for run in self._baselines),
            candidates=tuple(c.record for c in candidates),
            comparisons=tuple(self._comparisons()),
            stages=dict(self._growth.stages) if self._growth else {},
            finals=outcome.finals if outcome else (),
            lead_errors=outcome.lead_errors if outcome else {},
            examples=forecast_examples(self.prepared, self.model, outcome),
            test_reads=int(outcome is not None),
            tuning=self._tuned.tuning.record if self._tuned and self._tuned.tuning else None,
            importance=mattered.settings,
            interactions=mattered.pairs,
            costs=tuple(self.foresight.costs),
            limits=self._limits(),
            outer=self.outer,
            audit=self.audit,
        )
        self.save(evidence)
        return evidence

    def _limits(self) -> LimitsRecord | None:
        """What theory says of the chosen size, once there is one."""
        chosen = self._findings.chosen
        return limits_record(self.prepared.data, chosen.architecture) if chosen else None

    def _importance(self) -> Importances:
        """What mattered, once a joint search has ended."""
        ended = self._findings.outcome is not None or self.interrupted
        if not ended or self.settings.strategy not in SAMPLERS:
            return Importances()
        return importances([c.record for c in self._candidates()], self.settings.seed)

    def _verdict(
        self, candidates: Sequence[Candidate], outcome: TestOutcome | None
    ) -> VerdictRecord:
        floor, data = float("nan"), self.prepared.data
        if outcome is not None or self.interrupted:
            errors = [c.record.error for c in candidates]
            errors += [run.record.error for run in self._baselines]
            reached = min((e for e in errors if np.isfinite(e)), default=float("inf"))
            floor = noise_floor(data, data.folds[0].train_starts, self.metric, reached)
        best = self._benchmark()
        return replace(
            judge(self._findings),
            benchmark=best.record.name if best else "",
            benchmark_validation=best.record.score if best else None,
            noise_floor=floor,
            seconds=self.budget.seconds,
        )
