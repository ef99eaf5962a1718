"""A run as one of several drivers of a study."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from cellwise._errors import RunError
from cellwise.data import Prepared
from cellwise.records import to_plain
from cellwise.run._settings import FitSettings
from cellwise.search import (
    Batches,
    Ledger,
    Observer,
    Sampler,
    SharedBatches,
    SharedStore,
    Space,
)


@dataclass(frozen=True, slots=True)
class Sharing:
    """The shared ledger, open.

    Attributes:
        store: Results and claims.
        ledger: The study.
    """

    store: SharedStore
    ledger: Ledger

    @classmethod
    @contextmanager
    def begin(
        cls, settings: FitSettings, prepared: Prepared, observer: Observer
    ) -> Iterator["Sharing | None"]:
        """Connect to the ledger that the settings name; all claims are given back at the end.

        Args:
            settings: Options of the run.
            prepared: Its data, which must be those of the study.
            observer: Told of the ledger.

        Yields:
            Sharing | None: The ledger; ``None`` where the run has a file of its own.

        Raises:
            RunError: If the database fails, now or later; in one line, without a password.
        """
        from optuna.exceptions import StorageInternalError

        if settings.ledger is None:
            yield None
            return
        with ExitStack() as opened:
            store = SharedStore(settings.ledger.get_secret_value(), settings.study)
            opened.callback(store.close)
            ledger = Ledger(store)
            opened.callback(ledger.close)
            ledger.check_data(identity_of(prepared))
            observer.on_note(f"ledger: {store.words}")
            try:
                with store.reporting("used"):
                    yield cls(store, ledger)
            except StorageInternalError as error:
                raise RunError(f"ledger {store.words} cannot be used: {error}") from error

    def batches(self, sampler: Sampler, space: Space) -> Batches:
        """Return the batches of a joint search.

        Args:
            sampler: Who asks.
            space: What is asked for.

        Returns:
            The batches of all drivers.
        """
        return SharedBatches(sampler, space, self.ledger, self.store)


def identity_of(prepared: Prepared) -> str:
    """Say which data these are, and how they are cut.

    Args:
        prepared: The data.

    Returns:
        The same text for the same values and task.
    """
    task: dict[str, Any] = to_plain(prepared.task.to_dict())
    return f"{prepared.table.fingerprint} {task}"
