"""Architectures that somebody has listed, each with replicates."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cellwise.architecture import Architecture
from cellwise.records import ComparisonRecord
from cellwise.search._candidate import Candidate
from cellwise.search._growth import Trial
from cellwise.search._settings import SearchSettings


@dataclass(slots=True, kw_only=True)
class Listed:
    """A list in progress: a pure function of what its trials return.

    Attributes:
        architectures: What is tried, in order.
        stage: Name of the stage.
        settings: First learning rate.
        trial: Trains an architecture.
        carry_rate: Whether the rates tried lie around the best one of the architecture before, as
            for neighbouring sizes; otherwise each is tried at the same ones.
        candidates: Every architecture tried, in order.
        comparisons: Decisions; a list makes none by itself.
        stages: How it ended.
        incumbent: Lowest error so far.
    """

    architectures: Sequence[Architecture]
    stage: str
    settings: SearchSettings
    trial: Trial
    carry_rate: bool
    candidates: list[Candidate] = field(default_factory=list)
    comparisons: list[ComparisonRecord] = field(default_factory=list)
    stages: dict[str, str] = field(default_factory=dict)
    incumbent: Candidate | None = None

    def run(self) -> None:
        """Train everything on the list at three rates."""
        rate = self.settings.learning_rate
        for architecture in self.architectures:
            candidate = self.trial(architecture, self.stage, rate)
            self.candidates.append(candidate)
            if candidate.failed:
                continue
            if self.carry_rate:
                rate = candidate.record.learning_rate
            if self.incumbent is None or candidate.record.error < self.incumbent.record.error:
                self.incumbent = candidate
        self.stages[self.stage] = f"all {len(self.candidates)} architectures were tried"
