"""A case against torch's best, in alternation."""

import statistics
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

from cellwise._device import Device, peak_memory
from cellwise.bench._cases import MOST_STEPS, Case
from cellwise.bench._ours import CohortSteps
from cellwise.bench._torch import ParallelSteps, SerialSteps
from cellwise.kernels import choose_backend

# What one measurement is to take: long against the clock and a moment's disturbance
_SECONDS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What was measured of a case.

    Attributes:
        case: The case.
        model_steps_per_second: Optimizer steps of one model a second, over the cohort.
        torch_best: The same of torch's best arrangement.
        torch_arrangement: Which one that was.
        ratio: Median over the rounds of ours over torch's best.
        ratio_spread: Lowest and highest of the rounds.
        gflops: Operations of the matrix products a second, billions.
        memory_mb: Growth of the peak memory over the steps, of the process or of the card.
        memory_by_hand_mb: Activations, parameters, gradients and moments.
        backend: Kernels that ran.
    """

    case: Case
    model_steps_per_second: float
    torch_best: float
    torch_arrangement: str
    ratio: float
    ratio_spread: tuple[float, float]
    gflops: float
    memory_mb: float
    memory_by_hand_mb: float
    backend: str


class Steps(Protocol):
    """Someone who takes optimizer steps."""

    def seconds(self, steps: int) -> float:
        """Take steps of every member and return how long it took."""
        ...


def measure_case(case: Case, rounds: int = 5, device: Device = "cpu") -> CaseResult:
    """Measure a case, ours and each of torch's arrangements in turn, A B C A B C.

    Args:
        case: The case.
        rounds: Turns; each gives a ratio.
        device: Where ours trains; torch's on ``cuda`` may do so there, one model after the other,
            or in main memory.

    Returns:
        Medians and spread.
    """
    memory = _peak_bytes(case, device)
    with ExitStack() as stack:
        ours = CohortSteps(case, device)
        theirs = _arrangements(case, device, stack)
        steps = {name: _enough(one) for name, one in ({"": ours} | theirs).items()}
        measured = []
        for _ in range(rounds):
            own = case.members * steps[""] / ours.seconds(steps[""])
            others = {
                name: case.members * steps[name] / one.seconds(steps[name])
                for name, one in theirs.items()
            }
            measured.append((own, others))
    ratios = [own / max(others.values()) for own, others in measured]
    medians = {name: statistics.median(others[name] for _, others in measured) for name in theirs}
    best = max(medians, key=lambda name: medians[name])
    speed = statistics.median(own for own, _ in measured)
    return CaseResult(
        case=case,
        model_steps_per_second=speed,
        torch_best=medians[best],
        torch_arrangement=best,
        ratio=statistics.median(ratios),
        ratio_spread=(min(ratios), max(ratios)),
        gflops=speed * case.step_flops / 1e9,
        memory_mb=memory / 1e6,
        memory_by_hand_mb=case.step_bytes / 1e6,
        backend=choose_backend("auto", device).name,
    )


def _peak_bytes(case: Case, device: Device) -> float:
    memory = peak_memory(device)
    CohortSteps(case, device).seconds(3)
    return memory.bytes


def _arrangements(case: Case, device: Device, stack: ExitStack) -> dict[str, Steps]:
    """Torch's arrangements, in whichever layout of the windows is the faster here."""
    layouts = {first: SerialSteps(case, 1, batch_first=first) for first in (False, True)}
    steps = max(1, min(_enough(one) for one in layouts.values()) // 4)
    tried = [{name: one.seconds(steps) for name, one in layouts.items()} for _ in range(4)]
    first = min(layouts, key=lambda name: min(turn[name] for turn in tried))
    layout = "batch-major" if first else "time-major"
    found: dict[str, Steps] = {
        f"1 thread, {layout}": layouts[first],
        f"default threads, {layout}": SerialSteps(case, 0, batch_first=first),
    }
    if case.members > 1:
        parallel = stack.enter_context(ParallelSteps(case, batch_first=first))
        found[f"a process per core, {layout}"] = parallel
    if device == "cuda":
        for first in (False, True):
            on_card = SerialSteps(case, 1, batch_first=first, device=device)
            found[f"on the card, {'batch' if first else 'time'}-major"] = on_card
    return found


def _enough(one: Steps) -> int:
    """Steps that take long enough to be timed; the first ones warm up."""
    one.seconds(1)
    return max(1, min(MOST_STEPS, int(_SECONDS / one.seconds(1))))
