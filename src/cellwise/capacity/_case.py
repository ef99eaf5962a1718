"""An architecture on a data set: the digest that every formula reads."""

import functools
from dataclasses import MISSING, dataclass, fields

from cellwise._errors import SettingsError
from cellwise.architecture import Architecture, RecurrentLayer
from cellwise.capacity._question import Question

MOST_CELLS = 1_000_000
# no formula of the desk depends on them
_HARMLESS = {"cell", "hidden_size", "dropout", "to_output", "zoneout", "recurrent_dropout"}
GATES = {"lstm": 4, "gru": 3, "rnn": 1}
"""Rows of the gate matrices per cell, candidates included; the cells of a plain stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One architecture on one data set.

    Attributes:
        architecture: The network.
        question: The data set.

    Raises:
        SettingsError: If a layer is larger than the desk computes with.
    """

    architecture: Architecture
    question: Question

    def __post_init__(self) -> None:
        """Check the sizes."""
        for index, size in enumerate(self.architecture.hidden_sizes):
            if size > MOST_CELLS:
                raise SettingsError(
                    f"hidden_sizes[{index}] must be at most {MOST_CELLS:,} cells, got {size:,}"
                )

    @property
    def weights(self) -> int:
        """Number of trainable weights w, without torch's redundant second bias."""
        return _weights(self.architecture, self.question.inputs, self.question.outputs)

    @property
    def training_flops(self) -> int:
        """Work of training on one window: three times the forward pass."""
        return 3 * self.architecture.num_flops(
            input_size=self.question.inputs,
            output_size=self.question.outputs,
            num_steps=self.question.length,
        )

    @property
    def is_plain(self) -> bool:
        """Whether every layer is a one-way LSTM, GRU or RNN layer without extras."""
        net = self.architecture
        return net.is_plain_stack and all(map(_is_plain, net.recurrent_layers))

    @property
    def cell(self) -> str:
        """The cell of a plain stack of one kind; empty for anything else."""
        layers = self.architecture.recurrent_layers if self.is_plain else ()
        kinds: set[str] = {layer.cell for layer in layers}
        return kinds.pop() if len(kinds) == 1 else ""

    @property
    def reads_last(self) -> bool:
        """Whether it is a plain stack whose output layer sees the last layer alone."""
        below = self.architecture.recurrent_layers[:-1]
        return self.is_plain and not any(layer.to_output for layer in below)

    @property
    def layer_inputs(self) -> tuple[int, ...]:
        """Width of what each layer of a plain stack reads at a step."""
        return (self.question.inputs, *self.architecture.hidden_sizes[:-1])


# nearly every statement reads it, and counting lists every weight
@functools.lru_cache(maxsize=4096)
def _weights(architecture: Architecture, inputs: int, outputs: int) -> int:
    return architecture.num_parameters(input_size=inputs, output_size=outputs)


def _is_plain(layer: RecurrentLayer) -> bool:
    """Whether all fields but the harmless ones are at their defaults, also fields yet to come."""
    if layer.cell not in GATES:
        return False
    extras = (field for field in fields(layer) if field.name not in _HARMLESS)
    return all(
        field.default is not MISSING and getattr(layer, field.name) == field.default
        for field in extras
    )
