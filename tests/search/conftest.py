"""Candidates out of thin air: errors that are given, not trained for."""

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest

from cellwise.architecture import Architecture
from cellwise.records import CandidateRecord, MemberRecord, Score
from cellwise.search import Candidate, Configuration
from cellwise.search._crew import Room, WorkerLostError
from cellwise.search._slices import train_slice
from cellwise.training import Member, TrainingSettings


def candidate_of(
    architecture, errors, *, stage="width", rate=0.01, num_parameters=None, training=None
):
    """A candidate with errors per fold, `(S, n)`; empty for a failed one."""
    arch = architecture
    if isinstance(arch, str):
        arch = Architecture.parse(arch)
    by_fold = tuple(float(np.mean(e)) for e in errors)
    mean = float(np.mean(by_fold)) if by_fold else float("nan")
    size = arch.num_parameters(input_size=1, output_size=1)
    return Candidate(
        configuration=Configuration(
            architecture=arch,
            recipe=Member(fold=0, seed=0, learning_rate=rate if rate == rate else 0.01),
            training=training or TrainingSettings(),
            context_length=8,
        ),
        record=CandidateRecord(
            stage=stage,
            architecture=str(arch),
            num_parameters=size if num_parameters is None else num_parameters,
            num_cells=arch.num_cells,
            learning_rate=rate,
            error=mean,
            standard_error=0.01,
            seed_deviation=0.01,
            error_by_fold=by_fold,
            score=Score(**dict.fromkeys(Score.__dataclass_fields__, mean)),
            members=(member_of(rate=rate),),
            seconds=1.0,
        ),
        held=tuple(errors),
    )


def member_of(*, rate=0.01, state="finished", best_epoch=2, error=0.5, fold=0, seed=0, curve=None):
    return MemberRecord(
        fold=fold,
        seed=seed,
        learning_rate=rate,
        state=state,
        best_epoch=best_epoch,
        error=error,
        train_curve=(0.9, 0.6),
        val_curve=(0.8, error) if curve is None else curve,
    )


@pytest.fixture
def make_candidate():
    """Give the function that makes a candidate of given errors."""
    return candidate_of


@pytest.fixture
def make_member():
    """Give the function that makes the record of a member."""
    return member_of


TWO_PLACES = Room(places=2, threads=1, most=1)


class ThreadPool:
    """A pool of threads in this process; a slice of ``None`` is a lost worker."""

    def __init__(self, train, room, instant):
        self._train, self._room = train, room
        self._threads = None if instant else ThreadPoolExecutor(room.places)
        self.works, self.shared, self.running, self.most, self.cancelled = [], [], 0, 0, 0
        self.started = True

    def share(self, data):
        self.shared.append(data)
        return data

    def room(self, num_cohorts):
        return self._room

    def start(self, work):
        self.works.append(work)
        self.running += 1
        self.most = max(self.most, self.running)
        if self._threads is not None:
            return self._threads.submit(self._train, work)
        future = Future()
        future.set_result(self._train(work))
        return future

    def outcome(self, future):
        self.running -= 1
        found = future.result()
        if found is None:
            raise WorkerLostError("gone")
        return found

    def cancel(self, future):
        self.cancelled += 1
        self.running -= 1

    def close(self):
        if self._threads is not None:
            self._threads.shutdown()


@pytest.fixture
def make_pool():
    """Give the function that makes a pool of threads, which note what they were given."""
    made = []

    def train(work):
        return train_slice(work.data, work.experiment, work.key, work.checkpoint, work.threads)

    def make(train=train, room=TWO_PLACES, instant=False):
        made.append(ThreadPool(train, room, instant))
        return made[-1]

    yield make
    for pool in made:
        pool.close()
