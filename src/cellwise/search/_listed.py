"""Architectures that somebody has listed, each with replicates."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from cellwise.architecture import Architecture
from cellwise.records import ComparisonRecord
from cellwise.search._candidate import Candidate
from cellwise.search._settings import SearchSettings

Trials = Callable[[Sequence[Architecture], str, float], Iterable[Candidate]]
"""``trials(architectures, stage, centre of the learning rates) -> a candidate of each``."""


@dataclass(slots=True, kw_only=True)
class Listed:
    """A list in progress: a pure function of what its trials return.

    Attributes:
        waves: What is tried, in order; the architectures of a wave do not depend on each other, and
            the rates tried lie around the best one of the wave before.
        stage: Name of the stage.
        settings: First learning rate.
        trials: Trains the architectures of a wave.
        candidates: Every architecture tried, in order.
        comparisons: Decisions; a list makes none by itself.
        stages: How it ended.
        incumbent: Lowest error so far.
    """

    waves: Sequence[Sequence[Architecture]]
    stage: str
    settings: SearchSettings
    trials: Trials
    candidates: list[Candidate] = field(default_factory=list)
    comparisons: list[ComparisonRecord] = field(default_factory=list)
    stages: dict[str, str] = field(default_factory=dict)
    incumbent: Candidate | None = None

    def run(self) -> None:
        """Train everything on the list at three rates."""
        rate = self.settings.learning_rate
        for wave in self.waves:
            tried = []
            for candidate in self.trials(wave, self.stage, rate):
                self.candidates.append(candidate)
                if not candidate.failed:
                    tried.append(candidate)
                    known = filter(None, (self.incumbent, candidate))
                    self.incumbent = min(known, key=_error)
            if tried:
                rate = min(tried, key=_error).record.learning_rate
        number = len(self.candidates)
        all_of_them = f"all {number} architectures were" if number > 1 else "the architecture was"
        self.stages[self.stage] = f"{all_of_them} tried"


def _error(candidate: Candidate) -> float:
    return candidate.record.error
