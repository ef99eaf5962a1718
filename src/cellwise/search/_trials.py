"""Groups of configurations, trained in as few cohorts as their shapes allow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cellwise.data import Prepared
from cellwise.records import CandidateRecord
from cellwise.search._candidate import Candidate, OnEpoch, evaluate_each
from cellwise.search._configuration import RUNGS, Configuration, cohort
from cellwise.search._engine import Engine
from cellwise.search._options import Group
from cellwise.training import Experiment


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Data with one context length, and the engine that trains on it.

    Attributes:
        prepared: The data.
        engine: Trains cohorts on it.
    """

    prepared: Prepared
    engine: Engine


Places = Callable[[int], Workplace]
"""``places(context length) -> workplace``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTrials:
    """Trains groups of configurations.

    Attributes:
        places: Gives the data of a context length.
        seeds: Replicates in each fold.
        before_cohort: Told the stage, the experiment and its engine; may end the search.
        on_epoch: Told after each epoch.
        on_candidate: Told each configuration, with its settings.
    """

    places: Places
    seeds: Sequence[int]
    before_cohort: Callable[[str, Experiment, Engine], None]
    on_epoch: OnEpoch
    on_candidate: Callable[[CandidateRecord], None]

    def __call__(
        self, stage: str, groups: Sequence[Group], rungs: Sequence[float] = RUNGS
    ) -> list[list[Candidate]]:
        """Train groups.

        Rates of one setting race in a cohort of their own. Settings at one rate share a cohort
        where their shape is the same, and all are trained to the end, since early epochs favour
        what learns fast.

        Args:
            stage: Stage of the search.
            groups: Settings at one or several rates.
            rungs: Shares of the epochs after which the worse half of a race is dropped.

        Returns:
            Candidates of each group, in the order given.
        """
        found: dict[Configuration, Candidate] = {}
        for together, racing in _together(groups):
            for one in self._train(stage, together, rungs if racing else ()):
                found[one.configuration] = one
        return [[found[one] for one in group] for group in groups]

    def _train(self, stage: str, together: Group, rungs: Sequence[float]) -> list[Candidate]:
        place = self.places(together[0].context_length)
        data = place.prepared.data
        experiment = cohort(together, self.seeds, len(data.folds), rungs=rungs)
        self.before_cohort(stage, experiment, place.engine)
        found = evaluate_each(experiment, stage, data, place.engine, self.on_epoch)
        named = [
            replace(c, record=replace(c.record, settings=c.configuration.to_plain())) for c in found
        ]
        for one in named:
            self.on_candidate(one.record)
        return named


def _together(groups: Sequence[Group]) -> list[tuple[Group, bool]]:
    """Cohorts, and whether their members race: a group of rates each, and the rest by shape."""
    races = [(list(group), True) for group in groups if len(group) > 1]
    shared: dict[object, Group] = {}
    for group in groups:
        if len(group) == 1:
            shared.setdefault(group[0].shape, []).append(group[0])
    return races + [(group, False) for group in shared.values()]
