"""Bits: what a network can store against what the training targets hold."""

import math
from typing import Any

from cellwise.capacity._case import Case
from cellwise.capacity._statement import Statement

BITS_PER_PARAMETER = 5.0


def memorised_bits(labels: float, accuracy: float) -> float:
    """Bits that a network has stored of random labels.

    Heuristic (assumes errors of both kinds alike), found: ``b (1 - H(p))``.

    Args:
        labels: Number of random labels b, one fair bit each.
        accuracy: Share p of them that the network gives, at least one half.

    Returns:
        Bits.

    Reference:
        Collins, Sohl-Dickstein & Sussillo (2017), "Capacity and Trainability in Recurrent Neural
        Networks", ICLR.

    Example:
        >>> round(memorised_bits(1000, 0.9), 3)
        531.004
    """
    p, q = accuracy, 1 - accuracy
    entropy = -sum(share * math.log2(share) for share in (p, q) if share > 0)
    return labels * (1 - entropy)


def bit_statements(case: Case) -> tuple[Statement, ...]:
    """State what the network can store and what the training targets hold.

    Args:
        case: Architecture and data.

    Returns:
        Bits that can be stored, bits of the targets, their ratio.
    """
    question = case.question
    stored = BITS_PER_PARAMETER * case.weights
    source = "Collins et al. 2017: 3 to 6 bits per parameter, about 5 in RNN, GRU and LSTM alike"
    return (
        _bits(
            "stored_bits",
            "bits it can store, 5 per weight",
            stored,
            "bits",
            kind="measured",
            assumptions="random labels, trained at length; short training stores 1 to 2",
            source=source,
        ),
        _bits(
            "label_bits",
            "bits in the training targets",
            question.label_bits,
            "bits",
            kind="exact",
            checked="derived",
            assumptions=_label_reading(case),
            source="counting",
        ),
        _bits(
            "memorisation_ratio",
            "target bits per bit it can store",
            question.label_bits / stored,
            "ratio; below 1 it can learn the training set by heart",
            assumptions="5 bits per weight; " + _label_reading(case),
            source=source,
        ),
    )


def _bits(key: str, name: str, value: float, unit: str, **fields: Any) -> Statement:
    usual: dict[str, Any] = {"kind": "heuristic", "checked": "found"}
    return Statement(key=key, name=name, value=value, unit=unit, **{**usual, **fields})


def _label_reading(case: Case) -> str:
    question = case.question
    if question.task == "classification":
        return f"one of {max(2, question.outputs)} classes per window"
    return f"{question.target_bits:.2f} bits per target number"
