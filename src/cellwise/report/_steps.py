"""The staircase as points and limits, for every picture of it."""

import math
from dataclasses import dataclass

from cellwise.records import BaselineRecord, CandidateRecord, Evidence
from cellwise.report._facts import Outcome, benchmark_of, outcome_of, parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One candidate as a point.

    Attributes:
        candidate: The candidate.
        outcome: What became of it.
        chosen: Whether the verdict names it.
        short: Cells of its layers, such as ``16+4``.
    """

    candidate: CandidateRecord
    outcome: Outcome
    chosen: bool
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Staircase:
    """What a picture of the staircase shows.

    Attributes:
        steps: Candidates in the order of trial.
        benchmark: The classical method to beat; ``None`` if none ran.
        others: The other classical methods whose error lies within `limits`.
        unseen: The other classical methods that lie outside.
        noise_floor: Noise floor if it lies within `limits`, else NaN.
        limits: Lowest and highest error of the picture.
        sizes: Smallest and largest number of cells.
    """

    steps: tuple[Step, ...]
    benchmark: BaselineRecord | None
    others: tuple[BaselineRecord, ...]
    unseen: tuple[BaselineRecord, ...]
    noise_floor: float
    limits: tuple[float, float]
    sizes: tuple[int, int]

    @property
    def path(self) -> tuple[Step, ...]:
        """The start and every accepted step, in the order of trial."""
        kept = [one for one in self.steps if one.outcome in ("start", "accepted")]
        return tuple(one for one in kept if one.candidate.stage != "compare")

    @property
    def named_below(self) -> bool:
        """Whether the name of the chosen size goes below it, for the benchmark's lies above."""
        chosen = [one.candidate.error for one in self.steps if one.chosen]
        if not chosen or self.benchmark is None:
            return False
        low, high = self.limits
        above, below = self.benchmark.error - chosen[-1], chosen[-1] - low
        return 0 < above < 0.3 * (high - low) and below > 0.2 * (high - low)

    def edge(self, step: Step) -> float:
        """Return the end of a step's error bar that its name is written at.

        Args:
            step: A step.

        Returns:
            Its error, one standard error further up or down.
        """
        spread = step.candidate.standard_error
        shift = spread if math.isfinite(spread) else 0.0
        return step.candidate.error + (-shift if self.named_below else shift)

    @property
    def ticks(self) -> tuple[int, ...]:
        """Powers of two within and right around the sizes."""
        first, last = self.sizes
        exponents = range(math.floor(math.log2(first)), math.ceil(math.log2(last)) + 1)
        return tuple(2**exponent for exponent in exponents)


def staircase_of(evidence: Evidence) -> Staircase | None:
    """Collect what a picture of the staircase shows.

    Args:
        evidence: What a run has found.

    Returns:
        Points and limits; ``None`` if no candidate has been measured.
    """
    measured = [one for one in evidence.candidates if math.isfinite(one.error)]
    if not measured:
        return None
    benchmark = benchmark_of(evidence)
    limits, floor = _limits(measured, benchmark, evidence.verdict.noise_floor)
    others = [
        one for one in evidence.baselines if one is not benchmark and math.isfinite(one.error)
    ]
    inside = tuple(one for one in others if limits[0] <= one.error <= limits[1])
    sizes = [max(1, one.num_cells) for one in measured]
    return Staircase(
        steps=tuple(_step(evidence, one) for one in measured),
        benchmark=benchmark,
        others=inside,
        unseen=tuple(one for one in others if one not in inside),
        noise_floor=floor,
        limits=limits,
        sizes=(min(sizes), max(sizes)),
    )


def apart(places: list[float], gap: float) -> list[int]:
    """Pick the labels that can be written without touching one another.

    Args:
        places: Heights of the labels, the most important first.
        gap: Least distance.

    Returns:
        Indices of those to write, in the order given.
    """
    kept: list[int] = []
    for index, place in enumerate(places):
        if all(abs(place - places[other]) >= gap for other in kept):
            kept.append(index)
    return kept


def _step(evidence: Evidence, candidate: CandidateRecord) -> Step:
    architecture = parsed(candidate.architecture)
    sizes = architecture.hidden_sizes if architecture else (candidate.num_cells,)
    return Step(
        candidate=candidate,
        outcome=outcome_of(evidence, candidate),
        chosen=candidate.architecture == evidence.verdict.architecture,
        short="+".join(str(size) for size in sizes),
    )


def _limits(
    measured: list[CandidateRecord], benchmark: BaselineRecord | None, floor: float
) -> tuple[tuple[float, float], float]:
    """Lowest and highest error, and the noise floor if it is near enough to be shown."""
    spreads = [one.standard_error if math.isfinite(one.standard_error) else 0.0 for one in measured]
    low = min(one.error - spread for one, spread in zip(measured, spreads, strict=True))
    high = max(one.error + spread for one, spread in zip(measured, spreads, strict=True))
    if benchmark is not None:
        low, high = min(low, benchmark.error), max(high, benchmark.error)
    # a floor far below would flatten the staircase
    shown = math.isfinite(floor) and low - floor <= 1.5 * (high - low)
    low = min(low, floor) if shown else low
    margin = 0.09 * (high - low) or 0.05 * abs(high) or 1.0
    return (low - margin, high + margin), floor if shown else math.nan
