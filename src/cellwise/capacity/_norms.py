"""Norms of the weights of an LSTM stack, measured or assumed: what the cover bound reads."""

import math
from dataclasses import dataclass, replace

from cellwise.capacity._case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One matrix or vector of weights.

    Attributes:
        entries: Number of weights.
        radius: Upper limit R of the Frobenius norm.
        spectral: Upper limit B of the spectral norm; for a vector, its length.
    """

    entries: int
    radius: float
    spectral: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerNorms:
    """The twelve blocks of an LSTM layer; four each, in torch order i, f, g, o.

    Attributes:
        hidden_size: Cells H.
        input: Input weights ``W_z``.
        recurrent: Recurrent weights ``U_z``.
        bias: Biases ``b_z``; torch's two added up.
    """

    hidden_size: int
    input: tuple[Block, Block, Block, Block]
    recurrent: tuple[Block, Block, Block, Block]
    bias: tuple[Block, Block, Block, Block]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All twelve: input, recurrent, bias."""
        return (*self.input, *self.recurrent, *self.bias)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkNorms:
    """Norms of an LSTM stack with a linear output layer.

    Attributes:
        layers: First layer first.
        head: Output weights V.
        head_bias: Output bias c.
        input_norm: Upper limit ``B_x`` of the length of an input vector.
    """

    layers: tuple[LayerNorms, ...]
    head: Block
    head_bias: Block
    input_norm: float


def initial_norms(case: Case) -> NetworkNorms | None:
    """Assume the norms with which Cellwise begins to train.

    Input weights as Glorot draws them (expected norms), recurrent and output weights with spectral
    norm 1, biases of length 1 and the forget gate's all at 1, inputs scaled to between -1 and 1. A
    trained network has larger norms: measure them, and call the bound with those.

    Args:
        case: Architecture and data.

    Returns:
        Norms; ``None`` unless it is a plain stack of LSTM layers whose last one alone is read.
    """
    if case.cell != "lstm" or not case.reads_last:
        return None
    sizes = zip(case.architecture.hidden_sizes, case.layer_inputs, strict=True)
    last, outputs = case.architecture.hidden_sizes[-1], case.question.outputs
    return NetworkNorms(
        layers=tuple(_initial_layer(size, width) for size, width in sizes),
        head=_orthogonal(outputs, last),
        head_bias=_vector(outputs, 1.0),
        input_norm=math.sqrt(case.question.inputs),
    )


def glorot_spectral(rows: int, columns: int) -> float:
    """Spectral norm that Glorot's uniform draw is expected to have.

    Heuristic, from memory: the limit law of Bai and Yin for large random matrices.

    Args:
        rows: Rows of the matrix.
        columns: Columns of the matrix.

    Returns:
        Expected spectral norm, at most the expected Frobenius norm.
    """
    scale = math.sqrt(2 / (rows + columns))
    return scale * min(math.sqrt(rows) + math.sqrt(columns), math.sqrt(rows * columns))


def _initial_layer(size: int, width: int) -> LayerNorms:
    entries = size * width
    radius = math.sqrt(2 * entries / (size + width))
    drawn = Block(entries=entries, radius=radius, spectral=glorot_spectral(size, width))
    unit, ones = _vector(size, 1.0), _vector(size, math.sqrt(size))
    turning = _orthogonal(size, size)
    return LayerNorms(
        hidden_size=size,
        input=(drawn,) * 4,
        recurrent=(turning,) * 4,
        bias=(unit, ones, unit, unit),
    )


def _orthogonal(rows: int, columns: int) -> Block:
    return Block(entries=rows * columns, radius=math.sqrt(min(rows, columns)), spectral=1.0)


def _vector(size: int, length: float) -> Block:
    return Block(entries=size, radius=length, spectral=length)


def rounded_up(norms: NetworkNorms) -> tuple[NetworkNorms, float]:
    """Make a bound valid for norms that were measured after training.

    Theorem, derived: a bound holds for limits fixed before the data are seen. Taking the next
    power of two ``2^j`` and adding ``2 ln(1 + |j|) + ln 2.29`` to ``ln(1/d)`` for each quantity
    makes it hold for all powers at once, since the shares of d sum to at most d. The length of the
    inputs is left as it is: it must be known beforehand, from how they are scaled.

    Args:
        norms: Norms as measured, each above 0.

    Returns:
        Norms rounded up, and what to add to ``ln(1/d)``.
    """
    prices: list[float] = []

    def up(value: float) -> float:
        exponent = math.ceil(math.log2(value))
        prices.append(2 * math.log(1 + abs(exponent)) + math.log(2.29))
        return 2.0**exponent

    def block(one: Block) -> Block:
        return replace(one, radius=up(one.radius), spectral=up(one.spectral))

    def four(blocks: tuple[Block, Block, Block, Block]) -> tuple[Block, Block, Block, Block]:
        i, f, g, o = map(block, blocks)
        return (i, f, g, o)

    layers = tuple(
        replace(
            layer,
            input=four(layer.input),
            recurrent=four(layer.recurrent),
            bias=four(layer.bias),
        )
        for layer in norms.layers
    )
    rounded = replace(
        norms, layers=layers, head=block(norms.head), head_bias=block(norms.head_bias)
    )
    return rounded, sum(prices)
