"""The one entry point of training, for one model and for a thousand."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from cellwise._device import peak_memory, row_index
from cellwise._extension import load_extension, num_threads, release_memory, set_num_threads
from cellwise._threads import torch_threads
from cellwise.data import ForecastData
from cellwise.records import MemberRecord
from cellwise.training._cohort import Cohort
from cellwise.training._experiment import CohortResult, Experiment, MemberScore
from cellwise.training._gradients import GradientTrace
from cellwise.training._scoring import score_members
from cellwise.training._watch import Watcher

# Seconds between checkpoints: what a crash may cost
_CHECKPOINT_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochReport:
    """What an observer of training is told after each epoch.

    Attributes:
        experiment: What is trained.
        epoch: Epochs done.
        last_epoch: Epochs to do at most.
        active: Members that still train.
        error: Lowest mean validation error over the members of a learning rate so far.
        seconds: Time spent.
        members: Every member as it stands.
        gradients: Gradient norms of the members that were trained in this epoch.
        leader: Index of the best member of the best recipe still in the race; -1 if none is.
        weights: Its best weights so far, ``(P,)``; empty without one.
    """

    experiment: Experiment
    epoch: int
    last_epoch: int
    active: int
    error: float
    seconds: float
    members: tuple[MemberRecord, ...]
    gradients: GradientTrace
    leader: int
    weights: NDArray[np.float32]


def train_cohort(
    experiment: Experiment,
    data: ForecastData,
    *,
    checkpoint: Path | None = None,
    key: str = "",
    on_epoch: Callable[[EpochReport], None] | None = None,
    activations: Path | None = None,
    threads: int | None = None,
) -> CohortResult:
    """Train a cohort to its end, continuing from a checkpoint where there is one.

    Args:
        experiment: What to train.
        data: The data to train on.
        checkpoint: File to continue from and to save to; ``None`` for none.
        key: Name of the experiment; a checkpoint of another one is not touched.
        on_epoch: Told after each epoch; what it raises ends the training, checkpoint kept.
        activations: Directory for the activations of the layers that the experiment watches;
            ``None`` for none.
        threads: Threads; by default those of `cellwise.set_num_threads`. Results do not depend on
            it.

    Returns:
        The members' records, kept weights and scores.
    """
    with kernel_threads(threads or num_threads()):
        memory, cohort = peak_memory(experiment.settings.device), Cohort(experiment, data)
        spent = cohort.load(checkpoint, key) if checkpoint else 0.0
        clock = _Clock(spent)
        watched = activations if experiment.watch else None
        watcher = Watcher(cohort, watched, key) if watched else None
        _run(cohort, clock, checkpoint, key, (watcher, on_epoch))
        return replace(_result(cohort, clock), peak_bytes=memory.bytes)


@contextmanager
def kernel_threads(count: int) -> Iterator[None]:
    """Train with so many threads for the time of a block.

    Args:
        count: Threads of the compiled kernels.

    Yields:
        None: Nothing.
    """
    before, compiled = num_threads(), load_extension()[0] is not None
    set_num_threads(count)
    try:
        # beside the kernels, what is left to torch is too small to be shared out
        with torch_threads(1) if compiled else nullcontext():
            yield
    finally:
        set_num_threads(before)
        release_memory()  # the next cohort's sizes are others


class _Clock:
    def __init__(self, spent: float) -> None:
        self._start, self.saved = time.monotonic() - spent, time.monotonic()

    def __call__(self) -> float:
        return time.monotonic() - self._start


def _run(
    cohort: Cohort,
    clock: _Clock,
    checkpoint: Path | None,
    key: str,
    told: tuple[Watcher | None, Callable[[EpochReport], None] | None],
) -> None:
    watcher, on_epoch = told
    if watcher and not cohort.epoch:
        watcher.write()
    while not cohort.done:
        gradients = cohort.run_epoch()
        if watcher:  # before the checkpoint, so that no epoch is left out
            watcher.write()
        if cohort.epoch in cohort.experiment.halving:
            cohort.halve()
        if checkpoint and time.monotonic() - clock.saved > _CHECKPOINT_SECONDS:
            cohort.save(checkpoint, key, clock())
            clock.saved = time.monotonic()
        if on_epoch:
            on_epoch(_report(cohort, gradients, clock()))
    cohort.finish()


def _report(cohort: Cohort, gradients: GradientTrace, seconds: float) -> EpochReport:
    leader, progress = _leader(cohort), cohort.progress
    errors = [[progress[i].error for i in who] for who in cohort.experiment.replicates.values()]
    return EpochReport(
        experiment=cohort.experiment,
        epoch=cohort.epoch,
        last_epoch=cohort.last_epoch,
        active=len(cohort.active),
        error=min(float(np.mean(one)) for one in errors),
        seconds=seconds,
        members=cohort.records(),
        gradients=gradients,
        leader=leader,
        weights=cohort.best_weights(leader) if leader >= 0 else np.zeros(0, np.float32),
    )


def _leader(cohort: Cohort) -> int:
    """The best member of the best recipe of which none was halved or failed."""
    progress = cohort.progress
    sound = [
        group
        for group in cohort.experiment.replicates.values()
        if all(progress[i].state not in ("halved", "non-finite") for i in group)
        and all(progress[i].best_epoch for i in group)
    ]
    if not sound:
        return -1
    best = min(sound, key=lambda group: float(np.mean([progress[i].error for i in group])))
    return min(best, key=lambda i: progress[i].error)


def _result(cohort: Cohort, clock: _Clock) -> CohortResult:
    kept = tuple(sorted(cohort.kept))
    width = cohort.network.num_parameters
    weights = torch.stack([cohort.kept[i] for i in kept]) if kept else torch.zeros(0, width)
    scores: dict[int, MemberScore] = {}
    if not cohort.experiment.retrain:
        for index, fold in enumerate(cohort.folds):
            rows = [r for r, i in enumerate(kept) if cohort.experiment.members[i].fold == index]
            if rows:
                found = score_members(
                    cohort.network,
                    weights[row_index(rows, weights)],
                    cohort.reader,
                    fold.val_starts,
                    cohort.settings.metric,
                )
                scores |= dict(zip(rows, found, strict=True))
    return CohortResult(
        members=cohort.records(),
        kept=kept,
        weights=weights.cpu().numpy(),
        scores=tuple(scores[r] for r in sorted(scores)),
        seconds=clock(),
    )
