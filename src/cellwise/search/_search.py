"""The whole search, from classical methods to the verdict."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from cellwise.architecture import Architecture
from cellwise.baselines import run_baselines
from cellwise.data import Metric, Prepared
from cellwise.records import (
    AuditRecord,
    CandidateRecord,
    CostRecord,
    Evidence,
    OuterRecord,
)
from cellwise.search._afresh import FinalTraining
from cellwise.search._batches import SAMPLERS
from cellwise.search._budget import Budget, BudgetEndedError
from cellwise.search._candidate import Candidate
from cellwise.search._choice import choose
from cellwise.search._engine import Engine
from cellwise.search._final import (
    Retrained,
    neighbours,
    open_test,
)
from cellwise.search._foresight import Foresight
from cellwise.search._found import Found
from cellwise.search._grid import Grid
from cellwise.search._growth import Explorer, Growth
from cellwise.search._joint import FIRST_ESTIMATE
from cellwise.search._kept_methods import KeptMethods
from cellwise.search._listed import Listed
from cellwise.search._observer import Observer
from cellwise.search._plan import TuningPlan, TuningRun
from cellwise.search._settings import LISTS, SearchSettings
from cellwise.search._size_trials import SizeTrials
from cellwise.search._trials import Workplace
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
        methods: Classical methods that were scored before.
        plan: Ranges for tuning and for joint search; not needed for others.
        outer: What the outer folds have found before this search.
        all_sizes: Whether the neighbours of the choice are retrained and scored, too.
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
    methods: KeptMethods = field(default_factory=KeptMethods)
    plan: TuningPlan | None = None
    outer: OuterRecord | None = None
    all_sizes: bool = True
    _found: Found = field(init=False)
    _on_trial: str = ""
    _publish_after: float = 0.0
    _sizes: SizeTrials = field(init=False)

    def __post_init__(self) -> None:
        """Set up what is found and who trains sizes."""
        self._found = Found(settings=self.settings, metric=self.metric)
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
            incumbent=lambda: self._found.incumbent,
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
        self._found.interrupted = True
        self._found.missing.append(
            f"it was interrupted{where}; `cellwise resume` goes on from there"
        )
        self._found.judge()

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended it."""
        return self._found.interrupted

    @property
    def chosen(self) -> Candidate | None:
        """What it recommends, once it does."""
        return self._found.findings.chosen

    @property
    def model(self) -> Retrained | None:
        """The retrained network, once there is one."""
        return self._found.model

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
        self._found.baselines = run_baselines(
            self.prepared.data,
            self.metric,
            seconds_allowed=allowed,
            on_result=self.observer.on_baseline,
            recall=self.methods.recall,
            keep=self.methods.keep,
        )
        self.publish()

    def _grow(self) -> None:
        self._found.explorer = explorer = self._explorer()
        try:
            explorer.run()
        except BudgetEndedError as ended:
            strategy, reason = self.settings.strategy, str(ended) or "the time ended"
            if strategy in SAMPLERS:
                self._end_sampling(explorer, reason)
            else:
                if not str(ended):
                    when = "while" if self._sizes.in_training else "before"
                    reason = f"{reason} {when} {self._on_trial} was trained"
                explorer.stages[self._sizes.stage] = reason
                self._found.missing.append(reason)
        self._on_trial = ""

    def _end_sampling(self, explorer: Explorer, reason: str) -> None:
        """A sampler has no end of its own: what is missing are the fewest trials that say much."""
        explorer.stages[self.settings.strategy], done = reason, len(explorer.candidates)
        if done < FIRST_ESTIMATE:
            self._found.missing.append(
                f"{reason} after {done} of the {FIRST_ESTIMATE} trials to their end that it takes to "
                "estimate what more would gain"
            )

    def _explorer(self) -> Explorer:
        """Who looks for the size, and for all else in a joint search."""
        strategy = self.settings.strategy
        if strategy in LISTS:
            return self._listed()
        if self.plan and strategy in SAMPLERS:
            self._found.tuned = self._tuning_run(self.plan)
            return self._found.tuned.joint(strategy)
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

    def _tuning_run(self, plan: TuningPlan) -> TuningRun:
        return TuningRun(
            plan=plan,
            home=self._home,
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
        home = self._home  # tuning may move to another context
        retrained = self._settle()
        if retrained:
            self._open_test(home, retrained)
        self._found.judge()

    def _settle(self) -> list[Retrained]:
        """Choose, tune and train afresh."""
        sound = self._found.sound
        if not sound:
            self._found.missing.append("no network could be trained")
            return []
        alpha, goal = self.settings.alpha, self.settings.goal
        chosen, comparisons = choose(sound, self._found.grown, self.metric, alpha=alpha, goal=goal)
        self._found.comparisons.extend(comparisons)
        tuned = self._tune(chosen, sound)
        self._found.recommend(tuned)
        return self._retrain(self._to_retrain(tuned, chosen, sound))

    def _tune(self, chosen: Candidate, sound: Sequence[Candidate]) -> Candidate:
        """Tune the chosen size, as far as the time allows; the data may get another context."""
        if self.plan is None or self.settings.strategy != "structured":
            self._move_to(chosen)
            return chosen
        self._found.tuned = self._tuning_run(self.plan)
        try:
            self._found.tuned.run(chosen, sound)
        except BudgetEndedError as ended:
            reason = str(ended) or "the time ended"
            self._found.missing.append(f"{reason} in tuning, at {self._found.tuned.stage}")
        tuned = self._found.tuned.tuning.incumbent if self._found.tuned.tuning else chosen
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
            self._found.missing.append("the final training ended with non-finite numbers")
        return retrained

    def _note_trial(self, architecture: str) -> None:
        self._on_trial = architecture

    @property
    def _home(self) -> Workplace:
        """The data as it is cut now, and who trains on it."""
        return Workplace(prepared=self.prepared, engine=self.engine)

    def _place(self, candidate: Candidate) -> Workplace:
        if self._found.tuned is None:
            return self._home
        return self._found.tuned.place(candidate.configuration.context_length)

    def _open_test(self, home: Workplace, retrained: list[Retrained]) -> None:
        """Score all on the test rows; the benchmark on the data that it was chosen on."""
        best = self._found.benchmark
        self.before_test([one.experiment for one in retrained])
        outcome = open_test(
            home.prepared.data,
            self.metric,
            retrained,
            best.method if best else None,
            self.settings.alpha,
        )
        self._found.open_test(outcome, retrained[0])

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
        found = self._found.evidence(self.prepared, latest)
        evidence = replace(
            found,
            verdict=replace(found.verdict, seconds=self.budget.seconds),
            costs=tuple(self.foresight.costs),
            outer=self.outer,
            audit=self.audit,
        )
        self.save(evidence)
        return evidence
