"""The final training: fresh seeds, as many as there is time for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from cellwise._errors import ArchitectureError
from cellwise.layers import layer_path
from cellwise.search._budget import ENDING_SECONDS, Budget
from cellwise.search._candidate import Candidate
from cellwise.search._final import Retrained, retraining
from cellwise.search._foresight import Foresight
from cellwise.search._observer import Observer
from cellwise.search._settings import SearchSettings
from cellwise.search._trials import Workplace
from cellwise.training import Experiment


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

        Args:
            wanted: Candidates by role, the chosen one first.

        Returns:
            Those that stayed finite; none if the chosen one did not.
        """
        retrained: list[Retrained] = []
        for role, candidate in wanted.items():
            settings = self._affordable(candidate) if role == "chosen" else self.settings
            found = self._train(role, candidate, settings)
            if found is None:
                self.observer.on_note(f"no time is left to retrain the {role} network")
            elif found.result.kept:
                retrained.append(found)
            elif role == "chosen":
                break
        self.on_trial("")
        return retrained

    def _train(self, role: str, candidate: Candidate, settings: SearchSettings) -> Retrained | None:
        """Train a network, what it began from before it; ``None`` if it is too late for it."""
        found: Retrained | None = None
        for one in candidate.lineage:
            place, experiment = self.place(one), retraining(one, settings, found)
            data = place.prepared.data
            if role == "chosen" and one is candidate:
                experiment = replace(experiment, watch=self._watched(experiment, place))
            foreseen = self.foresight.predict("final", experiment, data)
            late = self._left < foreseen.predicted_seconds and not place.engine.knows(experiment)
            if late and role != "chosen":
                return None
            self.on_trial(foreseen.architecture)
            self.observer.on_trial(foreseen.stage, foreseen.architecture)
            result = place.engine.run(experiment, self.observer.on_epoch)
            self.foresight.learn(foreseen, experiment, data, result)
            found = Retrained(
                role=role, experiment=experiment, result=result, data=data, start=found
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
            self.foresight.predict(
                "final", retraining(one, settings), self.place(one).prepared.data
            )
            for one in candidate.lineage
        )
        return sum(one.predicted_seconds for one in foreseen)

    def _watched(self, experiment: Experiment, place: Workplace) -> tuple[str, ...]:
        """Layers to watch, as far as the network has them: which it would be was not known."""
        network, found = experiment.network(place.prepared.data), []
        for layer in self.settings.watch:
            try:
                found.append(layer_path(network, layer))
            except ArchitectureError as error:
                self.observer.on_note(
                    f"no activations are kept of {experiment.architecture}: {error}"
                )
        return tuple(found)
