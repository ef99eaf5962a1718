"""The plan of an experiment: a row of the cohort for each condition, learning rate and seed."""

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any

import torch

from cellwise.measure._effort import Effort
from cellwise.training import Member

RATES = (0.01, 0.03)

Plan = list[tuple[Any, ...]]
"""Conditions, whose last two parts are learning rate and seed."""

Row = dict[str, Any]
"""What was measured under a condition, numbers and words by column."""


def plan_of(effort: Effort, *conditions: Iterable[Any]) -> Plan:
    """Combine all conditions with all learning rates and seeds.

    Args:
        effort: Has the seeds.
        *conditions: Values of each condition.

    Returns:
        The conditions of each row.
    """
    return list(product(*conditions, RATES, effort.all_seeds))


def members_of(plan: Plan) -> tuple[Member, ...]:
    """Return a row of the cohort for each condition of a plan.

    Args:
        plan: The plan.

    Returns:
        A member each.
    """
    return tuple(Member(fold=0, seed=seed, learning_rate=rate) for *_, rate, seed in plan)


def sources_of(plan: Plan) -> tuple[torch.Generator, ...]:
    """Return where each row draws from, so that it draws the same whatever the others are.

    Args:
        plan: The plan.

    Returns:
        A generator each.
    """
    return tuple(torch.Generator().manual_seed(seed) for *_, seed in plan)


def rows_of(plan: Plan, conditions: Sequence[str], **measured: Sequence[Any]) -> tuple[Row, ...]:
    """Put what was measured beside its condition.

    Args:
        plan: The plan.
        conditions: Names of its conditions.
        **measured: Values by name, one per row of the plan.

    Returns:
        A row each, for people and for JSON.
    """
    names = (*conditions, "learning_rate", "seed", *measured)
    values = zip(plan, *measured.values(), strict=True)
    return tuple(dict(zip(names, (*told, *found), strict=True)) for told, *found in values)


def best_of_seeds(
    rows: Iterable[Row], effort: Effort, worth: Callable[[Row], float]
) -> tuple[float, ...]:
    """Find the best of each seed over conditions and learning rates.

    Args:
        rows: What was measured.
        effort: Has the seeds.
        worth: How good a row is.

    Returns:
        A value per seed.
    """
    rows = tuple(rows)
    return tuple(
        max(float(worth(row)) for row in rows if row["seed"] == seed) for seed in effort.all_seeds
    )
