"""One recurrent layer as a frozen spec."""

from dataclasses import dataclass, fields
from typing import Any, Literal, Self, get_args

from cellwise.architecture._cell_weights import GATES, recurrent_weights
from cellwise.architecture._checks import (
    ACTIVATIONS,
    Activation,
    check_rate,
    check_size,
    check_word,
)
from cellwise.architecture._options import RECURRENT, option_texts
from cellwise.architecture._recurrent_rules import check_combination
from cellwise.architecture._text import call_text
from cellwise.architecture._weights import Weight, count

Cell = Literal["lstm", "gru", "rnn"]
"""The recurrent cells that a layer can be made of."""

Merge = Literal["concat", "sum", "mul", "ave", "none"]
"""How the two directions of a layer become one output; ``none`` keeps two sequences apart."""

LayerNorm = Literal["none", "full", "lean"]
"""``full``: gain and shift on both products and the cell state (Ba et al. 2016, eq. 20-22);
``lean``: no shift on the products, where the bias does its work (the Haste library)."""

CELLS: tuple[Cell, ...] = get_args(Cell)
MERGES: tuple[Merge, ...] = get_args(Merge)
LAYER_NORMS: tuple[LayerNorm, ...] = get_args(LayerNorm)

# Fields that `to_dict` has always written; the others only where they differ from their default.
_ALWAYS = ("cell", "hidden_size", "dropout", "to_output")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurrentLayer:
    """One layer of recurrent cells.

    Attributes:
        cell: Kind of cell: ``lstm``, ``gru`` or ``rnn``.
        hidden_size: Number of cells H, of each direction.
        dropout: Probability of dropping an output of this layer on its way up, 0 to below 1.
        to_output: Whether the output layer sees this layer even where others lie above it
            (Graves 2013; "DRNN-AO" in Hermans & Schrauwen 2013). The last layer always is seen.
        bidirectional: Whether a second set of cells walks from the last step to the first.
        merge: How the two directions become one output.
        proj_size: Size R of the recurrent projection ``r = W_hr h``, which the gates read and the
            layer puts out; 0 for none (Sak, Senior & Beaufays 2014). LSTM only.
        skip_size: Size S of a second projection that the layer puts out beside ``r`` but the gates
            do not read; 0 for none (Sak et al. 2014). Needs ``proj_size``.
        peephole: Whether gates see the cell state: i and f the old one, o the new one, a weight
            per cell (Gers et al. 2002). LSTM only.
        coupled: Whether the input gate is ``1 - f``; gates are then f, g, o. LSTM only.
        layer_norm: Layer normalisation of the input product, of the recurrent product (each over
            all gates together) and, in an LSTM, of the cell state before the output gate.
        reset_before: Whether a GRU's reset gate acts on the state (Cho et al. 2014; Keras's
            ``reset_after=False``, one bias) and not on the recurrent product (torch; two biases).
        activation: Function of the candidate and, in an LSTM, of the cell state on its way out.
        gate_activation: Function of the gates.
        gate_depth: Layers of the function that computes the gates (not the candidate), 1 for the
            usual one; each further one has ``activation`` before it ("deep gates").
        transition_depth: Layers between one step's state and the next, 1 for the usual one. RNN:
            Pascanu et al. (2013), DT-RNN. LSTM and GRU: cells without input, one after the other
            within a step (Miceli Barone et al. 2017).
        shortcut: Whether old state and input also reach the last of several transition layers
            directly (Pascanu et al. 2013, DT(S)-RNN). RNN only.
        output_depth: Layers between state and output, 1 for none but the state itself; each
            further one is followed by ``activation`` (Pascanu et al. 2013, DO-RNN).
        zoneout: Probability that a state keeps its old value (Krueger et al. 2016).
        recurrent_dropout: Probability of dropping a recurrent input, one mask per sequence (Gal &
            Ghahramani 2016).
        residual: Whether the layer adds what it reads to what it gives (He et al. 2015).
        highway: Whether a gate mixes what the layer reads and gives (Srivastava et al. 2015).
        from_input: Whether the layer also reads the input of its chain (Graves 2013).
        stateful: Whether its state is carried from one batch to the next.
        learn_state: Whether its first state is learned; otherwise it is 0.
        init_from_below: Whether its first state is the final state of the recurrent layer below.

    Raises:
        ArchitectureError: If a field is outside its rule, or two of them exclude each other.

    Example:
        >>> str(RecurrentLayer(cell="lstm", hidden_size=64, dropout=0.2))
        'lstm(64, dropout=0.2)'
    """

    cell: Cell
    hidden_size: int
    dropout: float = 0.0
    to_output: bool = False
    bidirectional: bool = False
    merge: Merge = "concat"
    proj_size: int = 0
    skip_size: int = 0
    peephole: bool = False
    coupled: bool = False
    layer_norm: LayerNorm = "none"
    reset_before: bool = False
    activation: Activation = "tanh"
    gate_activation: Activation = "sigmoid"
    gate_depth: int = 1
    transition_depth: int = 1
    shortcut: bool = False
    output_depth: int = 1
    zoneout: float = 0.0
    recurrent_dropout: float = 0.0
    residual: bool = False
    highway: bool = False
    from_input: bool = False
    stateful: bool = False
    learn_state: bool = False
    init_from_below: bool = False

    def __post_init__(self) -> None:
        """Check every field, then what goes together."""
        check_word("cell", self.cell, CELLS)
        check_word("merge", self.merge, MERGES)
        check_word("layer_norm", self.layer_norm, LAYER_NORMS)
        check_word("activation", self.activation, ACTIVATIONS)
        check_word("gate_activation", self.gate_activation, ACTIVATIONS)
        for name in ("hidden_size", "gate_depth", "transition_depth", "output_depth"):
            check_size(name, getattr(self, name))
        for name in ("proj_size", "skip_size"):
            check_size(name, getattr(self, name), least=0)
        for name in ("dropout", "zoneout", "recurrent_dropout"):
            check_rate(name, getattr(self, name))
        check_combination(self)

    @property
    def name(self) -> str:
        """What the text form calls it, such as ``bilstm``."""
        return f"bi{self.cell}" if self.bidirectional else self.cell

    @property
    def gates(self) -> tuple[str, ...]:
        """Names of the gate blocks in order; coupled gates have no i."""
        return GATES[self.cell][1:] if self.coupled else GATES[self.cell]

    @property
    def num_gates(self) -> int:
        """Rows of the gate matrices per cell."""
        return len(self.gates)

    @property
    def num_directions(self) -> int:
        """2 where a second set of cells walks backwards, else 1."""
        return 2 if self.bidirectional else 1

    @property
    def num_streams(self) -> int:
        """Sequences that it puts out: 2 where the directions are kept apart, else 1."""
        return 2 if self.bidirectional and self.merge == "none" else 1

    @property
    def state_size(self) -> int:
        """Values of a direction's state that its gates read: R with a projection, else H."""
        return self.proj_size or self.hidden_size

    @property
    def direction_width(self) -> int:
        """Values that one direction puts out at a step."""
        return self.state_size + self.skip_size

    def output_width(self, input_size: int = 0) -> int:
        """Count the values that the layer puts out at a step, in each of its streams.

        Args:
            input_size: Width that it reads, which does not matter here as it does in other layers.

        Returns:
            Number of values.
        """
        merged = self.bidirectional and self.merge == "concat"
        return 2 * self.direction_width if merged else self.direction_width

    def weights(self, input_size: int) -> tuple[Weight, ...]:
        """List the trainable weights in order.

        Args:
            input_size: Width F of what the layer reads at each step.

        Returns:
            Forward weights, those of the other direction (``_reverse``), then the highway's.
        """
        return recurrent_weights(self, input_size)

    def num_parameters(self, input_size: int) -> int:
        """Count the trainable weights of this layer.

        One bias per gate for LSTM and RNN (torch's second bias is redundant), two for GRU unless
        the reset gate comes before the product.

        Args:
            input_size: Width F of what the layer reads at each step.

        Returns:
            Number of weights; ``G H (F + H + b)`` without options.
        """
        return count(self.weights(input_size))

    def num_flops(self, input_size: int) -> int:
        """Count the multiply-add work of one forward step on one row, at 2 per weight.

        Args:
            input_size: Width F of what the layer reads at each step.

        Returns:
            Floating-point operations of the products.
        """
        return sum(weight.num_flops for weight in self.weights(input_size))

    def __str__(self) -> str:
        """Return the text form, which `Architecture.parse` reads back."""
        return call_text(self.name, [str(self.hidden_size), *option_texts(self, RECURRENT)])

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that `from_dict` reads back."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        defaults = {field.name: field.default for field in fields(self)}
        return {k: v for k, v in values.items() if k in _ALWAYS or v != defaults[k]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Build a layer from `to_dict` output.

        Args:
            data: What `to_dict` returned.

        Returns:
            An equal layer.
        """
        return cls(**data)
