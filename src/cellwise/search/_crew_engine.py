"""An engine whose cohorts are trained by a crew: other machines, or other processes of this one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from typing_extensions import override

from cellwise.search._crew import Crew, Training
from cellwise.search._engine import KeepingEngine, LocalEngine, OnEpoch, cohort_bytes
from cellwise.training import CohortResult, Experiment


class CrewEngine(KeepingEngine):
    """Trains on the workers of a crew; the run directory is written by this process alone.

    Checkpoints and results come back with each slice, so that workers need no shared disk. A cohort
    whose activations are watched is trained in this process, which has the directory for them, and
    so is one that no worker can hold, if this machine can.

    Args:
        local: Holds the data, and keeps results and checkpoints.
        crew: Who trains.
    """

    def __init__(self, local: LocalEngine, crew: Crew) -> None:
        self.local, self.crew, self.shelf = local, crew, local.shelf

    @override
    @contextmanager
    def run_all(
        self, experiments: Sequence[Experiment], on_epoch: OnEpoch
    ) -> Iterator[Iterator[CohortResult]]:
        trainings = {
            index: self._training(experiment, on_epoch)
            for index, experiment in enumerate(experiments)
            if not experiment.watch and not self.knows(experiment)
        }
        most = self.crew.pool.room(1).memory
        begun = {index: one for index, one in trainings.items() if one.memory <= most}
        try:
            self.crew.add(begun.values())
            yield (
                self.crew.finish(begun[index])
                if index in begun
                else self.local.run(experiment, on_epoch)
                for index, experiment in enumerate(experiments)
            )
        finally:
            self.crew.drop(begun.values())

    @override
    def places(self, num_cohorts: int) -> int:
        return self.crew.pool.room(num_cohorts).places

    def _training(self, experiment: Experiment, on_epoch: OnEpoch) -> Training:
        return Training(
            data=self.crew.share(self.local.data),
            experiment=experiment,
            key=self.shelf.key(experiment),
            checkpoint=self.shelf.read_checkpoint(experiment),
            memory=cohort_bytes(experiment, self.local.data),
            on_epoch=on_epoch,
            save=partial(self.shelf.write_checkpoint, experiment),
            keep=partial(self.shelf.keep_result, experiment, data=self.local.data),
        )
