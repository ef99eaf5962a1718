"""Groups of configurations, trained in as few cohorts as their shapes allow."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from cellwise.data import Prepared
from cellwise.records import CandidateRecord, CostRecord
from cellwise.search._candidate import Candidate, HeldErrors, evaluate_each, window_errors
from cellwise.search._compare import Errors
from cellwise.search._configuration import RUNGS, Configuration, cohort
from cellwise.search._engine import Engine, OnEpoch
from cellwise.search._foresight import Foresight, with_cost
from cellwise.search._options import Group
from cellwise.training import CohortResult, Experiment


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
        foresight: Predicts each cohort and learns from it.
        before_cohort: Told the expected cost, the experiment and its engine; may end the search.
        on_epoch: Told after each epoch.
        on_candidate: Told each configuration, with its settings.
    """

    places: Places
    seeds: Sequence[int]
    foresight: Foresight
    before_cohort: Callable[[CostRecord, Experiment, Engine], None]
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
        cohorts = [self._cohort(group, rungs if race else ()) for group, race in _together(groups)]
        found: dict[Configuration, Candidate] = {}
        with ExitStack() as stack:
            for place, experiment, cost, result in self._begin(stage, cohorts, stack):
                for one in evaluate_each(experiment, result, stage, place.prepared.data):
                    record = replace(one.record, settings=one.configuration.to_plain())
                    record = with_cost(record, cost)
                    self.on_candidate(record)
                    held = _on_disk(place, experiment, one)
                    found[one.configuration] = replace(one, record=record, held=held)
        return [[found[one] for one in group] for group in groups]

    def _cohort(self, together: Group, rungs: Sequence[float]) -> tuple[Workplace, Experiment]:
        place = self.places(together[0].context_length)
        folds = len(place.prepared.data.folds)
        return place, cohort(together, self.seeds, folds, rungs=rungs)

    def _begin(
        self, stage: str, cohorts: list[tuple[Workplace, Experiment]], stack: ExitStack
    ) -> Iterator[tuple[Workplace, Experiment, CostRecord, CohortResult]]:
        """Ask each engine for all of its cohorts at once; give the results in order."""
        asked: dict[int, list[Experiment]] = {}
        for place, experiment in cohorts:
            asked.setdefault(id(place.engine), []).append(experiment)
        engines = {id(place.engine): place.engine for place, _ in cohorts}
        results = {
            key: stack.enter_context(engines[key].run_all(experiments, self.on_epoch))
            for key, experiments in asked.items()
        }
        for place, experiment in cohorts:
            data = place.prepared.data
            foreseen = self.foresight.predict(stage, experiment, data)
            self.before_cohort(foreseen, experiment, place.engine)
            result = next(results[id(place.engine)])
            cost = self.foresight.learn(foreseen, experiment, data, result)
            yield place, experiment, cost, result


def _on_disk(place: Workplace, experiment: Experiment, one: Candidate) -> HeldErrors:
    """Errors that are recalled when they are wanted, where the engine has kept the cohort."""
    if one.failed or not place.engine.knows(experiment):
        return one.held
    recipe, num_folds = one.configuration.recipe, len(place.prepared.data.folds)

    def recall() -> Errors:
        result = place.engine.run(experiment, lambda report: None)
        return window_errors(experiment, result, recipe, num_folds)

    return recall


def _together(groups: Sequence[Group]) -> list[tuple[Group, bool]]:
    """Cohorts, and whether their members race: a group of rates each, and the rest by shape."""
    races = [(list(group), True) for group in groups if len(group) > 1]
    shared: dict[object, Group] = {}
    for group in groups:
        if len(group) == 1:
            shared.setdefault(group[0].shape, []).append(group[0])
    return races + [(group, False) for group in shared.values()]
