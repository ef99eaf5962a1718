"""This machine, with small cohorts packed: one core each, side by side."""

import heapq
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from typing_extensions import override

from cellwise._machine import usable_memory
from cellwise.search._crew import Crew
from cellwise.search._crew_engine import CrewEngine
from cellwise.search._engine import KeepingEngine, LocalEngine, OnEpoch, cohort_bytes
from cellwise.training import CohortCost, CohortResult, CostModel, Experiment

# Seconds until the worker processes have loaded what they need
_START_SECONDS = 4.0
# Packing must promise so much more speed: costs are predictions
_MARGIN = 1.15


@dataclass(frozen=True, slots=True)
class _Cost:
    """Seconds of a cohort on all cores: steps that one core takes, and work that all share."""

    alone: float
    shared: float


class PackedEngine(KeepingEngine):
    """Trains cohorts one after the other on all cores, or packed, whichever is foreseen faster.

    The steps between the kernels keep one core busy and leave the others idle. Where networks are
    small, that is most of the time, and several cohorts side by side fill the machine.

    Args:
        local: Trains on all cores.
        crew: Worker processes of this machine; all engines of a run share them.
        model: Prices of training on all cores.
    """

    def __init__(self, local: LocalEngine, crew: Crew, model: CostModel | None = None) -> None:
        self.local, self.shelf = local, local.shelf
        self._pool, self._packed = crew.pool, CrewEngine(local, crew)
        self._cores = crew.pool.room(1).most
        self._model = model or CostModel()

    @override
    @contextmanager
    def run_all(
        self, experiments: Sequence[Experiment], on_epoch: OnEpoch
    ) -> Iterator[Iterator[CohortResult]]:
        fresh = [one for one in experiments if not self.knows(one) and not one.watch]
        engine = self._packed if self._pays(fresh) else self.local
        with engine.run_all(experiments, on_epoch) as results:
            yield results

    @override
    def places(self, num_cohorts: int) -> int:
        return 1

    def _pays(self, experiments: Sequence[Experiment]) -> bool:
        if len(experiments) < 2 or self._cores < 2:
            return False
        # at once; what is too large for itself is refused when its turn comes
        sizes = [cohort_bytes(one, self.local.data) for one in experiments]
        if sum(heapq.nlargest(self._cores, sizes)) > usable_memory():
            return False
        costs = [self._cost(experiment) for experiment in experiments]
        in_turn = sum(cost.alone + cost.shared for cost in costs)
        start = 0.0 if self._pool.started else _START_SECONDS
        return in_turn > _MARGIN * _side_by_side(costs, self._cores) + start

    def _cost(self, experiment: Experiment) -> _Cost:
        """Passes and layers are charged once for all members: no second core can help there."""
        whole = CohortCost.of(self._model, experiment, self.local.data)
        rows = whole.planned_rows()
        total = whole.seconds(rows)
        layers = experiment.architecture.num_layers
        per_step = self._model.training[0] + layers * self._model.training[1]
        steps = len(rows) * whole.steps_per_epoch
        alone = min(total, steps * per_step)
        return _Cost(alone=alone, shared=total - alone)


def _side_by_side(costs: Sequence[_Cost], cores: int) -> float:
    """Seconds until the last of them has ended, one core each, in the order given."""
    free = [0.0] * cores
    for cost in costs:
        heapq.heappush(free, heapq.heappop(free) + cost.alone + cores * cost.shared)
    return max(free)
