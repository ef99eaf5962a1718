"""A candidate as the trials that a ledger or a tracker holds: one for each learning rate."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cellwise.architecture import Architecture
from cellwise.records import CandidateRecord, MemberRecord

RateState = Literal["complete", "halved", "non-finite"]
"""How a trial ended: all members to their end, dropped early, or with numbers that are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTrial:
    """One learning rate of a candidate, with its replicates.

    Attributes:
        name: What makes it: the same name is the same trial.
        params: Size, settings and rate, by name.
        members: Its replicates.
    """

    name: str
    params: dict[str, Any]
    members: tuple[MemberRecord, ...]

    @property
    def state(self) -> RateState:
        """How it ended."""
        if all(m.state == "halved" for m in self.members):
            return "halved"
        return "non-finite" if any(m.state == "non-finite" for m in self.members) else "complete"

    @property
    def error(self) -> float:
        """Decision metric, mean over its replicates."""
        return sum(m.error for m in self.members) / len(self.members)

    @property
    def val_curve(self) -> dict[int, float]:
        """Mean validation error by epoch, over the members that got that far."""
        return _mean([m.val_curve for m in self.members])

    @property
    def train_curve(self) -> dict[int, float]:
        """Mean training loss by epoch, over the members that got that far."""
        return _mean([m.train_curve for m in self.members])


def rate_trials(record: CandidateRecord) -> list[RateTrial]:
    """Split a candidate by learning rate.

    Args:
        record: The candidate.

    Returns:
        A trial for each rate, the lowest first.
    """
    depth = len(Architecture.parse(record.architecture).recurrent_layers)
    size = {"num_cells": record.num_cells, "num_layers": depth, **record.settings}
    settings = f" | {json.dumps(record.settings)}" if record.settings else ""
    start = f" | from {record.started_from}" if record.started_from else ""
    return [
        RateTrial(
            name=f"{record.stage} | {record.architecture} | {rate:g}{settings}{start}",
            params={**size, "learning_rate": rate},
            members=tuple(m for m in record.members if m.learning_rate == rate),
        )
        for rate in sorted({m.learning_rate for m in record.members})
    ]


def _mean(curves: Sequence[Sequence[float]]) -> dict[int, float]:
    longest = max(len(curve) for curve in curves)
    found = {}
    for epoch in range(longest):
        values = [curve[epoch] for curve in curves if len(curve) > epoch]
        found[epoch + 1] = sum(values) / len(values)
    return found
