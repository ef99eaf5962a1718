"""An engine that trains no cohort which another driver has trained or is training."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
        self,
        experiment: Experiment,
        later: Sequence[Experiment],
        on_epoch: OnEpoch,
    ) -> CohortResult:
        """Return what came of a cohort; while another driver is at it, train what comes later."""
        told = False
        while (result := self._try(experiment, on_epoch)) is None:
            ahead = (one for one in later if not self.knows(one))
            if any(self._try(one, on_epoch) for one in ahead):
                continue
            if not told:
                told = True
                self._on_note(f"waiting for {experiment.architecture}, in training elsewhere")
            time.sleep(_LOOK)
        return result

    def _try(self, experiment: Experiment, on_epoch: OnEpoch) -> CohortResult | None:
        """Train or recall a cohort; ``None`` while another driver is at it."""
        key = self._local.shelf.key(experiment)
        known = self._local.knows(experiment) and self._store.has(key)
        if known or experiment.watch:  # what is watched must be seen here
            return self._local.run(experiment, on_epoch)
        if not self._store.claim(key):
            return None
        try:
            self._fetch(key, experiment)
            result = self._local.run(experiment, on_epoch)
            self._store.put(key, self._place(experiment).read_bytes())
            return result
        finally:
            self._store.release(key)

    def _fetch(self, key: str, experiment: Experiment) -> None:
        """Bring the result of another driver here."""
        found = None if self._local.knows(experiment) else self._store.get(key)
        if found is not None:
            write_bytes_atomically(self._place(experiment), found)

    def _place(self, experiment: Experiment) -> Path:
        path = self._local.shelf.result(experiment)
        if path is None:
            raise RunError("a shared ledger needs a run directory; give one with --out")
        return path
