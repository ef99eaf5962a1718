"""Parameters by part, work, memory and state of an architecture; exact."""

from dataclasses import dataclass
from functools import partial

from cellwise.architecture import chain_values
from cellwise.capacity._case import Case
from cellwise.capacity._statement import NOT_STATED, Statement

_BYTES = 4
# part of a weight by its role; what is in no part stands inside of a layer
_PARTS = {
    "input": "input",
    "recurrent": "recurrent",
    "bias": "bias",
    "gain": "bias",
    "embedding": "embedding",
    "head": "head",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Weights of a network by part.

    Attributes:
        input: Between a layer and what it reads.
        recurrent: Between a layer and its own past.
        bias: Biases that count, and gains.
        inner: Projections, peepholes, attention, hidden layers and first states inside of layers.
        head: Output layer with its bias.
        embedding: Embedding tables; 0 for features that are numbers.
        second_bias: What torch stores besides: one more bias per LSTM and RNN gate, redundant.
    """

    input: int
    recurrent: int
    bias: int
    inner: int
    head: int
    embedding: int
    second_bias: int

    @property
    def single(self) -> int:
        """All that counts: use it for capacity."""
        return self.double - self.second_bias

    @property
    def double(self) -> int:
        """All that torch stores: use it for memory."""
        return sum(getattr(self, name) for name in self.__slots__)


def count_parts(case: Case) -> Parts:
    """Count the weights of a network by part.

    Exact; time steps do not enter.

    Args:
        case: Architecture and data.

    Returns:
        The parts.
    """
    network = case.architecture
    sizes = {"input_size": case.question.inputs, "output_size": case.question.outputs}
    found = dict.fromkeys(Parts.__slots__, 0)
    for weight in network.weights(**sizes):
        part = "head" if weight.name.startswith("head.") else _PARTS.get(weight.role, "inner")
        found[part] += weight.size
    found["second_bias"] = network.num_parameters(**sizes, bias="double") - case.weights
    return Parts(**found)


def state_size(case: Case) -> int | None:
    """Count the numbers that a network carries from step to step.

    Exact: h and c of every LSTM layer, h of the others, in each direction.

    Args:
        case: Architecture and data.

    Returns:
        Numbers of the state; ``None`` for an encoder and its decoder, where the first one's state
        becomes the other's.

    Reference:
        Sutskever, Vinyals & Le (2014): "deep LSTM uses 8000 real numbers to represent a
        sentence", 4 layers of 1000 cells.
    """
    if case.architecture.decodes:
        return None
    return sum(
        one.num_directions * (one.state_size + (one.hidden_size if one.cell == "lstm" else 0))
        for one in case.architecture.recurrent_layers
    )


def training_bytes(case: Case) -> int:
    """Estimate the memory of training with Adam in float32.

    Heuristic, derived: four copies of the weights (weights, gradient, two moments; with torch's
    second bias) and the values that backpropagation through time keeps of each layer, step and row.

    Args:
        case: Architecture and data.

    Returns:
        Bytes.
    """
    question = case.question
    chain = case.architecture.place(input_size=question.inputs, output_size=question.outputs)
    kept = question.batch_size * chain_values(chain, num_steps=question.length)
    return _BYTES * (4 * count_parts(case).double + kept)


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
        "inner": "weights inside of layers",
        "head": "output layer",
        "embedding": "embedding",
        "double": "weights as torch stores them",
    }
    rows = [_count("weights", "weights", case.weights)]
    for field, name in named.items():
        rows.append(_count(f"weights_{field}", name, getattr(parts, field)))
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
