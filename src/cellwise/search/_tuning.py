"""Structured tuning of the size that growth has chosen: one setting after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cellwise.architecture import Architecture, RecurrentLayer
from cellwise.records import (
    RANGE_TEST,
    AlphaStep,
    CandidateRecord,
    ComparisonRecord,
    RatePoint,
    StageRecord,
    TuningRecord,
)
from cellwise.search._candidate import Candidate
from cellwise.search._compare import compare, decide, gain_words, relative_gain
from cellwise.search._configuration import Configuration
from cellwise.search._layer_options import like
from cellwise.search._options import Facts, Group, left_out, options
from cellwise.search._ranges import Ranges
from cellwise.search._settings import SearchSettings

Trials = Callable[[str, Sequence[Group]], list[list[Candidate]]]
"""``trials(stage, groups) -> candidates of each group``; all but the best of a group may have been
halved."""

Walk = Callable[[Candidate], tuple[AlphaStep, ...]]
"""Walks the alpha rule with the settings of a candidate."""


@dataclass(slots=True, kw_only=True)
class Tuning:
    """Tuning in progress: a pure function of what its trials return.

    Attributes:
        settings: Level and smallest gain that counts.
        ranges: What to try.
        facts: What the data and growth say.
        trials: Trains groups of configurations.
        walk: Walks the alpha rule.
        incumbent: What it has so far; at the start, what growth has chosen.
        on_stage: Told each stage.
        on_comparison: Told each decision.
        record: What it has found so far.
    """

    settings: SearchSettings
    ranges: Ranges
    facts: Facts
    trials: Trials
    walk: Walk
    incumbent: Candidate
    on_stage: Callable[[StageRecord], None] = lambda _: None
    on_comparison: Callable[[ComparisonRecord], None] = lambda _: None
    record: TuningRecord = field(init=False)
    _before_stage: int = 0

    def __post_init__(self) -> None:
        """Begin the record."""
        error = self.incumbent.record.error
        self.record = TuningRecord(architecture="", settings={}, error_before=error, error=error)
        self._describe()

    def run(self) -> None:
        """Go through the stages in their order."""
        for stage in self.ranges.stages:
            self._before_stage = len(self.record.candidates)
            self._alpha() if stage == "alpha" else self._stage(stage)

    def _stage(self, stage: str) -> None:
        facts = self._range_test() if stage == "learning_rate" else self.facts
        before = self.incumbent.configuration
        groups = options(stage, before, self.ranges, facts)
        tried = [_best(group) for group in self.trials(stage, groups)] if groups else []
        tried.sort(key=lambda c: np.inf if c.failed else c.record.error)
        without = left_out(stage, self.ranges, self.facts.num_windows)
        reason = "; ".join(filter(None, (self._challenge(stage, tried), without)))
        told = tuple(c.configuration.words(before) for c in tried)
        self._note(stage, before, told, reason)

    def _challenge(self, stage: str, tried: list[Candidate]) -> str:
        """Put the best of what was tried to the test of growth; it may replace the incumbent."""
        if not tried:
            return "there is nothing else to try"
        if tried[0].failed:
            return "all that was tried ended with non-finite numbers"
        best, before = tried[0], self.incumbent
        words = best.configuration.words(before.configuration)
        record = decide(
            compare(best.configuration.training.metric, best.errors, before.errors),
            stage=stage,
            candidate=words,
            incumbent=before.configuration.words(best.configuration),
            alpha=self.settings.alpha / len(tried),  # the best of so many is put to the test
            min_gain=self.settings.min_gain,
        )
        self.record = replace(self.record, comparisons=(*self.record.comparisons, record))
        self.on_comparison(record)
        if record.accepted:
            self.incumbent = best
        many = f"the best of {len(tried)}, " if len(tried) > 1 else ""
        return f"{many}{words}: {record.reason}"

    def _range_test(self) -> Facts:
        """Train briefly at rates from far too low to far too high, without a schedule."""
        base = self.incumbent.configuration
        training = replace(
            base.training, schedule="constant", stop_after=max(1, base.training.epochs // 4)
        )
        rates = self.ranges.learning_rate.rates
        groups = [
            [replace(base, training=training, recipe=replace(base.recipe, learning_rate=rate))]
            for rate in rates
        ]
        found = [_best(group) for group in self.trials(RANGE_TEST, groups)]
        points = tuple(
            RatePoint(learning_rate=rate, error=one.record.error)
            for rate, one in zip(rates, found, strict=True)
        )
        self.record = replace(self.record, range_test=points)
        sound = [p for p in points if np.isfinite(p.error)]
        centre = min(sound, key=lambda p: p.error).learning_rate if sound else 0.0
        return replace(self.facts, centre=centre)

    def _alpha(self) -> None:
        steps = self.walk(self.incumbent)
        self.record = replace(self.record, alpha=steps)
        now = self.incumbent.configuration
        told = tuple(f"{s.cells} cells at alpha {s.alpha}" for s in steps if s.cells)
        self._note("alpha", now, told, _alpha_words(steps, self.incumbent))

    def _note(
        self,
        stage: str,
        before: Configuration,
        tried: tuple[str, ...],
        reason: str,
    ) -> None:
        after = self.incumbent.configuration
        trained = self.record.candidates[self._before_stage :]
        record = StageRecord(
            name=stage,
            before=before.words(),
            tried=tried,
            after=after.words(),
            reason=reason if after != before or stage == "alpha" else f"changed nothing: {reason}",
            seconds=sum(one.seconds for one in trained),
        )
        self.record = replace(self.record, stages=(*self.record.stages, record))
        self._describe()
        self.on_stage(record)

    def _describe(self) -> None:
        now = self.incumbent
        self.record = replace(
            self.record,
            architecture=str(now.architecture),
            settings=now.configuration.to_plain(),
            error=now.record.error,
        )

    def add(self, record: CandidateRecord) -> None:
        """Keep what was tried.

        Args:
            record: A configuration under trial.
        """
        self.record = replace(self.record, candidates=(*self.record.candidates, record))


def single_layer(base: Configuration, cells: int) -> Configuration:
    """Return one layer with the settings of a configuration.

    Args:
        base: Gives the cell and the settings.
        cells: Number of cells.

    Returns:
        The configuration.
    """
    cell = base.architecture.recurrent_layers[0].cell
    single = Architecture(layers=(RecurrentLayer(cell=cell, hidden_size=cells),))
    return replace(base, architecture=like(single, base.architecture))


def _best(group: list[Candidate]) -> Candidate:
    """The one of a group that was kept; any of them if all have failed."""
    return min(group, key=lambda c: np.inf if c.failed else c.record.error)


def _alpha_words(steps: tuple[AlphaStep, ...], incumbent: Candidate) -> str:
    trained = [s for s in steps if s.cells]
    found = f"measurement found {incumbent.architecture.num_cells} cells"
    if not trained:
        why = steps[0].reason if len({s.reason for s in steps}) == 1 else "see its steps"
        return f"the rule was not measured ({why}); {found}"
    last = trained[-1]
    gained = gain_words(relative_gain(last.error, incumbent.record.error))
    return (
        f"the rule says {last.cells} cells (alpha {last.alpha}), {gained} than what "
        f"was measured; {found}"
    )
