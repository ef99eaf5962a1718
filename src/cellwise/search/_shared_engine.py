"""An engine that trains no cohort which another driver has trained or is training."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path

from typing_extensions import override

from cellwise._errors import RunError
from cellwise._files import write_bytes_atomically
from cellwise.search._engine import Engine, KeepingEngine, OnEpoch
from cellwise.search._store import SharedStore
from cellwise.training import CohortResult, Experiment

# Seconds between two looks at a cohort that another driver is training
_LOOK = 0.5


class SharedEngine(Engine):
    """Trains on this machine what nobody has trained; the rest comes from the shared store.

    Cohorts that another driver is at come last.

    Args:
        local: Trains, and keeps results in the run directory.
        store: What the drivers share.
        on_note: Told when another driver has to be waited for.
    """

    def __init__(
        self, local: KeepingEngine, store: SharedStore, on_note: Callable[[str], None]
    ) -> None:
        self._local, self._store, self._on_note = local, store, on_note

    @override
    @contextmanager
    def run_all(
        self, experiments: Sequence[Experiment], on_epoch: OnEpoch
    ) -> Iterator[Iterator[CohortResult]]:
        yield (
            self._settle(experiment, experiments[index + 1 :], on_epoch)
            for index, experiment in enumerate(experiments)
        )

    @override
    def knows(self, experiment: Experiment) -> bool:
        key = self._local.shelf.key(experiment)
        return self._local.knows(experiment) or self._store.has(key)

    def _settle(
        self, experiment: Experiment, later: Sequence[Experiment], on_epoch: OnEpoch
    ) -> CohortResult:
        """Return what came of a cohort; while another driver is at it, train what comes later."""
        told = False
        while not self._is_ours(experiment):
            if self._train_some(experiment, later, on_epoch):
                continue
            if not told:
                told = True
                self._on_note(f"waiting for {experiment.architecture}, in training elsewhere")
            time.sleep(_LOOK)
        return self._local.run(experiment, on_epoch)

    def _is_ours(self, experiment: Experiment) -> bool:
        """Whether there is nothing to claim: known here and there, or to be seen here in any case."""
        shared = self._store.has(self._local.shelf.key(experiment))
        return bool(experiment.watch) or (shared and self._local.knows(experiment))

    def _train_some(
        self, experiment: Experiment, later: Sequence[Experiment], on_epoch: OnEpoch
    ) -> bool:
        """Train as many cohorts as find room at once, none of another driver's; whether any was."""
        most = self._local.places(1 + len(later))
        with ExitStack() as claims:
            ours = list(islice(self._claimed(experiment, later, claims), most))
            for one in ours:
                self._fetch(one)
            with self._local.run_all(ours, on_epoch) as results:
                for one, _ in zip(ours, results, strict=True):
                    key = self._local.shelf.key(one)
                    self._store.put(key, self._place(one).read_bytes())
        return bool(ours)

    def _claimed(
        self, experiment: Experiment, later: Sequence[Experiment], claims: ExitStack
    ) -> Iterator[Experiment]:
        """Claim one cohort after the other; claims are given back with the stack."""
        for one in (experiment, *(one for one in later if not self.knows(one))):
            key = self._local.shelf.key(one)
            if not one.watch and self._store.claim(key):
                claims.callback(self._store.release, key)
                yield one

    def _fetch(self, experiment: Experiment) -> None:
        """Bring the result of another driver here, if there is one."""
        if self._local.knows(experiment):
            return
        found = self._store.get(self._local.shelf.key(experiment))
        if found is not None:
            write_bytes_atomically(self._place(experiment), found)

    def _place(self, experiment: Experiment) -> Path:
        path = self._local.shelf.result(experiment)
        if path is None:
            raise RunError("a shared ledger needs a run directory; give one with --out")
        return path
