"""What theory and rules of thumb say of the size, on the data of a search."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cellwise.architecture import Architecture
from cellwise.capacity import Appraisal, Budget, Question, appraise, equal_stacks
from cellwise.data import ForecastData
from cellwise.records import LimitRecord, LimitSide, LimitsRecord

# lower and upper limits of cells per layer, and bounds, by the desk's names
_LIMITS: tuple[tuple[LimitSide, tuple[str, ...]], ...] = (
    ("lower", ("memory_floor", "mean_width")),
    (
        "upper",
        ("alpha_2_written", "alpha_10_written", "alpha_2_weights", "alpha_10_weights"),
    ),
    ("gap", ("occam_32", "occam_5", "cover")),
)
_LARGEST_ORDER = 48


def limits_record(data: ForecastData, architecture: Architecture) -> LimitsRecord:
    """Ask the capacity desk about the network that a search has chosen.

    Args:
        data: The data; the training windows of the first fold are the sample.
        architecture: The network.

    Returns:
        Lower limits, upper limits and bounds at its depth.
    """
    memory = _memory(data)
    question = Question(
        inputs=data.input_size,
        outputs=data.output_size,
        length=data.num_steps,
        samples=len(data.folds[0].train_starts),
        stride=1,
        memory=memory,
    )
    found = appraise(architecture, question)
    lower, upper, gaps = ([_limit(found, key, side) for key in keys] for side, keys in _LIMITS)
    return LimitsRecord(
        architecture=str(architecture),
        num_layers=architecture.num_layers,
        cells=max(architecture.hidden_sizes),
        num_parameters=found.case.weights,
        num_targets=question.targets,
        num_independent=question.independent,
        memory=memory,
        limits=(*lower, *upper, _memorisation(found), *gaps),
    )


def ar_order(values: NDArray[Any], most: int = _LARGEST_ORDER) -> int:
    """Return the order of the autoregression that BIC prefers: how far back a line looks.

    Args:
        values: A series, ``(N,)``.
        most: Largest order.

    Returns:
        From 0 to ``most``, at most a tenth of the series.

    Reference:
        Levinson-Durbin recursion on the sample autocovariances; Schwarz (1978) for the criterion.
    """
    series: NDArray[np.float64] = values.astype(np.float64) - float(np.mean(values))
    most = min(most, len(series) // 10)
    covariances = [float(series[k:] @ series[: len(series) - k]) for k in range(most + 1)]
    if covariances[0] <= 0:
        return 0
    left, best, order = covariances[0], math.inf, 0
    weights: NDArray[np.float64] = np.zeros(0)
    for p in range(most + 1):
        if p:
            known = np.array(covariances[p - 1 : 0 : -1])
            partial = (covariances[p] - float(weights @ known)) / left
            weights = np.append(weights - partial * weights[::-1], partial)
            left *= max(1e-12, 1.0 - partial**2)
        score = len(series) * math.log(left) + p * math.log(len(series))
        if score < best:
            best, order = score, p
    return order


def _memory(data: ForecastData) -> int:
    """Order of the longest series, within the context."""
    spans = max(data.series, key=lambda span: span.train_stop - span.start)
    most = min(_LARGEST_ORDER, data.context_length)
    return ar_order(data.target[spans.start : spans.train_stop], most)


def _limit(found: Appraisal, key: str, side: LimitSide) -> LimitRecord:
    statement = found.statements[key]
    return LimitRecord(
        key=key,
        name=statement.name,
        side=side,
        value=math.nan if statement.value is None else float(statement.value),
        kind=statement.kind,
        assumptions=statement.assumptions,
        source=statement.source,
        silence=statement.silence,
        targets=_targets(found, key),
    )


def _targets(found: Appraisal, key: str) -> float:
    """Training targets with which the alpha rule, by weights, allows the network."""
    name, _, rest = key.partition("_")
    alpha, _, reading = rest.partition("_")
    if name != "alpha" or reading != "weights":
        return math.nan
    return float(alpha) * found.case.weights


def _memorisation(found: Appraisal) -> LimitRecord:
    """Cells with which the network could learn the training targets by heart, 5 bits a weight."""
    question, architecture = found.case.question, found.case.architecture
    bits = found.statements["label_bits"]
    per_weight = (found.value("stored_bits") or math.nan) / found.case.weights
    budget = Budget(kind="parameters", amount=max(1.0, question.label_bits / per_weight))
    cell = architecture.recurrent_layers[0].cell
    stacks = equal_stacks(budget, cell, question, (architecture.num_layers,))
    same = [one for one in stacks if one.num_layers == architecture.num_layers]
    return LimitRecord(
        key="memorisation",
        name="cells to learn the targets by heart",
        side="upper",
        value=float(same[0].hidden_sizes[0]) if same else 0.0,
        kind="heuristic",
        assumptions=f"5 bits per weight; {bits.assumptions}; larger networks need regularisation",
        source=found.statements["stored_bits"].source,
        targets=found.case.weights * per_weight * question.targets / question.label_bits,
    )
