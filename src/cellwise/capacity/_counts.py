"""Parameters by part, work, memory and state of an architecture; exact."""

from dataclasses import dataclass
from functools import partial

from cellwise.capacity._case import GATES, Case
from cellwise.capacity._statement import NOT_STATED, Statement

# GRU: torch's second bias is none too many, the reset gate acts between the two
_BIASES = {"lstm": 1, "gru": 2, "rnn": 1}
_STATES = {"lstm": 2, "gru": 1, "rnn": 1}
# values that backpropagation keeps per cell and step: gates, then c, tanh c and h where there are
_KEPT = {"lstm": 7, "gru": 5, "rnn": 1}
_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Weights of a plain stack by part.

    Attributes:
        input: Between a layer and what it reads.
        recurrent: Between a layer and its own past.
        bias: Biases that count.
        head: Output layer with its bias.
        embedding: Embedding table; 0 for features that are numbers.
        second_bias: What torch stores besides: one more bias per LSTM and RNN gate, redundant.
    """

    input: int
    recurrent: int
    bias: int
    head: int
    embedding: int
    second_bias: int

    @property
    def single(self) -> int:
        """All that counts: use it for capacity."""
        return self.input + self.recurrent + self.bias + self.head + self.embedding

    @property
    def double(self) -> int:
        """All that torch stores: use it for memory."""
        return self.single + self.second_bias


def count_parts(case: Case, *, vocabulary_size: int = 0, embedding_size: int = 0) -> Parts | None:
    """Count the weights of a plain stack by part.

    Exact; time steps do not enter.

    Args:
        case: Architecture and data.
        vocabulary_size: Rows of an embedding table in front; 0 for none.
        embedding_size: Columns of that table.

    Returns:
        The parts; ``None`` if a layer has parts that are not in this table.
    """
    if not case.is_plain:
        return None
    layers = case.architecture.recurrent_layers
    gates = [GATES[layer.cell] * layer.hidden_size for layer in layers]
    parts = Parts(
        input=sum(rows * width for rows, width in zip(gates, case.layer_inputs, strict=True)),
        recurrent=sum(rows * layer.hidden_size for rows, layer in zip(gates, layers, strict=True)),
        bias=sum(rows * _BIASES[layer.cell] for rows, layer in zip(gates, layers, strict=True)),
        head=(case.architecture.output_width + 1) * case.question.outputs,
        embedding=vocabulary_size * embedding_size,
        second_bias=sum(r for r, layer in zip(gates, layers, strict=True) if layer.cell != "gru"),
    )
    # a layer that learnt something new since this was written
    return parts if parts.single - parts.embedding == case.weights else None


def state_size(case: Case) -> int | None:
    """Count the numbers that a plain stack carries from step to step.

    Exact: h and c of every LSTM layer, h of the others.

    Args:
        case: Architecture and data.

    Returns:
        Numbers of the state; ``None`` if a layer's state is not in this table.

    Reference:
        Sutskever, Vinyals & Le (2014): "deep LSTM uses 8000 real numbers to represent a
        sentence", 4 layers of 1000 cells.
    """
    if not case.is_plain:
        return None
    numbers: int = sum(
        _STATES[one.cell] * one.hidden_size for one in case.architecture.recurrent_layers
    )
    return numbers


def training_bytes(case: Case) -> int | None:
    """Estimate the memory of training with Adam in float32.

    Heuristic, derived: four copies of the weights (weights, gradient, two moments; with torch's
    second bias) and the values that backpropagation through time keeps of each cell, step and row.

    Args:
        case: Architecture and data.

    Returns:
        Bytes; ``None`` where `count_parts` has no answer.
    """
    parts = count_parts(case)
    if parts is None:
        return None
    kept: int = sum(
        _KEPT[layer.cell] * layer.hidden_size for layer in case.architecture.recurrent_layers
    )
    return _BYTES * (4 * parts.double + case.question.batch_size * case.question.length * kept)


def count_statements(case: Case) -> tuple[Statement, ...]:
    """State every count.

    Args:
        case: Architecture and data.

    Returns:
        Statements, exact but for the memory.
    """
    parts = count_parts(case)
    named = {
        "input": "input weights",
        "recurrent": "recurrent weights",
        "bias": "biases",
        "head": "output layer",
        "embedding": "embedding",
        "double": "weights as torch stores them",
    }
    rows = [_count("weights", "weights", case.weights)]
    for field, name in named.items():
        rows.append(_count(f"weights_{field}", name, getattr(parts, field, None)))
    return (*rows, *_work(case))


def _work(case: Case) -> tuple[Statement, ...]:
    weights = case.weights
    return (
        _count("cells", "cells", case.architecture.num_cells, unit="cells"),
        _count("state", "numbers carried from step to step", state_size(case), unit="numbers"),
        _count(
            "training_flops",
            "work of training on one window",
            case.training_flops,
            unit="floating-point operations",
        ),
        _estimate(
            "training_bytes", "memory of training", training_bytes(case), unit="bytes, one batch"
        ),
        _count(
            "targets_per_weight",
            "targets per weight",
            case.question.targets / weights,
            unit="targets",
        ),
    )


def _row(
    key: str, name: str, value: float | None, *, unit: str, estimate: bool = False
) -> Statement:
    return Statement(
        key=key,
        name=name,
        value=value,
        unit=unit,
        kind="heuristic" if estimate else "exact",
        checked="derived",
        assumptions=_ESTIMATE if estimate else "one bias per gate; GRU two, both of which count",
        source="theory of counts: matrices are multiplied once per step",
        silence=NOT_STATED if value is None else "",
    )


_ESTIMATE = "float32, Adam, every activation kept; allocators and copies come on top"
_count = partial(_row, unit="weights")
_estimate = partial(_row, estimate=True)
