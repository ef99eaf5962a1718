"""VC dimension of standard recurrent networks: published orders and explicit constants.

All of it is about ``x(t+1) = sigma(A x(t) + B u(t))`` with the output ``sign(C x(k))``, w real
weights and inputs of length k. None of it is about LSTMs: see `_vc_cells`.
"""

import math
from dataclasses import dataclass
from typing import Literal

Activation = Literal[
    "polynomial", "piecewise polynomial", "threshold", "standard sigmoid", "any sigmoid"
]
"""Rows of the table of Koiran & Sontag (1998)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A lower and an upper limit; an upper limit that nobody has proved is infinite."""

    lower: float
    upper: float


def koiran_sontag(activation: Activation, *, weights: float, length: float) -> Interval:
    """Order of the VC dimension of a standard recurrent network by activation.

    Theorem up to constants (orders found in the abstract; that the last row is their Theorem 5 is
    from memory). The regime is k much larger than w; logarithms to base 2. "Any sigmoid" has
    different limits at both ends and a point with a derivative that is not zero.

    Args:
        activation: Activation of the cells.
        weights: Number w of real weights; tied weights count once.
        length: Number k of steps that the decision can depend on.

    Returns:
        The two orders, each up to a constant factor.

    Reference:
        Koiran & Sontag (1998), "Vapnik-Chervonenkis Dimension of Recurrent Neural Networks",
        Discrete Applied Mathematics 86(1).

    Example:
        >>> koiran_sontag("piecewise polynomial", weights=20, length=100)
        Interval(lower=2000, upper=40000)
    """
    w, k = weights, length
    logarithm = math.log2(max(1.0, w * k))
    if activation == "threshold":
        # the paper's w log(k/w) is for k > w
        lower = w * math.log2(max(1.0, k / w))
        return Interval(lower=lower, upper=min(w * k * logarithm, w * w + w * logarithm))
    upper = {
        "polynomial": w * k,
        "piecewise polynomial": w * w * k,
        "standard sigmoid": w**4 * k**2,
        "any sigmoid": math.inf,
    }
    return Interval(lower=w * k, upper=upper[activation])


def log2_output_degree(degree: int, length: int) -> float:
    """Degree in the weights of the output of a recurrent network with polynomial activation.

    Exact, derived: ``D_{t+1} = d (D_t + 1)`` from ``D_0 = 0``, and one more for the output weights; in
    closed form ``d (d^k - 1) / (d - 1) + 1``, or ``k + 1`` for d = 1.

    Args:
        degree: Degree d of the activation; 0 for piecewise constant.
        length: Number of steps k, at least 1.

    Returns:
        Base-2 logarithm of the degree, which soon is too large for a float.

    Example:
        >>> [round(2 ** log2_output_degree(2, k)) for k in range(1, 6)]
        [3, 7, 15, 31, 63]
    """
    if degree <= 1:
        return math.log2(degree * length + 1)
    power = length * math.log2(degree)
    if power > 60:
        return power + math.log2(degree / (degree - 1))
    return math.log2(degree * (degree**length - 1) // (degree - 1) + 1)


def vc_polynomial(*, weights: int, length: int, degree: int) -> float:
    """Upper limit of the VC dimension for a polynomial activation, with its constant.

    Theorem, derived from Goldberg & Jerrum's Theorem 2.2 (from memory): membership that s
    inequalities of degree D in w weights decide has VC dimension at most ``2 w log2(8 e D s)``.
    Explicit constant, not from Koiran & Sontag; the order is theirs.

    Args:
        weights: Number of weights w.
        length: Number of steps k.
        degree: Degree d of the activation.

    Returns:
        Upper limit.

    Reference:
        Goldberg & Jerrum (1995), Machine Learning 18. From memory.

    Example:
        >>> round(vc_polynomial(weights=20, length=100, degree=2), 3)
        4217.708
    """
    return 2 * weights * (math.log2(8 * math.e) + log2_output_degree(degree, length))


def vc_piecewise(*, weights: int, length: int, cells: int, degree: int, pieces: int) -> float:
    """Upper limit for a piecewise polynomial activation such as ReLU or threshold.

    Theorem, derived like `vc_polynomial`: each of n k evaluations chooses one of p pieces.

    Args:
        weights: Number of weights w.
        length: Number of steps k.
        cells: Number of cells n.
        degree: Largest degree d of a piece: 1 for ReLU, 0 for threshold.
        pieces: Number of pieces p: 2 for both.

    Returns:
        Upper limit.

    Reference:
        Goldberg & Jerrum (1995), Machine Learning 18. From memory.

    Example:
        >>> round(vc_piecewise(weights=20, length=100, cells=4, degree=1, pieces=2), 2)
        16484.04
    """
    choices = cells * length * math.log2(pieces) + 1
    return vc_polynomial(weights=weights, length=length, degree=degree) + 2 * weights * choices


def vc_sigmoid(*, weights: int, units: int) -> float:
    """Upper limit for the standard sigmoid, and for tanh, which is one up to scale and shift.

    Theorem 8.13 of Anthony & Bartlett, from memory, on the unrolled network. The order
    ``(w s)^2`` is that of Karpinski & Macintyre (found: DIMACS TR 96-44, abstract).

    Args:
        weights: Number of weights w.
        units: Computation units s of the unrolled network: cells times steps, and the output.

    Returns:
        Upper limit ``(w s)^2 + 11 w s log2(18 w s^2)``.

    Reference:
        Anthony & Bartlett (1999), "Neural Network Learning: Theoretical Foundations", Theorem
        8.13; Karpinski & Macintyre (1997).

    Example:
        >>> round(vc_sigmoid(weights=20, units=401), 1)
        66595308.8
    """
    both = float(weights) * units
    return both**2 + 11 * both * math.log2(18 * both * units)


def finite_precision_vc(*, weights: int, bits: int = 32) -> int:
    """Upper limit for weights of finite precision, for inputs of any length.

    Theorem, derived: there are at most ``2^(p w)`` networks, so none can shatter more than
    ``p w`` sequences, whatever the layers are.

    Args:
        weights: Number of weights w.
        bits: Bits p of a weight; 32 for float32.

    Returns:
        Upper limit.

    Example:
        >>> finite_precision_vc(weights=64)
        2048
    """
    return bits * weights


def noisy_sample_order(*, weights: float, length: float, log2_noise: float) -> float:
    """Order of the sample size if Gaussian noise is added to every neuron.

    Theorem up to a constant (found: abstract): ``O(w log(T / sigma))`` for multi-layer sigmoid
    recurrent networks with w unbounded weights, against ``Omega(w T)`` without noise: the linear
    growth in T disappears under noise that nobody would notice. Logarithm to base 2 here.

    Args:
        weights: Number of weights w.
        length: Number of steps T.
        log2_noise: Base-2 logarithm of the standard deviation; -24 for rounding in float32.

    Returns:
        Number of samples up to a constant factor.

    Reference:
        Pour & Ashtiani (2023), "On the Role of Noise in the Sample Complexity of Learning
        Recurrent Neural Networks", NeurIPS 36.
    """
    return weights * (math.log2(length) - log2_noise)


def log2_gated_order(*, weights: int, cells: int, length: int) -> float:
    """Order of the upper limit for LSTM stacks: ``w^2 n^2 k^2`` up to logarithms.

    Theorem up to constants and logarithms, derived: the technique of `vc_sigmoid` with five
    transcendental evaluations per cell and step.

    Args:
        weights: Number of weights w.
        cells: Number of cells n of all layers.
        length: Number of steps k.

    Returns:
        Base-2 logarithm of the order.
    """
    return 2 * (math.log2(weights) + math.log2(cells) + math.log2(length))
