"""What the leakage audit has seen, before anything was trained."""

from dataclasses import dataclass
from typing import Literal

AuditStatus = Literal["passed", "warned", "failed", "unknown"]
"""``warned``: it may flatter, look at it; ``failed``: the number is not to be trusted;
``unknown``: there are too few rows to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditCheck:
    """One way in which rows that should be unseen could have been seen.

    Attributes:
        key: Name for programs, such as ``future_columns``.
        title: Name for people.
        status: What came of it.
        seen: What was measured, in words, with its figures.
        value: The figure that decided; NaN where there is none.
        why: Why it matters.
        do: What to do if it is not passed.
    """

    key: str
    title: str
    status: AuditStatus
    seen: str
    value: float
    why: str
    do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """All checks, in order.

    Attributes:
        checks: Each check.
    """

    checks: tuple[AuditCheck, ...]

    @property
    def failed(self) -> tuple[AuditCheck, ...]:
        """Checks that say that the number is not to be trusted."""
        return tuple(one for one in self.checks if one.status == "failed")

    @property
    def warned(self) -> tuple[AuditCheck, ...]:
        """Checks that somebody should look at."""
        return tuple(one for one in self.checks if one.status == "warned")

    @property
    def status(self) -> AuditStatus:
        """The worst of all: ``failed``, ``warned`` or ``passed``."""
        return "failed" if self.failed else "warned" if self.warned else "passed"
