"""Growth from two cells: cells first, then layers, each step a paired comparison."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from cellwise.architecture import Architecture, RecurrentLayer, with_layer
from cellwise.data import Metric
from cellwise.records import ComparisonRecord
from cellwise.search._candidate import Candidate
from cellwise.search._compare import compare, decide
from cellwise.search._settings import SearchSettings

FIRST_CELLS = 2

Trial = Callable[[Architecture, str, float], Candidate]
"""``trial(architecture, stage, centre of the learning rates) -> candidate``."""


class Explorer(Protocol):
    """Looks for a size, and perhaps for all else; a pure function of what its trials return."""

    candidates: list[Candidate]
    comparisons: list[ComparisonRecord]
    stages: dict[str, str]
    incumbent: Candidate | None

    def run(self) -> None:
        """Look until there is a reason to stop, which it notes in ``stages``."""
        ...


@dataclass(slots=True)
class Growth:
    """The search in progress: a pure function of what its trials return.

    Attributes:
        settings: What bounds it.
        metric: Decision metric.
        trial: Trains a candidate.
        count_parameters: Trainable weights of an architecture on this data.
        on_comparison: Told each decision.
        candidates: Every size tried, in order.
        comparisons: Every decision, in order.
        stages: How each stage ended.
        incumbent: Best accepted size so far.
    """

    settings: SearchSettings
    metric: Metric
    trial: Trial
    count_parameters: Callable[[Architecture], int]
    on_comparison: Callable[[ComparisonRecord], None] = lambda _: None
    candidates: list[Candidate] = field(default_factory=list)
    comparisons: list[ComparisonRecord] = field(default_factory=list)
    stages: dict[str, str] = field(default_factory=dict)
    incumbent: Candidate | None = None

    def run(self) -> None:
        """Grow cells, then layers, and try the equal-budget control before depth is given up."""
        self._grow_width()
        if self._reached_goal():
            return
        grown = self._grow_depth()
        if not grown and self.settings.max_layers > 1 and not self._reached_goal():
            self._try_control()

    @property
    def best_learning_rate(self) -> float:
        """Centre of the rates of the next trial: the best rate of the incumbent."""
        if self.incumbent is None or self.incumbent.failed:
            return self.settings.learning_rate
        return self.incumbent.record.learning_rate

    def _grow_width(self) -> None:
        # the two tests of a last, fruitless pair of rungs share the level
        alpha = self.settings.alpha / self.settings.patience
        sizes = doubling(FIRST_CELLS, self.settings.max_cells)
        candidates = (
            Architecture(layers=(RecurrentLayer(cell=self.settings.cell, hidden_size=size),))
            for size in sizes
        )
        self.stages["width"] = self._climb("width", candidates, alpha)

    def _grow_depth(self) -> bool:
        """Add layers of few cells while they help; whether one was accepted."""
        grown = False
        for depth in range(2, self.settings.max_layers + 1):
            base = self._incumbent().architecture
            alpha = self.settings.alpha / (depth - 1) / self.settings.patience
            candidates = (with_layer(base, size) for size in doubling(2, base.hidden_sizes[-1]))
            self.stages[f"depth {depth}"] = self._climb(f"depth {depth}", candidates, alpha)
            if self._incumbent().architecture is base:
                return grown
            grown = True
            if self._reached_goal():
                return grown
        return grown

    def _try_control(self) -> None:
        base = self._incumbent().architecture
        control = equal_budget_pair(base, self.count_parameters)
        if control is None:
            self.stages["control"] = "no two layers fit into so few weights"
            return
        alpha = self.settings.alpha / 2  # the layer of few cells was the other try at depth
        self.stages["control"] = self._climb("control", iter((control,)), alpha)

    def _climb(self, stage: str, architectures: Iterator[Architecture], alpha: float) -> str:
        """Try sizes in turn until so many in a row are rejected; return why it ended."""
        rejected = 0
        for architecture in architectures:
            accepted = self._step(stage, architecture, alpha)
            rejected = 0 if accepted else rejected + 1
            if self._reached_goal():
                return f"the goal of {self.settings.goal:g} is reached"
            if rejected == self.settings.patience:
                return f"{rejected} sizes in a row brought no gain"
        return "every size up to the limit was tried"

    def _step(self, stage: str, architecture: Architecture, alpha: float) -> bool:
        candidate = self.trial(architecture, stage, self.best_learning_rate)
        self.candidates.append(candidate)
        if self.incumbent is None or self.incumbent.failed:
            self.incumbent = candidate
            return True
        record = self._compare(stage, candidate, self.incumbent, alpha)
        self.comparisons.append(record)
        self.on_comparison(record)
        if record.accepted:
            self.incumbent = candidate
        return record.accepted

    def _compare(
        self, stage: str, candidate: Candidate, incumbent: Candidate, alpha: float
    ) -> ComparisonRecord:
        names = {"candidate": str(candidate.architecture), "incumbent": str(incumbent.architecture)}
        if candidate.failed:
            return ComparisonRecord(
                stage=stage,
                gain=float("nan"),
                p_value=1.0,
                alpha=alpha,
                accepted=False,
                reason="training ended with non-finite numbers",
                **names,
            )
        paired = compare(self.metric, candidate.errors, incumbent.errors)
        return decide(paired, stage=stage, alpha=alpha, min_gain=self.settings.min_gain, **names)

    def _incumbent(self) -> Candidate:
        return self.incumbent if self.incumbent is not None else self.candidates[-1]

    def _reached_goal(self) -> bool:
        goal = self.settings.goal
        return bool(goal) and any(c.record.error <= goal for c in self.candidates)


def doubling(first: int, limit: int) -> Iterator[int]:
    """Yield sizes that double from the first up to the limit.

    Args:
        first: First size.
        limit: Largest size.

    Yields:
        int: A size.
    """
    size = first
    while size <= limit:
        yield size
        size *= 2


def equal_budget_pair(
    base: Architecture, count_parameters: Callable[[Architecture], int]
) -> Architecture | None:
    """Return two equal layers with as many weights as a stack, or as near below as can be.

    Args:
        base: The stack to match.
        count_parameters: Trainable weights of an architecture on this data.

    Returns:
        The control of Graves et al. (2013) and Sak et al. (2014); ``None`` if none fits.
    """
    budget, found = count_parameters(base), None
    for size in range(1, max(base.hidden_sizes) + 1):
        layer = RecurrentLayer(cell=base.recurrent_layers[0].cell, hidden_size=size)
        pair = Architecture(layers=(layer, layer))
        if count_parameters(pair) > budget:
            break
        found = pair
    return found
