"""An engine whose cohorts are trained by a crew: other machines, or other processes of this one."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from cellwise.search._crew import Crew, Training
from cellwise.search._engine import LocalEngine
from cellwise.search._shelf import Shelf
from cellwise.training import CohortResult, EpochReport, Experiment


class CrewEngine:
    """Trains on the workers of a crew; the run directory is written by this process alone.

    Checkpoints and results come back with each slice, so that workers need no shared disk. A cohort
    whose activations are watched is trained in this process, which has the directory for them.

    Args:
        local: Holds the data, and keeps results and checkpoints.
        crew: Who trains.
    """

    def __init__(self, local: LocalEngine, crew: Crew) -> None:
        self.local, self.crew = local, crew

    @property
    def shelf(self) -> Shelf:
        """Where results and checkpoints are kept."""
        return self.local.shelf

    def run(self, experiment: Experiment, on_epoch: Callable[[EpochReport], None]) -> CohortResult:
        """Train a cohort, or recall what came of it.

        Args:
            experiment: What to train.
            on_epoch: Told after each epoch; what it raises ends the training, checkpoint kept.

        Returns:
            What the cohort has left.
        """
        with self.run_all([experiment], on_epoch) as results:
            return next(results)

    @contextmanager
    def run_all(
        self, experiments: Sequence[Experiment], on_epoch: Callable[[EpochReport], None]
    ) -> Iterator[Iterator[CohortResult]]:
        """Train cohorts side by side.

        Args:
            experiments: What to train; no two are the same.
            on_epoch: Told after each epoch of any of them; what it raises ends them all.

        Yields:
            Iterator[CohortResult]: What each has left, in the order asked.
        """
        begun = {
            index: self._training(experiment, on_epoch)
            for index, experiment in enumerate(experiments)
            if not experiment.watch and not self.knows(experiment)
        }
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

    def knows(self, experiment: Experiment) -> bool:
        """Return whether a cohort was trained before, so that recalling it costs no time.

        Args:
            experiment: The cohort.

        Returns:
            Whether it was.
        """
        return self.shelf.knows(experiment)

    def _training(
        self, experiment: Experiment, on_epoch: Callable[[EpochReport], None]
    ) -> Training:
        return Training(
            data=self.crew.share(self.local.data),
            experiment=experiment,
            key=self.shelf.key(experiment),
            checkpoint=self.shelf.read_checkpoint(experiment),
            on_epoch=on_epoch,
            save=partial(self.shelf.write_checkpoint, experiment),
            keep=partial(self.shelf.keep_result, experiment, data=self.local.data),
        )
