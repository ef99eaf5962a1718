"""An engine with a doctor beside it."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from typing_extensions import override

from cellwise.data import ForecastData
from cellwise.diagnosis import LiveDoctor
from cellwise.search._engine import Engine, OnEpoch
from cellwise.training import CohortResult, EpochReport, Experiment


@dataclass(frozen=True, slots=True)
class WatchedEngine(Engine):
    """Lets a doctor look at every epoch that an engine reports, before anybody else is told.

    Attributes:
        engine: Trains the cohorts.
        data: What they are trained on.
        doctor: Looks at them.
    """

    engine: Engine
    data: ForecastData
    doctor: LiveDoctor

    @override
    def run_all(
        self, experiments: Sequence[Experiment], on_epoch: OnEpoch
    ) -> AbstractContextManager[Iterator[CohortResult]]:
        return self.engine.run_all(experiments, self._watched(on_epoch))

    @override
    def knows(self, experiment: Experiment) -> bool:
        return self.engine.knows(experiment)

    def _watched(self, on_epoch: OnEpoch) -> OnEpoch:
        def look_then_tell(report: EpochReport) -> None:
            self.doctor.look(report, self.data)
            on_epoch(report)

        return look_then_tell
