"""How many samples there really are, and how many a VC dimension asks for."""

import math
from dataclasses import dataclass


def disjoint_windows(samples: int, *, length: int, stride: int) -> int:
    """Count the windows of one series that share no row.

    Exact. Bounds need independent sequences, and overlapping windows are not; even disjoint
    neighbours are only as independent as the series forgets (see `mixing_sample`).

    Args:
        samples: Number of windows.
        length: Steps of a window.
        stride: Steps between neighbouring windows; 0 if every window is a sequence of its own.

    Returns:
        Number of disjoint windows, at least 1.

    Example:
        >>> disjoint_windows(10_000, length=50, stride=1)
        200
    """
    if stride == 0 or stride >= length:
        return samples
    rows = (samples - 1) * stride + length
    return rows // length


@dataclass(frozen=True, slots=True, kw_only=True)
class MixingSample:
    """What a dependent series is worth in independent samples.

    Attributes:
        samples: Number of blocks that count as independent.
        delta: Failure probability that is left; ``0`` if dependence has used it up.
    """

    samples: int
    delta: float


def mixing_sample(rows: int, *, block: int, beta: float, delta: float) -> MixingSample:
    """Replace a beta-mixing series by blocks that count as independent.

    Theorem (Yu 1994), formula from memory, not checked against the paper: with every other block
    of length a left out, ``mu = rows / (2 a)`` blocks remain, and ``2 (mu - 1) beta(a)`` of the
    failure probability pays for their dependence.

    Args:
        rows: Length of the series.
        block: Length a of a block.
        beta: Mixing coefficient at lag a, 0 for independent blocks.
        delta: Failure probability of the bound.

    Returns:
        Number of blocks and the failure probability left for the bound.

    Reference:
        Yu (1994), "Rates of Convergence for Empirical Processes of Stationary Mixing Sequences",
        Annals of Probability 22(1). From memory.
    """
    blocks = rows // (2 * block)
    return MixingSample(samples=blocks, delta=max(0.0, delta - 2 * max(0, blocks - 1) * beta))


def enough_samples(vc_dimension: float, *, tolerance: float, delta: float) -> float:
    """Number of samples that is enough if some setting of the weights makes no error.

    Theorem, from memory (Blumer et al. 1989): ``max{4/e log2(2/d), 8V/e log2(13/e)}``.

    Args:
        vc_dimension: VC dimension V, or an upper limit of it.
        tolerance: Error e.
        delta: Failure probability d.

    Returns:
        Number of samples, not rounded.

    Reference:
        Blumer, Ehrenfeucht, Haussler & Warmuth (1989), Journal of the ACM 36(4). From memory.

    Example:
        >>> math.ceil(enough_samples(2000, tolerance=0.1, delta=0.05))
        1123579
    """
    confidence = 4 / tolerance * math.log2(2 / delta)
    return max(confidence, 8 * vc_dimension / tolerance * math.log2(13 / tolerance))


def needed_samples(vc_dimension: float, *, tolerance: float) -> float:
    """Number of samples without which some distribution defeats every learner.

    Theorem, from memory (Ehrenfeucht et al. 1989): ``(V - 1) / (32 e)``.

    Args:
        vc_dimension: VC dimension V, or a lower limit of it.
        tolerance: Error e.

    Returns:
        Number of samples, not rounded; 0 for V below 1.

    Reference:
        Ehrenfeucht, Haussler, Kearns & Valiant (1989), Information and Computation 82(3). From
        memory.

    Example:
        >>> round(needed_samples(2000, tolerance=0.1), 1)
        624.7
    """
    return max(0.0, vc_dimension - 1) / (32 * tolerance)


def agnostic_samples(vc_dimension: float, *, tolerance: float, delta: float) -> float:
    """Order of the number of samples if no setting of the weights is without error.

    Theorem up to a constant, from memory: ``(V + ln(1/d)) / e^2``.

    Args:
        vc_dimension: VC dimension V.
        tolerance: Error e above that of the best setting.
        delta: Failure probability d.

    Returns:
        Number of samples up to a constant factor.

    Reference:
        Anthony & Bartlett (1999), "Neural Network Learning: Theoretical Foundations". From memory.
    """
    return (vc_dimension + math.log(1 / delta)) / tolerance**2
