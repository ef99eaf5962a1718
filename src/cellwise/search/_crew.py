"""Workers elsewhere, and the cohorts that they are given, slice by slice."""

import math
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Any, Protocol

from cellwise._errors import RunError
from cellwise.data import ForecastData
from cellwise.search._slices import Slice
from cellwise.training import CohortResult, EpochReport, Experiment

# Losses of a worker in a row, without a new checkpoint, after which a cohort is given up
_MOST_LOSSES = 3
# Seconds of silence after which it is looked whether what is running can still be running
_LOOK = 5.0


class WorkerLostError(Exception):
    """A worker or its machine is gone; what it was doing can be done again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A slice to be trained.

    Attributes:
        data: What `Pool.share` has made of the data.
        experiment: What to train.
        key: Name of the experiment.
        checkpoint: Where to go on; empty at the start.
        threads: Cores to train it on.
        memory: Bytes that it will need; 0 where nobody tells.
    """

    data: Any
    experiment: Experiment
    key: str
    checkpoint: bytes
    threads: int
    memory: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many slices are trained at once.

    Attributes:
        places: Slices at once.
        threads: Cores of each.
        most: Cores that a slice can have at all.
        memory: Bytes that a slice can have at all; infinite where nobody tells.
    """

    places: int
    threads: int
    most: int
    memory: float = math.inf


class Pool(Protocol):
    """Runs slices somewhere else."""

    @property
    def started(self) -> bool:
        """Whether workers are there already, which costs some seconds otherwise."""
        ...

    def share(self, data: ForecastData) -> Any:
        """Put data where all workers can read them.

        Args:
            data: The data.

        Returns:
            What stands for them in a `Work`.
        """
        ...

    def room(self, num_cohorts: int) -> Room:
        """Say how to share what there is among cohorts.

        Args:
            num_cohorts: Cohorts that are waiting or in training.

        Returns:
            How many at once, and the cores of each.
        """
        ...

    def start(self, work: Work) -> Future[Any]:
        """Begin a slice.

        Args:
            work: What to train.

        Returns:
            Its outcome.
        """
        ...

    def outcome(self, future: Future[Any]) -> Slice:
        """Give the outcome of a slice that has ended.

        Args:
            future: What `start` gave.

        Returns:
            The outcome.

        Raises:
            WorkerLostError: If it has to be done again.
        """  # noqa: DOC502  raised by those who implement it
        ...

    def cancel(self, future: Future[Any]) -> None:
        """End a slice early, or let it end unheard.

        Args:
            future: What `start` gave.
        """
        ...

    def close(self) -> None:
        """Let all workers go."""
        ...


@dataclass(slots=True, kw_only=True, eq=False)
class Training:
    """A cohort that is waiting or in training.

    Attributes:
        data: What `Pool.share` has made of the data.
        experiment: What is trained.
        key: Its name.
        checkpoint: Where it stands.
        on_epoch: Told after each epoch.
        save: Given each new checkpoint.
        keep: Given the result; returns what is handed on.
        memory: Bytes that it will need; 0 where nobody tells.
        losses: Workers lost since the last checkpoint.
        result: What the cohort has left, once it has ended.
    """

    data: Any
    experiment: Experiment
    key: str
    checkpoint: bytes
    on_epoch: Callable[[EpochReport], None]
    save: Callable[[bytes], None]
    keep: Callable[[CohortResult], CohortResult]
    memory: int = 0
    losses: int = 0
    result: CohortResult | None = None


class Crew:
    """Gives cohorts to the workers of a pool, as many at once as there is room for.

    All engines of a run share it: while one waits for a cohort, those of the others go on.

    Args:
        pool: The workers.
    """

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._shared: dict[int, tuple[ForecastData, Any]] = {}
        self._waiting: deque[Training] = deque()
        self._running: dict[Future[Any], tuple[Training, Work]] = {}
        self._ended: deque[tuple[Training, Slice]] = deque()

    def share(self, data: ForecastData) -> Any:
        """Put data where all workers can read them, once.

        Args:
            data: The data.

        Returns:
            What stands for them in a `Training`.
        """
        if id(data) not in self._shared:
            self._shared[id(data)] = data, self.pool.share(data)
        return self._shared[id(data)][1]

    def add(self, trainings: Iterable[Training]) -> None:
        """Take on cohorts; they begin at once where there is room.

        Args:
            trainings: The cohorts.
        """
        self._waiting.extend(trainings)
        self._fill()

    def finish(self, training: Training) -> CohortResult:
        """Work until a cohort is done.

        Args:
            training: The cohort.

        Returns:
            What it has left.
        """
        while training.result is None:
            self._step()
        return training.result

    def drop(self, trainings: Iterable[Training]) -> None:
        """Give up cohorts; what they have brought is kept.

        Args:
            trainings: The cohorts.
        """
        dropped = {id(one) for one in trainings}
        self._waiting = deque(one for one in self._waiting if id(one) not in dropped)
        for future, (training, _) in list(self._running.items()):
            if id(training) in dropped:
                self._cancel(future)
        for training, found in [one for one in self._ended if id(one[0]) in dropped]:
            _write_down(training, found)
        self._ended = deque(one for one in self._ended if id(one[0]) not in dropped)

    def _fill(self) -> None:
        if not self._waiting:
            return
        room = self.pool.room(len(self._waiting) + len(self._running))
        while self._waiting and len(self._running) < room.places:
            training = self._waiting.popleft()
            work = Work(
                data=training.data,
                experiment=training.experiment,
                key=training.key,
                checkpoint=training.checkpoint,
                threads=room.threads,
                memory=training.memory,
            )
            self._running[self.pool.start(work)] = training, work

    def _cancel(self, future: Future[Any]) -> None:
        self.pool.cancel(future)
        del self._running[future]

    def _recall_what_cannot_begin(self) -> None:
        """A slice may wait for more cores than any machine has since one was lost."""
        most = self.pool.room(1).most
        for future, (training, work) in list(self._running.items()):
            if work.threads > most:
                self._cancel(future)
                self._waiting.appendleft(training)
        self._fill()

    def _step(self) -> None:
        """Hand out what is next; write down what has ended while there is nothing to hand out."""
        patience = 0.0 if self._ended else _LOOK
        done = wait(self._running, timeout=patience, return_when=FIRST_COMPLETED).done
        if done:
            self._take(done)
        elif self._ended:
            training, found = self._ended.popleft()
            _write_down(training, found)
            for report in found.reports:
                training.on_epoch(report)
        else:
            self._recall_what_cannot_begin()

    def _take(self, done: Iterable[Future[Any]]) -> None:
        ended = [(self._running.pop(future)[0], future) for future in done]
        for training, future in ended:
            found = self._outcome(training, future)
            if found is not None:
                self._ended.append((training, found))
            if found is None or found.result is None:
                self._waiting.appendleft(training)
        self._fill()

    def _outcome(self, training: Training, future: Future[Any]) -> Slice | None:
        """The slice, its checkpoint taken over; none if its worker was lost."""
        try:
            found = self.pool.outcome(future)
        except WorkerLostError as error:
            training.losses += 1
            if training.losses > _MOST_LOSSES:
                raise RunError(
                    f"{training.experiment.architecture}: {training.losses} workers in a row were "
                    f"lost over it ({error}); see to their memory, then go on with `cellwise resume`"
                ) from error
            return None
        training.losses, training.checkpoint = 0, found.checkpoint
        return found


def _write_down(training: Training, found: Slice) -> None:
    if found.result is None:
        training.save(found.checkpoint)
    else:
        training.result = training.keep(found.result)
