"""What the reports look up in the evidence more than once."""

import math
from typing import Literal

from cellwise._errors import ArchitectureError
from cellwise.architecture import Architecture
from cellwise.records import (
    BaselineRecord,
    CandidateRecord,
    ComparisonRecord,
    Evidence,
    MemberRecord,
    Score,
)
from cellwise.report._trials import grows

Outcome = Literal["start", "accepted", "rejected", "open"]
"""What became of a candidate; ``open`` if no comparison has decided it."""


def benchmark_of(evidence: Evidence) -> BaselineRecord | None:
    """Return the classical method that the networks were held against.

    Args:
        evidence: What a run has found.

    Returns:
        The one that the verdict names, else the best that ran, else ``None``.
    """
    ran = [one for one in evidence.baselines if math.isfinite(one.error)]
    named = [one for one in ran if evidence.verdict.benchmark in (one.name, one.label)]
    best = sorted(ran, key=lambda one: one.error)
    return next(iter([*named, *best]), None)


def method_label(evidence: Evidence, name: str) -> str:
    """Return the name for people of a classical method.

    Args:
        evidence: What a run has found.
        name: Short name.

    Returns:
        Its label, or the name itself where it is unknown.
    """
    return next((one.label for one in evidence.baselines if one.name == name), name)


def parsed(text: str) -> Architecture | None:
    """Read a text form, or return ``None`` where it is a classical method's name.

    Args:
        text: Text form or the name of a method.

    Returns:
        The architecture, or ``None``.
    """
    try:
        return Architecture.parse(text)
    except ArchitectureError:
        return None


def decision_on(evidence: Evidence, candidate: CandidateRecord) -> ComparisonRecord | None:
    """Return the comparison that let a candidate into the staircase or kept it out.

    Args:
        evidence: What a run has found.
        candidate: A candidate of it.

    Returns:
        The last comparison of the candidate in its own stage; ``None`` if there is none.
    """
    found = [
        one
        for one in evidence.comparisons
        if (one.stage, one.candidate) == (candidate.stage, candidate.architecture)
    ]
    return found[-1] if found else None


def outcome_of(evidence: Evidence, candidate: CandidateRecord) -> Outcome:
    """Return what became of a candidate.

    Args:
        evidence: What a run has found.
        candidate: A candidate of it.

    Returns:
        ``start`` for the first one of a staircase, which had nothing to beat.
    """
    decision = decision_on(evidence, candidate)
    if decision is not None:
        return "accepted" if decision.accepted else "rejected"
    return "start" if grows(evidence) and candidate is evidence.candidates[0] else "open"


def kept_members(candidate: CandidateRecord) -> tuple[MemberRecord, ...]:
    """Return the replicates that a candidate was judged by.

    Args:
        candidate: A candidate.

    Returns:
        The networks at the rate that won and that were trained to their end.
    """
    return tuple(
        one
        for one in candidate.members
        if one.state in ("finished", "stopped")
        and math.isclose(one.learning_rate, candidate.learning_rate, rel_tol=1e-6)
    )


def decision_error(score: Score | None, metric: str) -> float:
    """Pick the decision metric out of a score.

    Args:
        score: All errors, or ``None``.
        metric: Decision metric.

    Returns:
        The error; NaN where it is absent.
    """
    return math.nan if score is None else score.error(metric)


def also(metric: str) -> tuple[str, ...]:
    """Return the errors that are shown beside the decision metric.

    Args:
        metric: Decision metric.

    Returns:
        ``mse`` and ``mae``, less the metric itself.
    """
    return tuple(name for name in ("mse", "mae") if name != metric)


def known_floor(evidence: Evidence) -> float:
    """Return the noise floor if there is an estimate of it.

    Args:
        evidence: What a run has found.

    Returns:
        The estimate; NaN where there is none or where it is 0, which says nothing.
    """
    floor = evidence.verdict.noise_floor
    return floor if floor > 0 else math.nan


def relative_gain(error: float, reference: float) -> float:
    """Return by which fraction an error is below another.

    Args:
        error: Error of the candidate.
        reference: Error of what it is compared with.

    Returns:
        Positive where the candidate is better; NaN where undefined.
    """
    return 1.0 - error / reference if reference else math.nan


def metric_label(metric: str) -> str:
    """Return a metric's name and unit.

    Args:
        metric: Decision metric.

    Returns:
        Text such as ``MSE, standardised units``.
    """
    named = {"smape": "sMAPE, %", "mase": "MASE"}
    return named.get(metric, f"{metric.upper()}, standardised units")
