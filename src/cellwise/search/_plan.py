"""Tuning as a part of the whole search: what it needs of it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from cellwise._errors import DataError
from cellwise.data import ForecastData
from cellwise.records import AlphaStep, CandidateRecord, CostRecord, StageRecord
from cellwise.search._alpha import alpha_walk
from cellwise.search._batches import Batches, OwnBatches, Sampler
from cellwise.search._budget import Budget
from cellwise.search._candidate import Candidate
from cellwise.search._contexts import suggest_contexts
from cellwise.search._engine import Engine
from cellwise.search._final import neighbours
from cellwise.search._foresight import Foresight
from cellwise.search._growth import FIRST_CELLS
from cellwise.search._joint import Joint
from cellwise.search._observer import Observer
from cellwise.search._options import Facts, fits, left_out
from cellwise.search._ranges import Ranges
from cellwise.search._settings import SearchSettings
from cellwise.search._space import Space
from cellwise.search._trials import GroupTrials, Workplace
from cellwise.search._tuning import Tuning, single_layer
from cellwise.training import EpochReport, Experiment

# Shares of the time left that trials of a joint search may take, since a batch that the end of the
# time cuts off leaves nothing: the first, of which no pace is known; several together; one alone
_FIRST_SHARE, _BATCH_SHARE, _LONE_SHARE = 0.1, 0.25, 0.5

MakeBatches = Callable[[Sampler, Space], Batches]
"""``batches(sampler, space)`` gives what a joint search goes through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningPlan:
    """What the user asks of tuning.

    Attributes:
        ranges: What to try.
        recut: Gives the data with another context length, and an engine for it.
        batches: Gives the batches of a joint search; those of this run alone by default.
    """

    ranges: Ranges
    recut: Callable[[int], Workplace]
    batches: MakeBatches = OwnBatches


@dataclass(slots=True, kw_only=True)
class TuningRun:
    """Tuning or joint search with the budget, the ledger and the observer of a search.

    Attributes:
        plan: What to do.
        home: The data that growth has worked on.
        settings: Bounds of the search.
        foresight: Predicts cohorts.
        before_cohort: Told the expected cost, the experiment, its engine and the share of the time
            left that it may take; may end the search.
        budget: Counts the time.
        observer: Told what happens.
        add_to_ledger: Given each configuration.
        publish: Called before each cohort and after each stage.
        tuning: Tuning in progress.
        stage: Stage in progress.
    """

    plan: TuningPlan
    home: Workplace
    settings: SearchSettings
    foresight: Foresight
    before_cohort: Callable[[CostRecord, Experiment, Engine, float], None]
    budget: Budget
    observer: Observer
    add_to_ledger: Callable[[CandidateRecord], None]
    publish: Callable[[], object]
    tuning: Tuning | None = None
    stage: str = ""
    _trials: GroupTrials = field(init=False)

    def __post_init__(self) -> None:
        """Set up the trials."""
        self._trials = GroupTrials(
            places=self.place,
            seeds=self.settings.seeds,
            foresight=self.foresight,
            before_cohort=self._before_cohort,
            on_epoch=self._on_epoch,
            on_candidate=self._on_candidate,
        )

    def place(self, context_length: int) -> Workplace:
        """Return the data with a context length.

        Args:
            context_length: Past steps of a window.

        Returns:
            Where it is trained.
        """
        at_home = context_length == self.home.prepared.data.context_length
        return self.home if at_home else self.plan.recut(context_length)

    def run(self, chosen: Candidate, sound: Sequence[Candidate]) -> None:
        """Tune a size.

        Args:
            chosen: What growth has chosen.
            sound: All sizes that it has tried.
        """
        near = neighbours(chosen, sound).values()
        self.tuning = Tuning(
            settings=self.settings,
            ranges=self.plan.ranges,
            facts=Facts(
                contexts=self._contexts(),
                sizes=tuple(c.architecture for c in near),
                num_windows=self._num_windows,
            ),
            trials=self._trials,
            walk=self._walk,
            incumbent=chosen,
            on_stage=self._on_stage,
            on_comparison=self.observer.on_comparison,
        )
        self.tuning.run()

    def joint(self, sampler: Sampler) -> Joint:
        """Set up a joint search.

        Args:
            sampler: Who asks.

        Returns:
            The search; ``run`` begins it.
        """
        length = self.home.prepared.data.context_length
        space = Space(self.settings, self._fitting_ranges(), (length, *self._contexts()))
        return Joint(
            sampler=sampler,
            batches=self.plan.batches(sampler, space),
            trials=self._trials,
            seed=self.settings.seed,
            num_trials=self.settings.num_trials,
            stop_gain=self.settings.stop_gain,
        )

    @property
    def _num_windows(self) -> int:
        """Training windows of the smallest fold."""
        return min(len(fold.train_starts) for fold in self.home.prepared.data.folds)

    def _fitting_ranges(self) -> Ranges:
        """The ranges without batch sizes that are above the number of windows."""
        ranges, most = self.plan.ranges, self._num_windows
        without = left_out("batch_size", ranges, most)
        if not without:
            return ranges
        self.observer.on_note(f"left out   {without}")
        fitting = tuple(size for size in ranges.batch_size if fits(size, most))
        usual = (self.settings.training.batch_size,)
        return ranges.model_copy(update={"batch_size": fitting or usual})

    def _contexts(self) -> tuple[int, ...]:
        """Context lengths whose windows to be scored are the same, so that they can be paired."""
        data = self.home.prepared.data
        lengths = suggest_contexts(data, self.plan.ranges.context_length)
        if "context_length" not in self.plan.ranges.stages:
            return ()
        return tuple(length for length in lengths if self._fits(length, data))

    def _fits(self, length: int, data: ForecastData) -> bool:
        try:
            other = self.plan.recut(length).prepared.data
        except DataError:  # too few rows for windows of that length
            return False
        ours, theirs = (*data.folds, data.test), (*other.folds, other.test)
        return all(
            np.array_equal(a.val_starts + data.context_length, b.val_starts + length)
            for a, b in zip(ours, theirs, strict=True)
        )

    def _walk(self, incumbent: Candidate) -> tuple[AlphaStep, ...]:
        def trial(cells: int) -> Candidate:
            configuration = single_layer(incumbent.configuration, cells)
            return self._trials("alpha", [[configuration]])[0][0]

        data = self.place(incumbent.configuration.context_length).prepared.data
        return alpha_walk(data, trial, self.settings.max_cells)

    def _before_cohort(self, foreseen: CostRecord, experiment: Experiment, engine: Engine) -> None:
        self.stage = foreseen.stage
        self.before_cohort(foreseen, experiment, engine, self._share(experiment))
        self.publish()
        self.observer.on_trial(foreseen.stage, foreseen.architecture)

    def _share(self, experiment: Experiment) -> float:
        """Share of the time left that a cohort may take."""
        if self.tuning is not None:
            return 1.0
        several = len({member.recipe for member in experiment.members}) > 1
        if self.foresight.costs:
            return _BATCH_SHARE if several else _LONE_SHARE
        smallest = experiment.architecture.hidden_sizes == (FIRST_CELLS,)
        # the smallest alone is tried in any case: without it there is no answer
        return math.inf if smallest and not several else _FIRST_SHARE

    def _on_epoch(self, report: EpochReport) -> None:
        self.observer.on_epoch(report)
        self.budget.check_tuning()

    def _on_candidate(self, record: CandidateRecord) -> None:
        self.add_to_ledger(record)
        self.observer.on_candidate(record)
        if self.tuning is not None:
            self.tuning.add(record)

    def _on_stage(self, record: StageRecord) -> None:
        self.observer.on_note(f"tuning     {record.name}: {record.reason}")
        self.publish()
