"""2 x 64 or 4 x 32? Widths of equal cost at every depth."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, get_args

from cellwise._errors import SettingsError
from cellwise.architecture import Architecture, Cell, RecurrentLayer
from cellwise.capacity._case import MOST_CELLS, Case
from cellwise.capacity._question import Question
from cellwise.capacity._time import StepTime

BudgetKind = Literal["parameters", "flops", "seconds"]
"""What is held equal: weights, work of training on one window, time of one epoch."""

DEPTHS = (1, 2, 3, 4, 6, 8)
_MOST = 1e24


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much a network may cost.

    Attributes:
        kind: What is counted.
        amount: How much of it, above 0.
        step_time: Model of the time of a training step, for seconds.

    Raises:
        SettingsError: If the amount is not above 0, or not a number.
    """

    kind: BudgetKind
    amount: float
    step_time: StepTime = field(default_factory=StepTime)

    def __post_init__(self) -> None:
        """Check kind and amount."""
        if self.kind not in get_args(BudgetKind):
            raise SettingsError(f"kind must be one of {', '.join(get_args(BudgetKind))}")
        if not 0 < self.amount <= _MOST:
            raise SettingsError(
                f"budget of {self.kind} must be above 0 and at most {_MOST:g}, got {self.amount:g}"
            )


def cost_of(case: Case, kind: BudgetKind, step_time: StepTime) -> float:
    """Return what a network costs.

    Exact for weights and work, which are counted; heuristic, derived, for seconds.

    Args:
        case: Architecture and data.
        kind: What is counted.
        step_time: Model of the time of a training step, for seconds.

    Returns:
        Weights, floating-point operations or seconds.
    """
    if kind == "parameters":
        return case.weights
    if kind == "flops":
        return case.training_flops
    return step_time.epoch_seconds(case)


def stack_of(cell: Cell, hidden_size: int, num_layers: int) -> Architecture:
    """Build a plain stack of equal layers.

    Args:
        cell: ``lstm``, ``gru`` or ``rnn``.
        hidden_size: Cells of each layer.
        num_layers: Number of layers.

    Returns:
        The architecture.
    """
    return Architecture(layers=(RecurrentLayer(cell=cell, hidden_size=hidden_size),) * num_layers)


def cell_of(architecture: Architecture) -> Cell:
    """Name the cell of the first recurrent layer: stacks to compare with are made of it.

    Args:
        architecture: Any network.

    Returns:
        Name of the cell; ``lstm`` for a network without recurrent layers.
    """
    return next((layer.cell for layer in architecture.recurrent_layers), "lstm")


def widest(cost: Callable[[int], float], limit: float, most: int = MOST_CELLS) -> int:
    """Find the largest width within a limit.

    Exact; the closed form of the root would have to be verified by counting anyway.

    Args:
        cost: Cost of a width, growing with it.
        limit: Largest cost allowed.
        most: Largest width to consider.

    Returns:
        The width; 0 if even one cell costs more.

    Example:
        >>> widest(lambda n: n * n, 50)
        7
    """
    low, high = 0, 1
    while high <= most and cost(high) <= limit:
        low, high = high, 2 * high
    high = min(high, most + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if cost(middle) <= limit else (low, middle)
    return low


def width_within(budget: Budget, cell: Cell, num_layers: int, question: Question) -> int:
    """Find the largest number of cells per layer within a budget.

    Exact: networks are counted, no equation is solved.

    Args:
        budget: How much the network may cost.
        cell: Cell of the stack.
        num_layers: Number of equal layers.
        question: The data set.

    Returns:
        Cells per layer; 0 if even one cell per layer costs more.
    """
    cost = functools.partial(_stack_cost, cell, num_layers, question, budget.kind, budget.step_time)
    return widest(cost, budget.amount)


# searches for a width come back to the same sizes again and again
@functools.lru_cache(maxsize=4096)
def _stack_cost(
    cell: Cell,
    num_layers: int,
    question: Question,
    kind: BudgetKind,
    step_time: StepTime,
    size: int,
) -> float:
    return cost_of(
        Case(architecture=stack_of(cell, size, num_layers), question=question), kind, step_time
    )


def equal_stacks(
    budget: Budget, cell: Cell, question: Question, depths: tuple[int, ...] = DEPTHS
) -> tuple[Architecture, ...]:
    """List the largest plain stack of equal layers within a budget at each depth.

    Args:
        budget: How much a network may cost.
        cell: Cell of the stacks.
        question: The data set.
        depths: Numbers of layers.

    Returns:
        Architectures, shallow first; a depth that costs more even with one cell is left out.
    """
    sizes = {depth: width_within(budget, cell, depth, question) for depth in sorted(set(depths))}
    return tuple(stack_of(cell, size, depth) for depth, size in sizes.items() if size)
