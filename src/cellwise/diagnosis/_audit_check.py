"""The checks of the leakage audit: what they are called, why they matter, what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from cellwise.records import AuditCheck, AuditStatus

# Runs that are named
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Text:
    title: str
    why: str
    do: str


_TEXTS = {
    "scaler_range": _Text(
        "Scaling",
        "Means and deviations of all rows tell the network where the series is going.",
        "report it: `cellwise fit` takes them from the training rows",
    ),
    "window_overlap": _Text(
        "Overlap and gap of windows",
        "A target that was trained on must not be scored. Contexts may look back over the border: "
        "those values are known when the forecast is made.",
        "report it: `cellwise fit` cuts its windows apart",
    ),
    "filled_values": _Text(
        "Filled values",
        "A line over a gap is drawn with the value behind it, which nobody knows inside the gap.",
        "use --missing forward",
    ),
    "repeated_rows": _Text(
        "Rows repeated across splits",
        "A stretch that was trained on and occurs again in the test rows is remembered, not "
        "forecast.",
        "remove copied rows; if the table is exactly periodic, no network is needed",
    ),
    "future_columns": _Text(
        "The target's future in a covariate",
        "A column that holds what is to be forecast makes every error small until the day it is "
        "used.",
        "leave the column out, or shift it to the row in which it is known; a column that is known "
        "only afterwards goes with --past-covariates",
    ),
    "future_combination": _Text(
        "The target as a combination of known covariates",
        "Columns that add up to the target, such as the parts of a sum, are not known before it.",
        "give them with --past-covariates, which are read up to the forecast only, or leave them out",
    ),
    "test_reads": _Text(
        "How often the test rows were read",
        "The best of many readings of the same rows flatters, as the best of many networks does.",
        "trust the first reading, or keep rows that no run has seen: --split",
    ),
}


def make_check(key: str, status: AuditStatus, seen: str, value: float = float("nan")) -> AuditCheck:
    """Give a measurement its title, its reason and its way out.

    Args:
        key: Which check.
        status: What came of it.
        seen: What was measured, in words.
        value: The figure that decided.

    Returns:
        The check.
    """
    text = _TEXTS[key]
    return AuditCheck(
        key=key,
        title=text.title,
        status=status,
        seen=seen,
        value=float(value),
        why=text.why,
        do=text.do,
    )


def check_reads(own: int, again: int, others: Sequence[str]) -> AuditCheck:
    """Say how often the test rows were read.

    Args:
        own: Sets of networks that this run has scored on them.
        again: How often its locked networks were scored once more, which decides nothing.
        others: Names of other runs that have scored networks on some of these rows.

    Returns:
        Warned if anything but this run's networks was scored on them, or these more than once.
    """
    seen = {0: "not read yet", 1: "read once, at the end"}.get(own, f"read {own} times")
    seen += " by this run"
    if again:
        seen += f", and {again} more by `cellwise reproduce`, which decides nothing"
    if others:
        named = ", ".join(others[:_SHOWN]) + (", ..." if len(others) > _SHOWN else "")
        runs = "1 run" if len(others) == 1 else f"{len(others)} runs"
        seen += f"; {runs} beside it scored other networks on them ({named})"
    status: AuditStatus = "warned" if others or own > 1 else "passed"
    return make_check("test_reads", status, seen, own + len(others))
