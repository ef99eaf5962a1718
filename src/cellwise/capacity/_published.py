"""Bounds for plain recurrent networks that do not cover gates: Zhang et al., Tu et al."""

import math

from cellwise.capacity._case import Case
from cellwise.capacity._statement import NOT_STATED, Statement, power_of_two


def log2_zhang_order(
    *,
    widest: int,
    length: int,
    input_norm: float,
    head_norm: float,
    recurrent_norm: float,
    samples: float,
    margin: float = 1.0,
) -> float:
    """Order of the gap of Zhang, Lei & Dhillon for a plain recurrent network.

    Theorem up to constants and logarithms, found as quoted by Tu et al. (2020):
    ``max{d, m, k} L^2 |U| |V| max{1, |W|^L} / (sqrt(n) alpha)``.

    Args:
        widest: Largest of input features d, cells m, outputs k.
        length: Number of steps L.
        input_norm: Spectral norm of the input weights U.
        head_norm: Spectral norm of the output weights V.
        recurrent_norm: Spectral norm of the recurrent weights W.
        samples: Number of independent sequences n.
        margin: Margin alpha.

    Returns:
        Base-2 logarithm of the order.

    Reference:
        Zhang, Lei & Dhillon (2018), "Stabilizing Gradients for Deep Neural Networks via Efficient
        SVD Parameterization", ICML.
    """
    growth = length * max(0.0, math.log2(recurrent_norm)) if recurrent_norm > 0 else 0.0
    linear = widest * length**2 * input_norm * head_norm / (math.sqrt(samples) * margin)
    return math.log2(linear) + growth


def tu_growth(recurrent_norm: float, length: int) -> float:
    """The factor Lambda of Tu, He & Tao, ``sum_j j b^(j-1)`` for j from 1 to L.

    Theorem, found (full text). Summed as it stands: their closed form loses every digit near
    ``b = 1``, where it is ``(L + L^2) / 2``.

    Args:
        recurrent_norm: 1-norm b of the transposed recurrent weights.
        length: Number of steps L.

    Returns:
        The sum; infinite where a float cannot hold it.

    Example:
        >>> round(tu_growth(0.5, 10), 6), tu_growth(1.0, 10)
        (3.976562, 55.0)
    """
    total = 0.0
    for step in range(length, 0, -1):
        total = step + recurrent_norm * total
    return total


def tu_rademacher(
    *,
    fisher_rao: float,
    data_norm: float,
    smallest_eigenvalue: float,
    data_one_norm: float,
    head_one_norm: float,
    input_one_norm: float,
    growth: float,
    samples: int,
) -> float:
    """Rademacher complexity of ReLU recurrent networks read at the last step.

    Theorem 1, found (full text). No explicit dependence on the width.

    Args:
        fisher_rao: Fisher-Rao norm r.
        data_norm: Frobenius norm of the data matrix X, ``(L d, n)``.
        smallest_eigenvalue: Smallest eigenvalue of the covariance of the inputs, above 0.
        data_one_norm: Largest absolute row sum of X.
        head_one_norm: Largest absolute row sum of the output weights.
        input_one_norm: Largest absolute row sum of the input weights.
        growth: What `tu_growth` returned.
        samples: Number of independent sequences n.

    Returns:
        The complexity; infinite if the covariance is singular.

    Reference:
        Tu, He & Tao (2020), "Understanding Generalization in Recurrent Neural Networks", ICLR,
        Theorem 1.
    """
    if smallest_eigenvalue <= 0:
        return math.inf
    first = fisher_rao * data_norm / (2 * samples) * math.sqrt(1 / smallest_eigenvalue)
    return first + head_one_norm * input_one_norm * data_one_norm * growth / samples


def tu_gap(
    *, rademacher: float, classes: int, samples: int, margin: float = 1.0, delta: float = 0.05
) -> float:
    """Gap of Tu, He & Tao for classification with a margin.

    Theorem 2, found (full text): ``4 k R / alpha + 3 sqrt(ln(2/d) / (2 n))``.

    Args:
        rademacher: What `tu_rademacher` returned.
        classes: Number of classes k.
        samples: Number of independent sequences n.
        margin: Margin alpha.
        delta: Probability d with which it may fail.

    Returns:
        The gap; above 1 it says nothing.

    Reference:
        Tu, He & Tao (2020), ICLR, Theorem 2.
    """
    confidence = 3 * math.sqrt(math.log(2 / delta) / (2 * samples))
    return 4 * classes / margin * rademacher + confidence


def published_statements(case: Case) -> tuple[Statement, ...]:
    """State both bounds, for a plain recurrent network alone.

    Args:
        case: Architecture and data.

    Returns:
        Zhang's order, and why Tu's needs a trained run.
    """
    return (_zhang(case), _tu())


def _zhang(case: Case) -> Statement:
    question = case.question
    stated = case.cell == "rnn" and case.architecture.num_layers == 1
    log2_order = log2_zhang_order(
        widest=max(question.inputs, question.outputs, *case.architecture.hidden_sizes),
        length=question.length,
        input_norm=1.0,
        head_norm=1.0,
        recurrent_norm=1.0,
        samples=question.independent,
        margin=question.margin,
    )
    silence = "above 1" if log2_order >= 0 else ""
    return Statement(
        key="zhang_order",
        name="gap, Zhang-Lei-Dhillon, order",
        value=power_of_two(log2_order) if stated else None,
        log2_value=log2_order if stated else None,
        unit="of error, up to constants and logarithms",
        kind="theorem",
        checked="found",
        assumptions="plain recurrent network of one layer, all spectral norms 1",
        source="Zhang, Lei & Dhillon 2018, as quoted by Tu, He & Tao 2020",
        silence=silence if stated else NOT_STATED,
    )


def _tu() -> Statement:
    return Statement(
        key="tu_gap",
        name="gap, Tu-He-Tao",
        value=None,
        unit="of error",
        kind="theorem",
        checked="found",
        assumptions="ReLU recurrent network of one layer, read at the last step; covariance of the "
        "inputs positive definite, which overlapping windows spoil; needs the norms of a trained "
        "network and of its data: call tu_gap with them",
        source="Tu, He & Tao 2020, Theorems 1 and 2",
        silence=NOT_STATED,
    )
