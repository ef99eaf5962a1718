"""Occam's bound: training error plus a gap that depends only on the bits of the weights."""

import math

from cellwise.capacity._case import Case
from cellwise.capacity._statement import Statement, held

_READINGS = {
    32: "holds for every float32 network, whatever its layers",
    16: "holds if the trained weights are rounded to 16 bits and scored again",
    5: "holds only if the weights that are scored are stored in 5 bits each (the capacity that "
    "Collins et al. 2017 measured)",
}


def occam_gap(*, weights: float, bits: float, samples: float, delta: float = 0.05) -> float:
    """Gap between training and true error that no setting of the weights exceeds.

    Theorem, derived (union bound and Hoeffding): ``sqrt((p w ln 2 + ln(1/d)) / (2 M))`` for any
    loss between 0 and 1, with probability 1 - d, for all weight settings at once.

    Args:
        weights: Number of weights w.
        bits: Bits p per weight.
        samples: Number of independent sequences M.
        delta: Probability d with which it may fail.

    Returns:
        The gap; above 1 it says nothing.

    Example:
        >>> round(occam_gap(weights=64, bits=32, samples=1e5), 6)
        0.084337
    """
    return math.sqrt(_nats(weights, bits, delta) / (2 * samples))


def occam_samples(*, weights: float, bits: float, gap: float, delta: float = 0.05) -> int:
    """Number of independent sequences for which `occam_gap` is a given gap.

    Theorem, derived.

    Args:
        weights: Number of weights w.
        bits: Bits p per weight.
        gap: The gap e.
        delta: Probability d with which it may fail.

    Returns:
        Number of sequences.

    Example:
        >>> occam_samples(weights=64, bits=32, gap=0.05)
        284513
    """
    return math.ceil(_nats(weights, bits, delta) / (2 * gap**2))


def occam_weights(*, samples: float, bits: float, gap: float, delta: float = 0.05) -> float:
    """Largest number of weights for which `occam_gap` is within a given gap.

    Theorem, derived.

    Args:
        samples: Number of independent sequences M.
        bits: Bits p per weight.
        gap: The gap e.
        delta: Probability d with which it may fail.

    Returns:
        Number of weights, not rounded; 0 if there are too few sequences for any.

    Example:
        >>> round(occam_weights(samples=1e4, bits=32, gap=0.1), 1)
        8.9
    """
    return max(0.0, (2 * samples * gap**2 - math.log(1 / delta)) / (bits * math.log(2)))


def _nats(weights: float, bits: float, delta: float) -> float:
    return bits * weights * math.log(2) + math.log(1 / delta)


def occam_statements(case: Case) -> tuple[Statement, ...]:
    """State the gap for 32, 16 and 5 bits per weight, and what would be needed for a useful one.

    Args:
        case: Architecture and data.

    Returns:
        Statements.
    """
    return (*(_gap(case, bits) for bits in _READINGS), _samples(case), _weights(case))


def _gap(case: Case, bits: int) -> Statement:
    question = case.question
    gap = occam_gap(
        weights=case.weights, bits=bits, samples=question.independent, delta=question.delta
    )
    return Statement(
        key=f"occam_{bits}",
        name=f"gap, Occam, {bits} bits a weight",
        value=gap,
        unit="of a loss between 0 and 1",
        kind="theorem",
        checked="derived",
        assumptions=f"{question.independent:,} independent windows; {_READINGS[bits]}",
        source="union bound and Hoeffding's inequality",
        silence="above 1" if gap >= 1 else "",
    )


def _samples(case: Case) -> Statement:
    question = case.question
    value, log2_value = held(
        occam_samples(weights=case.weights, bits=32, gap=question.tolerance, delta=question.delta)
    )
    return Statement(
        key="occam_samples",
        name=f"windows for a gap of {question.tolerance:g}, Occam, 32 bits",
        value=value,
        log2_value=log2_value,
        unit="independent windows",
        kind="theorem",
        checked="derived",
        assumptions="any loss between 0 and 1, float32",
        source="union bound and Hoeffding's inequality",
    )


def _weights(case: Case) -> Statement:
    question = case.question
    most = occam_weights(
        samples=question.independent, bits=32, gap=question.tolerance, delta=question.delta
    )
    return Statement(
        key="occam_weights",
        name=f"weights for a gap of {question.tolerance:g}, Occam, 32 bits",
        value=most,
        unit="weights",
        kind="theorem",
        checked="derived",
        assumptions="any loss between 0 and 1, float32; never use it to size a network",
        source="union bound and Hoeffding's inequality",
        silence="" if most >= 1 else "not even one weight",
    )
