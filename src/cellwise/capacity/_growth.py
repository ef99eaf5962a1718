"""Growth and score of Chen, Li & Zhao for the network that is asked about."""

import math
from collections.abc import Sequence
from dataclasses import replace

from cellwise.capacity._case import Case
from cellwise.capacity._chen import chen_score, lstm_beta, state_reach, vanilla_beta
from cellwise.capacity._norms import glorot_spectral
from cellwise.capacity._statement import NOT_STATED, Statement, held

_SOURCE = "Chen, Li & Zhao 2019 (arXiv 1910.12947); abstract found, formulas from memory"
# gates at the start of training: forget bias 1, the others 0
_FIRST_FORGET, _FIRST_GATE = 1 / (1 + math.exp(-1)), 0.5


def first_beta(cell: str) -> float:
    """Growth per step with which Cellwise begins to train: recurrent norm 1, forget bias 1.

    Theorem, from memory, re-derived (`lstm_beta`), at the first weights and with no input.

    Args:
        cell: ``lstm`` or ``rnn``.

    Returns:
        Growth factor beta; 0.98 for LSTM, 1 for RNN.
    """
    if cell == "rnn":
        return vanilla_beta(recurrent_norm=1.0)
    gate = (_FIRST_GATE, _FIRST_GATE)
    return lstm_beta((_FIRST_FORGET, _FIRST_FORGET), gate, gate, recurrent_norm=1.0)


def chen_statements(case: Case) -> tuple[Statement, ...]:
    """State growth per step and score for the weights with which Cellwise begins to train.

    Args:
        case: Architecture and data.

    Returns:
        Growth per step, score.
    """
    start = "weights and gates with which Cellwise begins to train, inputs between -1 and 1"
    if case.cell not in ("lstm", "rnn") or not case.reads_last:
        return growth_statements(case, None, None, start)
    beta = first_beta(case.cell)
    return growth_statements(case, beta, _score(case, beta), start)


def growth_statements(
    case: Case, beta: float | None, score: float | None, basis: str
) -> tuple[Statement, Statement]:
    """Put growth per step and score into statements.

    Args:
        case: Architecture and data.
        beta: Growth per step; ``None`` if it is not stated for these layers.
        score: The score, or ``None``.
        basis: What both were computed from.

    Returns:
        Growth per step, score.
    """
    value, log2_value = (None, None) if score is None else held(score)
    composed = "; proved for one layer, layers composed here"
    growth = Statement(
        key="chen_beta",
        name="growth per step, Chen-Li-Zhao",
        value=beta,
        unit="factor; below 1 nothing grows with length",
        kind="theorem",
        checked="memory",
        assumptions=basis,
        source=_SOURCE,
        silence=NOT_STATED if beta is None else "",
    )
    ranking = replace(
        growth,
        key="chen_score",
        name="score, Chen-Li-Zhao",
        value=value,
        log2_value=log2_value,
        unit="relative; no error",
        kind="heuristic",
        assumptions=f"{basis}; logarithm and constants left out"
        + ("" if case.architecture.num_layers == 1 else composed),
    )
    return growth, ranking


def _score(case: Case, beta: float) -> float:
    sizes = zip(case.architecture.hidden_sizes, case.layer_inputs, strict=True)
    layers = [(size, glorot_spectral(size, width), beta) for size, width in sizes]
    return stack_score(case, layers, head_norm=1.0, input_norm=math.sqrt(case.question.inputs))


def stack_score(
    case: Case, layers: Sequence[tuple[int, float, float]], *, head_norm: float, input_norm: float
) -> float:
    """Score a stack: what one layer can reach is what the next one reads.

    Heuristic, derived: the paper is about one layer.

    Args:
        case: Architecture and data.
        layers: For each layer its cells, the spectral norm of the (candidate's) input weights, and
            its growth per step.
        head_norm: Spectral norm of the output weights.
        input_norm: Largest length of an input vector.

    Returns:
        The score.
    """
    reach = input_norm
    for size, input_weight_norm, beta in layers:
        reach = state_reach(
            hidden_size=size,
            input_norm=reach,
            input_weight_norm=input_weight_norm,
            beta=beta,
            length=case.question.length,
        )
    return chen_score(
        weights=case.weights,
        head_norm=head_norm,
        reach=reach,
        samples=case.question.independent,
        margin=case.question.margin,
    )
