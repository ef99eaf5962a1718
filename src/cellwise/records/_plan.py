"""What a search would cost: `cellwise plan`."""

from dataclasses import dataclass

from cellwise.records._cost import CostRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthCost:
    """What a stack of equal layers costs beside one layer.

    Attributes:
        num_layers: Layers of the stack.
        hidden_size: Cells of each.
        epoch_seconds: Expected time of an epoch of its cohort.
        ratio: The same over that of one layer.
    """

    num_layers: int
    hidden_size: int
    epoch_seconds: float
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRecord:
    """Expected cost of each step of a search.

    Attributes:
        strategy: How sizes and settings are searched.
        shortest: Cohorts of a search in which nothing larger helps, in order.
        longest: Cohorts of one in which everything helps, so that every size up to the limits is
            tried; the same as ``shortest`` where the list is fixed.
        depths: What layers cost.
        pace: How much slower than its prices the machine was when it was asked.
        budget_seconds: Wall clock that is allowed; 0 for no limit.
        kernels: Kernels that will run.
        num_threads: Threads that they run on.
        outer_folds: Outer folds, each of which is the sum of its cohorts and comes first.
    """

    strategy: str
    shortest: tuple[CostRecord, ...]
    longest: tuple[CostRecord, ...]
    depths: tuple[DepthCost, ...]
    pace: float
    budget_seconds: float
    kernels: str
    num_threads: int
    outer_folds: int = 0
