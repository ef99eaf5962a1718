"""Where cohorts are trained: this machine, with memory of what it has trained before."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from typing_extensions import override

from cellwise._device import memory_of
from cellwise.data import ForecastData
from cellwise.search._budget import TooLargeError
from cellwise.search._kept_weights import KeepCheckpoints
from cellwise.search._shelf import Shelf
from cellwise.training import (
    CohortCost,
    CohortResult,
    CostModel,
    EpochReport,
    Experiment,
    train_cohort,
)

OnEpoch = Callable[[EpochReport], None]
"""Told after each epoch of training; what it raises ends the training, checkpoint kept."""

_OWNERS = {"cpu": "this machine", "cuda": "the CUDA device"}


class Engine(Protocol):
    """Trains cohorts; an engine says how it trains several, and which it knows."""

    def run(self, experiment: Experiment, on_epoch: OnEpoch) -> CohortResult:
        """Train a cohort, or recall what came of it.

        Args:
            experiment: What to train.
            on_epoch: Told after each epoch; what it raises ends the training.

        Returns:
            What the cohort has left; without weights where it is kept, unless they are wanted by
            what comes next.
        """
        with self.run_all([experiment], on_epoch) as results:
            return next(results)

    def run_all(
        self, experiments: Sequence[Experiment], on_epoch: OnEpoch
    ) -> AbstractContextManager[Iterator[CohortResult]]:
        """Train cohorts that do not depend on each other, together where there is room.

        Args:
            experiments: What to train; no two are the same.
            on_epoch: Told after each epoch of any of them; what it raises ends them all.

        Returns:
            A context that begins the training; it gives what each cohort has left, in the order
            asked. Leaving it ends what is still in training, checkpoints kept.
        """
        ...

    def knows(self, experiment: Experiment) -> bool:
        """Return whether a cohort was trained before, so that recalling it costs no time.

        Args:
            experiment: The cohort.

        Returns:
            Whether it was.
        """
        ...


class KeepingEngine(Engine, Protocol):
    """An engine that keeps what it has trained in a directory.

    Attributes:
        shelf: Where it keeps it.
    """

    shelf: Shelf

    @override
    def knows(self, experiment: Experiment) -> bool:
        return self.shelf.knows(experiment)

    def places(self, num_cohorts: int) -> int:
        """Say how many cohorts it trains at once.

        Args:
            num_cohorts: Cohorts that it might be given.

        Returns:
            At least 1.
        """
        ...


class LocalEngine(KeepingEngine):
    """Trains on this machine; a cohort that was trained before is read from disk.

    Cohorts are trained one after the other, each when its result is asked for. The search is a pure
    function of cohort results, so that replaying it over remembered results and continuing the
    cohort in progress is an exact resume.

    Args:
        data: The data to train on.
        fingerprint: Hash of the data and of how it is cut.
        directory: Where results and checkpoints are kept; ``None`` keeps nothing.
        keep: Whose weights are kept there, besides those of the final training.
    """

    def __init__(
        self,
        data: ForecastData,
        fingerprint: str,
        directory: Path | None = None,
        keep: KeepCheckpoints = "last",
    ) -> None:
        self.data, self.shelf = data, Shelf(fingerprint, directory, keep)

    @override
    @contextmanager
    def run_all(
        self, experiments: Sequence[Experiment], on_epoch: OnEpoch
    ) -> Iterator[Iterator[CohortResult]]:
        yield (self._train(experiment, on_epoch) for experiment in experiments)

    @override
    def places(self, num_cohorts: int) -> int:
        return 1

    def _train(self, experiment: Experiment, on_epoch: OnEpoch) -> CohortResult:
        found = self.shelf.recall(experiment)
        if found is not None:
            return found
        check_memory(experiment, self.data)
        result = train_cohort(
            experiment,
            self.data,
            checkpoint=self.shelf.checkpoint(experiment),
            key=self.shelf.key(experiment),
            on_epoch=on_epoch,
            activations=self.shelf.activations,
        )
        return self.shelf.keep_result(experiment, result, self.data)


def cohort_bytes(experiment: Experiment, data: ForecastData) -> int:
    """Return the memory that a cohort needs, whatever its time costs.

    Args:
        experiment: The cohort.
        data: The data.

    Returns:
        Bytes.
    """
    return CohortCost.of(CostModel(), experiment, data).bytes()


def check_memory(experiment: Experiment, data: ForecastData) -> None:
    """Refuse a cohort that this machine, or its CUDA device, cannot hold.

    Args:
        experiment: The cohort.
        data: The data.

    Raises:
        TooLargeError: If it needs more memory than there is.
    """
    device = experiment.settings.device
    needed, there = cohort_bytes(experiment, data), memory_of(device)
    if needed > there:
        raise TooLargeError(
            f"{experiment.architecture} needs {needed / 1e9:,.3g} GB of memory, {_OWNERS[device]} has "
            f"{there / 1e9:,.3g} GB"
        )
