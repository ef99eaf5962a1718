"""Who trains the cohorts of a run: this machine, a Ray cluster, and other drivers beside it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cellwise._device import choose_device, cuda_names
from cellwise._errors import RunError
from cellwise._machine import usable_cores
from cellwise.data import Prepared
from cellwise.run._settings import FitSettings
from cellwise.run._sharing import Sharing, identity_of
from cellwise.search import (
    Crew,
    CrewEngine,
    Engine,
    KeepingEngine,
    LocalEngine,
    Observer,
    PackedEngine,
    ProcessPool,
    RayPool,
    SharedEngine,
)


@dataclass(frozen=True, slots=True)
class Engines:
    """What the engines of a run have in common.

    Attributes:
        settings: Options of the run.
        sharing: The shared ledger; ``None`` without one.
        crew: Workers, on other machines or processes of this one.
        observer: Told when another driver has to be waited for.
    """

    settings: FitSettings
    sharing: Sharing | None
    crew: Crew
    observer: Observer

    @classmethod
    @contextmanager
    def begin(
        cls, settings: FitSettings, prepared: Prepared, observer: Observer
    ) -> Iterator["Engines"]:
        """Connect to the cluster and to the ledger that the settings name.

        Args:
            settings: Options of the run.
            prepared: Its data.
            observer: Told of both.

        Yields:
            Engines: Makes engines until the end of the context.

        Raises:
            CellwiseError: If one of them cannot be reached or used; in one line.
        """  # noqa: DOC502  raised by what this calls
        with ExitStack() as opened:
            pool = _pool(settings, observer)
            opened.callback(pool.close)
            sharing = opened.enter_context(Sharing.begin(settings, prepared, observer))
            yield cls(settings, sharing, Crew(pool), observer)

    def make(self, prepared: Prepared, directory: Path) -> Engine:
        """Make an engine.

        Args:
            prepared: The data that it trains on.
            directory: The run directory.

        Returns:
            The engine.
        """
        keep = self.settings.keep_checkpoints
        engine = self._engine(LocalEngine(prepared.data, identity_of(prepared), directory, keep))
        if self.sharing is None:
            return engine
        return SharedEngine(engine, self.sharing.store, self.observer.on_note)

    def _engine(self, local: LocalEngine) -> KeepingEngine:
        if self.settings.engine == "local" and self.settings.device == "cpu":
            return PackedEngine(local, self.crew)
        # a single card is kept busy by this process
        alone = self.settings.engine == "local" and self.crew.pool.room(1).places == 1
        return local if alone else CrewEngine(local, self.crew)


def _pool(settings: FitSettings, observer: Observer) -> ProcessPool | RayPool:
    if settings.engine == "local":
        choose_device(settings.device)
        cards = cuda_names() if settings.device == "cuda" else ()
        for card in cards:
            observer.on_note(f"engine: CUDA device {card}")
        return ProcessPool(usable_cores(), cards)
    address = settings.address or "auto"
    pool = RayPool(address, settings.device)
    try:
        pool.room(1)
    except RunError:
        pool.close()
        raise
    observer.on_note(f"engine: Ray at {address}, {pool.words}")
    return pool
