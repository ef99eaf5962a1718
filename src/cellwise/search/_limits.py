"""What theory and rules of thumb say of the size, on the data of a search."""

import math

import numpy as np

from cellwise.architecture import Architecture
from cellwise.capacity import Appraisal, Budget, Question, appraise, equal_stacks
from cellwise.data import ForecastData
from cellwise.records import LimitRecord, LimitSide, LimitsRecord
from cellwise.search._contexts import autoregressive_order

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


def _memory(data: ForecastData) -> int:
    """Order of the longest series, within the context."""
    longest = max(data.series, key=lambda span: span.train_stop - span.start)
    values = data.target[longest.start : longest.train_stop].astype(np.float64)
    most = min(_LARGEST_ORDER, data.context_length, len(values) // 10)
    return autoregressive_order([values], most)


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
