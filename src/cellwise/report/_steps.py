"""The staircase as points and limits, for every picture of it."""

import math
from dataclasses import dataclass

from cellwise.records import BaselineRecord, CandidateRecord, Evidence
from cellwise.report._facts import Outcome, benchmark_of, known_floor, outcome_of, parsed
from cellwise.report._palette import STAGES
from cellwise.report._trials import chosen_candidate, grows, tuned_candidate

SHIFTS = (0.08, -0.08, 0.14, -0.14)
"""Where the name of the chosen size may go, as fractions of the height, the preferred first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One candidate as a point.

    Attributes:
        candidate: The candidate.
        outcome: What became of it.
        chosen: Whether it is what the verdict speaks of.
        tuned: Whether it is what tuning has made of the chosen size.
        short: Cells of its layers, such as ``16+4``.
    """

    candidate: CandidateRecord
    outcome: Outcome
    chosen: bool
    tuned: bool = False
    short: str

    @property
    def kind(self) -> str:
        """What decides its look: a key of the palette's stages."""
        stage = "tuned" if self.tuned else self.candidate.stage.split()[0]
        return stage if stage in STAGES else "width"

    @property
    def hollow(self) -> bool:
        """Whether it is drawn as an outline: refused, or tried and not chosen."""
        return self.outcome in ("rejected", "open") and not self.chosen


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
        grows: Whether sizes had to beat the ones before them.
    """

    steps: tuple[Step, ...]
    benchmark: BaselineRecord | None
    others: tuple[BaselineRecord, ...]
    unseen: tuple[BaselineRecord, ...]
    noise_floor: float
    limits: tuple[float, float]
    sizes: tuple[int, int]
    grows: bool = True

    @property
    def path(self) -> tuple[Step, ...]:
        """The start and every accepted step, in the order of trial; none without growth."""
        kept = [one for one in self.steps if one.outcome in ("start", "accepted")]
        return tuple(one for one in kept if self.grows)

    @property
    def name_shift(self) -> float:
        """Where the name of the chosen size goes: a fraction of the height, up from its error bar.

        Above or below, near or farther, wherever least lies in the way.
        """
        chosen = [one for one in self.steps if one.chosen]
        if not chosen:
            return SHIFTS[0]
        low, high = self.limits
        room = [one for one in SHIFTS if low < self._name(chosen[-1], one * 1.4) < high]
        return min(room or SHIFTS, key=lambda one: self._crowd(chosen[-1], one))

    @property
    def floor_named_below(self) -> bool:
        """Whether the name of the noise floor goes below its line, for the benchmark's is above."""
        near = 0.08 * (self.limits[1] - self.limits[0])
        return self.benchmark is not None and 0 <= self.benchmark.error - self.noise_floor < near

    def edge(self, step: Step) -> float:
        """Return the end of a step's error bar that its name is written at.

        Args:
            step: A step.

        Returns:
            Its error, one standard error further up or down.
        """
        return _end(step, 1 if self.name_shift > 0 else -1)

    @property
    def ticks(self) -> tuple[int, ...]:
        """Powers of two within and right around the sizes; the sizes themselves if they are few."""
        first, last = self.sizes
        exponents = range(math.floor(math.log2(first)), math.ceil(math.log2(last)) + 1)
        powers = tuple(2**exponent for exponent in exponents)
        inside = [power for power in powers if first <= power <= last]
        return powers if len(inside) > 1 else tuple(sorted({first, last, *inside}))

    def _name(self, step: Step, shift: float) -> float:
        """Height of the middle of a name."""
        return _end(step, 1 if shift > 0 else -1) + shift * (self.limits[1] - self.limits[0])

    def _crowd(self, named: Step, shift: float) -> int:
        """How much lies where a name would be written."""
        place = self._name(named, shift)
        width = math.log(self.sizes[1] / self.sizes[0]) or 1.0
        cells = max(1, named.candidate.num_cells)
        beside = [
            one.candidate.error
            for one in self.steps
            if one is not named
            and abs(math.log(max(1, one.candidate.num_cells) / cells)) < 0.18 * width
        ]
        levels = [self.noise_floor, self.benchmark.error if self.benchmark else math.nan]
        near = 0.055 * (self.limits[1] - self.limits[0])
        return sum(abs(one - place) < near for one in (*beside, *levels))


def staircase_of(evidence: Evidence) -> Staircase | None:
    """Collect what a picture of the staircase shows.

    Args:
        evidence: What a run has found.

    Returns:
        Points and limits; ``None`` if no candidate has been measured.
    """
    tuned = tuned_candidate(evidence)
    tried = [*evidence.candidates, *([tuned] if tuned else [])]
    measured = [one for one in tried if math.isfinite(one.error)]
    if not measured:
        return None
    benchmark = benchmark_of(evidence)
    limits, floor = _limits(measured, benchmark, known_floor(evidence))
    others = [
        one for one in evidence.baselines if one is not benchmark and math.isfinite(one.error)
    ]
    inside = tuple(one for one in others if limits[0] <= one.error <= limits[1])
    sizes = [max(1, one.num_cells) for one in measured]
    return Staircase(
        steps=tuple(_step(evidence, one, tuned) for one in measured),
        benchmark=benchmark,
        others=inside,
        unseen=tuple(one for one in others if one not in inside),
        noise_floor=floor,
        limits=limits,
        sizes=(min(sizes), max(sizes)),
        grows=grows(evidence),
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


def _step(evidence: Evidence, candidate: CandidateRecord, tuned: CandidateRecord | None) -> Step:
    architecture = parsed(candidate.architecture)
    sizes = architecture.hidden_sizes if architecture else (candidate.num_cells,)
    return Step(
        candidate=candidate,
        outcome="open" if candidate is tuned else outcome_of(evidence, candidate),
        chosen=candidate is (tuned or chosen_candidate(evidence)),
        tuned=candidate is tuned,
        short="+".join(str(size) for size in sizes),
    )


def _end(step: Step, side: int) -> float:
    spread = step.candidate.standard_error
    return step.candidate.error + side * (spread if math.isfinite(spread) else 0.0)


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
