"""A generalisation bound for LSTM stacks with every constant written out."""

import math
from dataclasses import dataclass

from cellwise.capacity._case import Case
from cellwise.capacity._lipschitz import log_responses
from cellwise.capacity._norms import NetworkNorms, initial_norms
from cellwise.capacity._statement import NOT_STATED, Statement

MOST_LAYER_STEPS = 50_000
# distances that the regression bound tries: any is valid, the best is close to one of them
_DISTANCES = [10 ** (-6 + step / 20) for step in range(121)]
# only every so many are tried first, then all around the best of those
_STRIDE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What is needed to count the networks of a class that differ by more than a distance.

    Attributes:
        entries: Weights of each block.
        log_moves: Natural logarithm of radius times response of each block.
    """

    entries: tuple[int, ...]
    log_moves: tuple[float, ...]

    def log_number(self, inverse_distance: float) -> float:
        """Bound the logarithm of the covering number.

        Args:
            inverse_distance: Two over the distance of outputs: 8/margin for classification.

        Returns:
            ``sum p ln(1 + a q R Lip)`` over the q blocks, a the inverse distance.
        """
        constant = math.log(inverse_distance * len(self.entries))
        moves = zip(self.entries, self.log_moves, strict=True)
        return sum(entries * _softplus(constant + move) for entries, move in moves)


def _softplus(x: float) -> float:
    """``ln(1 + e^x)`` without overflow."""
    return x + math.log1p(math.exp(-x)) if x > 0 else math.log1p(math.exp(x))


def cover_of(norms: NetworkNorms, length: int) -> Cover:
    """Prepare the cover of a class of LSTM stacks.

    Args:
        norms: Upper limits of the norms of every block; they define the class.
        length: Number of steps T.

    Returns:
        What `cover_gap` and `cover_regression_gap` read.
    """
    blocks = [block for layer in norms.layers for block in layer.blocks]
    blocks += [norms.head, norms.head_bias]
    responses = log_responses(norms, length)
    moves = (math.log(b.radius) + r for b, r in zip(blocks, responses, strict=True))
    return Cover(entries=tuple(b.entries for b in blocks), log_moves=tuple(moves))


def cover_gap(
    cover: Cover, *, margin: float, samples: float, delta: float, price: float = 0.0
) -> float:
    """Gap of the cover bound for classification by the largest of K outputs.

    Theorem, derived here; the Lipschitz part was tested on random networks, the proof has not
    been reviewed elsewhere. With probability 1 - d, for all networks of the class, true error is
    at most the share of training sequences with a margin of at most gamma, plus
    ``sqrt((lnN + ln(1/d)) / (2 M))``. Margin and norms must be fixed before the data are seen, or
    paid for (`rounded_up`).

    Args:
        cover: What `cover_of` returned.
        margin: Margin gamma.
        samples: Number of independent sequences M.
        delta: Probability d with which it may fail.
        price: What to add to ``ln(1/d)`` for norms that were measured.

    Returns:
        The gap; above 1 it says nothing.
    """
    nats = cover.log_number(8 / margin) + math.log(1 / delta) + price
    return math.sqrt(nats / (2 * samples))


def cover_regression_gap(
    cover: Cover, *, samples: float, delta: float, price: float = 0.0, slope: float = 1.0
) -> float:
    """Gap of the cover bound for a loss between 0 and 1 with a bounded slope.

    Theorem, derived here like `cover_gap`: ``2 s e + sqrt((lnN(e) + ln(1/d)) / (2 M))`` for the
    best of many output distances e fixed in advance.

    Args:
        cover: What `cover_of` returned.
        samples: Number of independent sequences M.
        delta: Probability d with which it may fail.
        price: What to add to ``ln(1/d)`` for norms that were measured.
        slope: Lipschitz constant s of the loss.

    Returns:
        The gap; above 1 it says nothing.
    """
    # the best distance does not depend on the training data, so choosing it costs nothing
    rest = math.log(1 / delta) + price

    def gap(place: int) -> float:
        e = _DISTANCES[place]
        return 2 * slope * e + math.sqrt((cover.log_number(2 / e) + rest) / (2 * samples))

    coarse = min(range(0, len(_DISTANCES), _STRIDE), key=gap)
    around = range(max(0, coarse - _STRIDE), min(len(_DISTANCES), coarse + _STRIDE + 1))
    return min(map(gap, around))


def cover_statement(case: Case) -> Statement:
    """State the cover bound for the norms with which Cellwise begins to train.

    Args:
        case: Architecture and data.

    Returns:
        The statement.
    """
    question = case.question
    norms = initial_norms(case)
    gap, silence = (None, NOT_STATED) if norms is None else gap_for(case, norms)
    return Statement(
        key="cover",
        name="gap, cover of LSTM stacks",
        value=gap,
        unit="of a loss between 0 and 1",
        kind="theorem",
        checked="derived",
        assumptions=f"{question.independent:,} independent windows; LSTM layers and a linear output "
        "layer; weights within the norms with which Cellwise begins to train, inputs between -1 "
        "and 1; trained weights are larger and make it worse",
        source="covering numbers of weight blocks; derived in this project, Lipschitz part tested",
        silence=silence,
    )


def gap_for(case: Case, norms: NetworkNorms, price: float = 0.0) -> tuple[float | None, str]:
    """Evaluate the cover bound for the task and the windows that are asked about.

    Args:
        case: Architecture and data.
        norms: Limits of the norms.
        price: What to add to ``ln(1/d)`` for norms that were measured.

    Returns:
        The gap, ``None`` if it would take too long, and why it says nothing, empty if it does.
    """
    question = case.question
    if len(norms.layers) * question.length > MOST_LAYER_STEPS:
        return None, f"not computed beyond {MOST_LAYER_STEPS:,} steps times layers"
    cover = cover_of(norms, question.length)
    samples, delta = question.independent, question.delta
    if question.task == "regression" or question.outputs == 1:
        gap = cover_regression_gap(cover, samples=samples, delta=delta, price=price)
    else:
        gap = cover_gap(cover, margin=question.margin, samples=samples, delta=delta, price=price)
    return gap, "above 1" if gap >= 1 else ""
