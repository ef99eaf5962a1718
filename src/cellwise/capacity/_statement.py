"""One thing that theory says, with everything needed to judge it."""

import math
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["exact", "theorem", "heuristic", "measured"]
"""What a number rests on: a count, a proof, a rule of thumb, an experiment of others."""

Checked = Literal["found", "memory", "derived", "measured"]
"""How the formula was checked: read in public text, known but not checked against the paper,
worked out here, or an experiment of this project."""

NOT_STATED = "not stated for this layer"
NEAREST_INFINITY = 1e300


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one formula says about one network on one data set.

    Attributes:
        key: Name of the statement for programs, the same in every version.
        name: Name for people.
        value: The number; ``None`` if there is none, or none that a float can hold.
        log2_value: Base-2 logarithm of a positive number, also of one too large for a float.
        unit: Unit of the number, in words.
        kind: What the number rests on.
        checked: How the formula was checked.
        assumptions: When it holds, in words.
        source: Where it comes from.
        silence: Why it says nothing here; empty if it says something.

    Example:
        >>> one = Statement(
        ...     key="gap", name="gap", value=2.5, unit="of error", kind="theorem",
        ...     checked="derived", assumptions="", source="", silence="above 1",
        ... )
        >>> one.says, one.verdict
        (False, 'says nothing here: above 1')
    """

    key: str
    name: str
    value: float | None
    log2_value: float | None = None
    unit: str
    kind: Kind
    checked: Checked
    assumptions: str
    source: str
    silence: str = ""

    @property
    def says(self) -> bool:
        """Whether it says anything here."""
        return not self.silence

    @property
    def verdict(self) -> str:
        """Whether it says anything here, in words."""
        return f"says nothing here: {self.silence}" if self.silence else "says something here"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, with the verdict in words."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return {**fields, "says": self.says, "verdict": self.verdict}


def held(value: float) -> tuple[float | None, float | None]:
    """Split a number into what a float can hold and its logarithm.

    Args:
        value: Number that is not negative; may be infinite.

    Returns:
        The number, ``None`` above 1e300, and its base-2 logarithm, ``None`` for 0 and infinity.
    """
    log2_value = math.log2(value) if 0 < value < math.inf else None
    return (float(value) if value < NEAREST_INFINITY else None), log2_value


def power_of_two(log2_value: float) -> float:
    """Return ``2 ** log2_value``, infinite where a float cannot hold it.

    Exact.

    Args:
        log2_value: Base-2 logarithm.

    Returns:
        The power.
    """
    return math.inf if log2_value > 1000 else 2.0**log2_value
