"""An engine with a doctor beside it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from cellwise.data import ForecastData
from cellwise.diagnosis import LiveDoctor
from cellwise.search._engine import Engine
from cellwise.training import CohortResult, EpochReport, Experiment


@dataclass(frozen=True, slots=True)
class WatchedEngine:
    """Lets a doctor look at every epoch that an engine reports, before anybody else is told.

    Attributes:
        engine: Trains the cohorts.
        data: What they are trained on.
        doctor: Looks at them.
    """

    engine: Engine
    data: ForecastData
    doctor: LiveDoctor

    def run(self, experiment: Experiment, on_epoch: Callable[[EpochReport], None]) -> CohortResult:
        """Train a cohort, or recall what came of it.

        Args:
            experiment: What to train.
            on_epoch: Told after each epoch; what it raises ends the training.

        Returns:
            What the cohort has left.
        """
        return self.engine.run(experiment, self._watched(on_epoch))

    def run_all(
        self, experiments: Sequence[Experiment], on_epoch: Callable[[EpochReport], None]
    ) -> AbstractContextManager[Iterator[CohortResult]]:
        """Train cohorts that do not depend on each other, together where there is room.

        Args:
            experiments: What to train; no two are the same.
            on_epoch: Told after each epoch of any of them; what it raises ends them all.

        Returns:
            A context that gives what each cohort has left, in the order asked.
        """
        return self.engine.run_all(experiments, self._watched(on_epoch))

    def knows(self, experiment: Experiment) -> bool:
        """Return whether a cohort was trained before, so that recalling it costs no time.

        Args:
            experiment: The cohort.

        Returns:
            Whether it was.
        """
        return self.engine.knows(experiment)

    def _watched(self, on_epoch: Callable[[EpochReport], None]) -> Callable[[EpochReport], None]:
        def look_then_tell(report: EpochReport) -> None:
            self.doctor.look(report, self.data)
            on_epoch(report)

        return look_then_tell
