"""The final training: fresh seeds, as many as there is time for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace

from cellwise._errors import ArchitectureError
from cellwise.data import ForecastData
from cellwise.layers import layer_path
from cellwise.search._budget import ENDING_SECONDS, Budget
from cellwise.search._candidate import Candidate
from cellwise.search._final import Retrained, retraining
from cellwise.search._foresight import Foresight
from cellwise.search._observer import Observer
from cellwise.search._settings import SearchSettings
from cellwise.search._trials import Workplace
from cellwise.training import CohortResult, Experiment, network_for


@dataclass(slots=True)
class _Job:
    """A network to be trained afresh, and its results to come where it was asked for ahead."""

    role: str
    candidate: Candidate
    settings: SearchSettings
    watch: tuple[str, ...] = ()
    results: Iterator[CohortResult] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalTraining:
    """Trains configurations afresh, within the time that is left.

    Attributes:
        settings: Fresh seeds, and the layers to watch.
        place: Gives the data that a candidate was trained on.
        budget: Counts the time.
        foresight: Predicts each cohort and learns from it.
        observer: Told what happens.
        on_trial: Told what is trained next.
    """

    settings: SearchSettings
    place: Callable[[Candidate], Workplace]
    budget: Budget
    foresight: Foresight
    observer: Observer
    on_trial: Callable[[str], None]

    def run(self, wanted: Mapping[str, Candidate]) -> list[Retrained]:
        """Train what is wanted: the first in any case, the others while there is time.

        All are asked for at once, so that an engine with room for several trains them together;
        those with a warm start come one after the other, since they may begin from each other.

        Args:
            wanted: Candidates by role, the chosen one first.

        Returns:
            Those that stayed finite; none if the chosen one did not.
        """
        retrained: list[Retrained] = []
        warm = any(candidate.start for candidate in wanted.values())
        with ExitStack() as stack:
            jobs = [self._job(role, candidate) for role, candidate in wanted.items()]
            for job in () if warm else jobs:
                self._begin(job, stack)
            for job in jobs:
                found = self._train(job)
                if found is None:
                    self.observer.on_note(f"no time is left to retrain the {job.role} network")
                elif found.result.kept:
                    retrained.append(found)
                elif job.role == "chosen":
                    break
        self.on_trial("")
        return retrained

    def _job(self, role: str, candidate: Candidate) -> "_Job":
        if role != "chosen":
            return _Job(role, candidate, self.settings)
        settings = self._affordable(candidate)
        return _Job(role, candidate, settings, watch=self._watched(candidate))

    def _begin(self, job: "_Job", stack: ExitStack) -> None:
        """Ask for a network before its turn, if there is time for it."""
        place, experiment = self._asked(job, job.candidate, None)
        if not self._too_late(job, place, experiment):
            results = place.engine.run_all([experiment], self.observer.on_epoch)
            job.results = stack.enter_context(results)

    def _asked(
        self, job: "_Job", one: Candidate, start: Retrained | None
    ) -> tuple[Workplace, Experiment]:
        place, experiment = self.place(one), retraining(one, job.settings, start)
        watch = job.watch if one is job.candidate else ()
        return place, replace(experiment, watch=watch)

    def _too_late(self, job: "_Job", place: Workplace, experiment: Experiment) -> bool:
        foreseen = self.foresight.predict("final", experiment, place.prepared.data)
        late = self._left < foreseen.predicted_seconds and not place.engine.knows(experiment)
        return late and job.role != "chosen"

    def _train(self, job: "_Job") -> Retrained | None:
        """Train a network, what it began from before it; ``None`` if it is too late for it."""
        found: Retrained | None = None
        for one in job.candidate.lineage:
            place, experiment = self._asked(job, one, found)
            data, engine = place.prepared.data, place.engine
            if self._too_late(job, place, experiment):
                return None
            foreseen = self.foresight.predict("final", experiment, data)
            self.on_trial(foreseen.architecture)
            self.observer.on_trial(foreseen.stage, foreseen.architecture)
            on_epoch = self.observer.on_epoch
            result = next(job.results) if job.results else engine.run(experiment, on_epoch)
            self.foresight.learn(foreseen, experiment, data, result)
            found = Retrained(
                role=job.role, experiment=experiment, result=result, data=data, start=found
            )
            if not result.kept:
                break
        return found

    def _affordable(self, candidate: Candidate) -> SearchSettings:
        """As many fresh seeds as there is time for, or as were trained before; at least one."""
        most, first = self.settings.final_seeds, candidate.lineage[0]
        choices = [replace(self.settings, final_seeds=count) for count in range(most, 0, -1)]
        for one in choices:
            if self.place(first).engine.knows(retraining(first, one)):
                return one
        enough = (one for one in choices if self._seconds(candidate, one) < self._left)
        found = next(enough, choices[-1])
        if found.final_seeds < most:
            self.observer.on_note(
                f"time is left for {found.final_seeds} of {most} fresh seeds of the final training"
            )
        return found

    @property
    def _left(self) -> float:
        return self.budget.left - self.foresight.stretch(ENDING_SECONDS)

    def _seconds(self, candidate: Candidate, settings: SearchSettings) -> float:
        foreseen = (
            self.foresight.predict("final", retraining(one, settings), self._data(one))
            for one in candidate.lineage
        )
        return sum(one.predicted_seconds for one in foreseen)

    def _watched(self, candidate: Candidate) -> tuple[str, ...]:
        """Layers to watch, as far as the network has them: which it would be was not known."""
        network, found = network_for(candidate.architecture, self._data(candidate)), []
        for layer in self.settings.watch:
            try:
                found.append(layer_path(network, layer))
            except ArchitectureError as error:
                self.observer.on_note(
                    f"no activations are kept of {candidate.architecture}: {error}"
                )
        return tuple(found)

    def _data(self, candidate: Candidate) -> ForecastData:
        return self.place(candidate).prepared.data
