"""What an experiment has found, with all that is needed to judge it."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from cellwise.architecture import Architecture
from cellwise.measure._effort import Effort
from cellwise.measure._fit import Ending, Fitted
from cellwise.measure._plan import Row

Kind = Literal["bits", "reals", "echo", "memory", "freedom", "shuffled"]
"""The experiments."""

LOWER_BOUND = "A lower bound: longer training, other rates or more seeds can only find more."
_ENDINGS = {
    "solved": "every row solved its task",
    "steps": "the steps were taken",
    "time": "the time was over, so that another machine may find other numbers",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What an experiment has cost.

    Attributes:
        seconds: Wall clock of training.
        steps: Training steps of the longest row.
        seeds: Seeds of the replicates.
        members: Networks trained.
        ending: What ended the training: ``time`` if any part of it was cut short.
        limits: What it was allowed.
    """

    seconds: float
    steps: int
    seeds: tuple[int, ...]
    members: int
    ending: Ending
    limits: Effort

    @classmethod
    def of(cls, fitted: Sequence[Fitted], effort: Effort) -> "Spent":
        """Add up trainings.

        Args:
            fitted: What was trained, one after the other.
            effort: What it was allowed in all.

        Returns:
            The sum.
        """
        endings = {one.ending for one in fitted}
        worst: Ending = "time" if "time" in endings else "steps" if "steps" in endings else "solved"
        return cls(
            seconds=sum(one.seconds for one in fitted),
            steps=max(one.steps for one in fitted),
            seeds=effort.all_seeds,
            members=sum(len(one.parameters) for one in fitted),
            ending=worst,
            limits=effort,
        )

    @property
    def sentence(self) -> str:
        """The cost in words."""
        return (
            f"{self.members} networks, {len(self.seeds)} seeds, at most {self.limits.steps:,} steps "
            f"each, {self.seconds:.1f} s; training ended when {_ENDINGS[self.ending]}."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """The result of one experiment on one architecture.

    Attributes:
        kind: The experiment.
        architecture: Text form.
        num_parameters: Weights of a network as it was trained.
        value: The finding: the best replicate, or the mean where the quantity is an estimate.
        unit: Its unit.
        replicates: The finding of each seed.
        sentence: What was found, in words.
        bound: In which direction it may be wrong.
        protocol: What was done.
        source: Whose experiment it is.
        rows: Everything measured, a row a condition, numbers and words by column.
        spent: What it has cost.
    """

    kind: Kind
    architecture: str
    num_parameters: int
    value: float
    unit: str
    replicates: tuple[float, ...]
    sentence: str
    bound: str
    protocol: str
    source: str
    rows: tuple[Row, ...]
    spent: Spent

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; numbers that are not finite become ``None``."""
        plain = {**asdict(self), "rows": list(self.rows), "budget": self.spent.sentence}
        plain["mean"], plain["deviation"] = spread(self.replicates)
        return {str(key): _finite(value) for key, value in plain.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """What is the same in all measurements of a kind.

    Attributes:
        kind: Which it is.
        unit: Unit of what it finds.
        protocol: What is done.
        source: Whose experiment it is.
        bound: In which direction its finding may be wrong.
        summary: Makes the finding of those of the seeds.
    """

    kind: Kind
    unit: str
    protocol: str
    source: str
    bound: str = LOWER_BOUND
    summary: Callable[[Sequence[float]], float] = max

    def found(
        self,
        architecture: Architecture,
        replicates: tuple[float, ...],
        *,
        num_parameters: int,
        sentence: str,
        rows: tuple[Row, ...],
        spent: Spent,
    ) -> Measurement:
        """Write down what was found.

        Args:
            architecture: The network.
            replicates: The finding of each seed.
            num_parameters: Weights of a network as it was trained.
            sentence: What was found, in words.
            rows: Everything measured.
            spent: What it has cost.

        Returns:
            The measurement.
        """
        return Measurement(
            kind=self.kind,
            architecture=str(architecture),
            num_parameters=num_parameters,
            value=self.summary(replicates),
            unit=self.unit,
            replicates=replicates,
            sentence=sentence,
            bound=self.bound,
            protocol=self.protocol,
            source=self.source,
            rows=rows,
            spent=spent,
        )


def spread(values: Sequence[float]) -> tuple[float, float]:
    """Return mean and standard deviation of replicates.

    Args:
        values: One or more.

    Returns:
        Both; the deviation of one value is 0.
    """
    return statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else 0.0


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
