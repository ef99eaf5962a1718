"""Where cohorts are trained: this machine, with memory of what it has trained before."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from cellwise._errors import RunError
from cellwise.data import ForecastData
from cellwise.search._kept_weights import KeepCheckpoints, KeptWeights
from cellwise.training import (
    CohortResult,
    EpochReport,
    Experiment,
    load_result,
    save_result,
    train_cohort,
)


class Engine(Protocol):
    """Trains cohorts."""

    def run(self, experiment: Experiment, on_epoch: Callable[[EpochReport], None]) -> CohortResult:
        """Train a cohort, or recall what came of it.

        Args:
            experiment: What to train.
            on_epoch: Told after each epoch; what it raises ends the training.

        Returns:
            What the cohort has left.
        """
        ...

    def run_all(
        self, experiments: Sequence[Experiment], on_epoch: Callable[[EpochReport], None]
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


class LocalEngine:
    """Trains on this machine; a cohort that was trained before is read from disk.

    The search is a pure function of cohort results, so that replaying it over remembered results
    and continuing the cohort in progress is an exact resume.

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
        self.data, self.fingerprint, self.directory, self.keep = data, fingerprint, directory, keep

    def run(self, experiment: Experiment, on_epoch: Callable[[EpochReport], None]) -> CohortResult:
        """Train a cohort, or recall what came of it.

        Args:
            experiment: What to train.
            on_epoch: Told after each epoch; what it raises ends the training, checkpoint kept.

        Returns:
            What the cohort has left; without weights where it is kept, unless they are wanted by what
            comes next.
        """
        if self.directory is None:
            return train_cohort(experiment, self.data, on_epoch=on_epoch)
        key = experiment.key(self.fingerprint)
        done = self.place(experiment)
        checkpoint = self.directory / "checkpoints" / f"{key}.safetensors"
        result = _recall(done)
        if result is None:
            result = train_cohort(
                experiment,
                self.data,
                checkpoint=checkpoint,
                key=key,
                on_epoch=on_epoch,
                activations=self.directory / "activations",
            )
            KeptWeights(directory=self.directory, keep=self.keep).add(
                key, experiment, result, self.data
            )
            # the search goes on with the errors alone, but for a warm start
            if not experiment.retrain and not experiment.keeps_weights:
                result = replace(result, weights=result.weights[:, :0])
            save_result(done, result)
        checkpoint.unlink(missing_ok=True)  # also one that a killed process had no time to remove
        return result

    @contextmanager
    def run_all(
        self, experiments: Sequence[Experiment], on_epoch: Callable[[EpochReport], None]
    ) -> Iterator[Iterator[CohortResult]]:
        """Train cohorts one after the other, each when its result is asked for.

        Args:
            experiments: What to train.
            on_epoch: Told after each epoch; what it raises ends the training, checkpoint kept.

        Yields:
            Iterator[CohortResult]: What each has left, in the order asked.
        """
        yield (self.run(experiment, on_epoch) for experiment in experiments)

    def knows(self, experiment: Experiment) -> bool:
        """Return whether a cohort was trained before, so that recalling it costs no time.

        Args:
            experiment: The cohort.

        Returns:
            Whether it was.
        """
        return self.directory is not None and self.place(experiment).exists()

    def place(self, experiment: Experiment) -> Path:
        """Return where the result of a cohort is kept.

        Args:
            experiment: The cohort.

        Returns:
            A file in the run directory, which may not be there yet.
        """
        key = experiment.key(self.fingerprint)
        return (self.directory or Path()) / "results" / f"{key}.safetensors"


def _recall(done: Path) -> CohortResult | None:
    if not done.exists():
        return None
    try:
        return load_result(done)
    except RunError:  # damaged from outside: train again
        done.unlink()
        return None
