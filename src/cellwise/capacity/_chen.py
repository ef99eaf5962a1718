"""The score of Chen, Li & Zhao: generalisation from spectral norms and gates.

The abstract of the paper was found; statements are from memory, the recursions behind them were
derived again and tested on random networks. Constants and the logarithmic factor are unchecked, so
the main factor serves as a score to rank networks by, never as a bound.
"""

import math
from collections.abc import Sequence


def vanilla_beta(*, recurrent_norm: float, slope: float = 1.0) -> float:
    """Growth per step of a plain recurrent network.

    Theorem, from memory, re-derived.

    Args:
        recurrent_norm: Spectral norm of the recurrent weights.
        slope: Lipschitz constant of the activation.

    Returns:
        Growth factor beta.
    """
    return slope * recurrent_norm


def mgu_beta(kept: Sequence[float], update: Sequence[float], *, recurrent_norm: float) -> float:
    """Growth per step of a minimal gated unit.

    Theorem, from memory; the recursion was tested on 50 random networks.

    Args:
        kept: Largest ``1 - r_t`` of each step, r the gate.
        update: Largest ``r_t`` of each step.
        recurrent_norm: Spectral norm of the candidate's recurrent weights.

    Returns:
        Largest ``(1 - r_t) + B r_t^2`` over the steps.
    """
    return max(k + recurrent_norm * r**2 for k, r in zip(kept, update, strict=True))


def lstm_beta(
    forget: Sequence[float],
    input_gate: Sequence[float],
    output: Sequence[float],
    *,
    recurrent_norm: float,
) -> float:
    """Growth per step of the cell state of an LSTM layer, as its gates allow.

    Theorem, from memory, re-derived and tested on 150 random networks; the beta per step agrees
    with public code of Cheng & Ma. Below 1, nothing grows with time, however large the weights:
    the advantage of gating.

    Args:
        forget: Largest forget gate of each step.
        input_gate: Largest input gate of each step.
        output: Largest output gate of each step.
        recurrent_norm: Spectral norm of the candidate's recurrent weights ``U_g``.

    Returns:
        Largest ``f_t + i_t o_{t-1} B`` over the steps, ``o_0 = 0``.
    """
    before = (0.0, *output[:-1])
    steps = zip(forget, input_gate, before, strict=True)
    return max(f + i * o * recurrent_norm for f, i, o in steps)


def geometric_sum(ratio: float, terms: int) -> float:
    """Sum ``1 + b + ... + b^(t-1)``; infinite where a float cannot hold it.

    Exact, in closed form.

    Args:
        ratio: Ratio b, not negative.
        terms: Number of terms t.

    Returns:
        The sum.

    Example:
        >>> round(geometric_sum(1.1, 50), 1)
        1163.9
    """
    if abs(ratio - 1) * terms < 1e-9:
        return float(terms)
    if terms * math.log(max(ratio, 1e-300)) > 700:
        return math.inf
    return (ratio**terms - 1) / (ratio - 1)


def state_reach(
    *, hidden_size: int, input_norm: float, input_weight_norm: float, beta: float, length: int
) -> float:
    """Largest length of the state: what the cells can hold or what the input can build up.

    Theorem, from memory, re-derived: ``min{sqrt(n), B_W B_x (beta^t - 1)/(beta - 1)}``.

    Args:
        hidden_size: Cells n.
        input_norm: Largest length ``B_x`` of what the layer reads.
        input_weight_norm: Spectral norm ``B_W`` of the (candidate's) input weights.
        beta: Growth per step.
        length: Number of steps t.

    Returns:
        The length.
    """
    built_up = input_weight_norm * input_norm * geometric_sum(beta, length)
    return min(math.sqrt(hidden_size), built_up)


def chen_score(
    *, weights: float, head_norm: float, reach: float, samples: float, margin: float = 1.0
) -> float:
    """Main factor of the bound, logarithm and constants left out: a score to rank by.

    Heuristic as used here, the bound from memory: ``d B_V reach / (sqrt(M) gamma)``, d the square root of the number of
    weights.

    Args:
        weights: Number of weights.
        head_norm: Spectral norm ``B_V`` of the output weights.
        reach: What `state_reach` returned for the last layer.
        samples: Number of independent sequences M.
        margin: Margin gamma.

    Returns:
        The score; only differences between networks mean anything.

    Reference:
        Chen, Li & Zhao (2019), "On Generalization Bounds of a Family of Recurrent Neural
        Networks", arXiv 1910.12947.

    Example:
        >>> round(chen_score(weights=5248, head_norm=1, reach=8, samples=1e5), 6)
        1.832681
    """
    return math.sqrt(weights) * head_norm * reach / (math.sqrt(samples) * margin)
