"""What theory and rules of thumb said of the size, to be held against what was measured."""

from dataclasses import dataclass
from typing import Literal

LimitSide = Literal["lower", "upper", "gap"]
"""At least so many cells, at most so many cells, or a bound on the gap to new data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRecord:
    """One rule or bound, evaluated on the data of a run at the depth of its network.

    Attributes:
        key: Name for programs, as the capacity desk has it.
        name: Name for people.
        side: What it limits.
        value: Cells per layer, or the gap between training and new data; NaN if there is none.
        kind: What it rests on: ``exact``, ``theorem``, ``heuristic`` or ``measured``.
        assumptions: When it holds, in words.
        source: Where it comes from.
        silence: Why it says nothing here; empty if it says something.
        targets: Training targets from which it would allow the chosen network; NaN where more data
            would not change it.
    """

    key: str
    name: str
    side: LimitSide
    value: float
    kind: str
    assumptions: str
    source: str
    silence: str = ""
    targets: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsRecord:
    """All limits of a run.

    Attributes:
        architecture: Text form of the network that they are held against.
        num_layers: Its recurrent layers.
        cells: Cells of its widest layer.
        num_parameters: Its trainable weights.
        num_targets: Distinct training targets of the first fold.
        num_independent: Training windows that share no row.
        memory: Past values that the target depends on, by the order of an autoregression (BIC).
        limits: Lower limits, upper limits, bounds.
    """

    architecture: str
    num_layers: int
    cells: int
    num_parameters: int
    num_targets: int
    num_independent: int
    memory: int
    limits: tuple[LimitRecord, ...] = ()
