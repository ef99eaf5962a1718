"""One recurrent layer as a frozen spec."""

from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

from cellwise._errors import ArchitectureError

Cell = Literal["lstm", "gru", "rnn"]
"""The recurrent cells that a layer can be made of."""

CELLS: tuple[Cell, ...] = get_args(Cell)
NUM_GATES: dict[Cell, int] = {"lstm": 4, "gru": 3, "rnn": 1}
# GRU needs both: its reset gate acts on the recurrent product with its own bias.
NUM_BIASES: dict[Cell, int] = {"lstm": 1, "gru": 2, "rnn": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurrentLayer:
    """One layer of recurrent cells.

    Attributes:
        cell: Kind of cell: ``lstm``, ``gru`` or ``rnn`` (tanh).
        hidden_size: Number of cells H.
        dropout: Probability of dropping an output of this layer on its way up, 0 to below 1.
        to_output: Whether the output layer sees this layer even where others lie above it
            (Graves 2013; "DRNN-AO" in Hermans & Schrauwen 2013). The last layer always is seen.

    Raises:
        ArchitectureError: If a field is outside its rule.

    Example:
        >>> str(RecurrentLayer(cell="lstm", hidden_size=64, dropout=0.2))
        'lstm(64, dropout=0.2)'
    """

    cell: Cell
    hidden_size: int
    dropout: float = 0.0
    to_output: bool = False

    def __post_init__(self) -> None:
        """Check every field."""
        if self.cell not in CELLS:
            raise ArchitectureError(f"cell must be one of {', '.join(CELLS)}, got {self.cell!r}")
        if self.hidden_size < 1:
            raise ArchitectureError(f"hidden_size must be at least 1, got {self.hidden_size}")
        if not 0.0 <= self.dropout < 1.0:
            raise ArchitectureError(f"dropout must be at least 0 and below 1, got {self.dropout}")

    @property
    def num_gates(self) -> int:
        """Rows of the gate matrices per cell."""
        return NUM_GATES[self.cell]

    def num_parameters(self, input_size: int) -> int:
        """Count the trainable weights of this layer.

        One bias per gate for LSTM and RNN (torch's second bias is redundant), two for GRU.

        Args:
            input_size: Width F of what the layer reads at each step.

        Returns:
            Number of weights, ``G H (F + H + b)``.
        """
        width = input_size + self.hidden_size + NUM_BIASES[self.cell]
        return self.num_gates * self.hidden_size * width

    def num_flops(self, input_size: int) -> int:
        """Count the multiply-add work of one forward step on one row, at 2 per weight.

        Args:
            input_size: Width F of what the layer reads at each step.

        Returns:
            Floating-point operations of the two matrix products.
        """
        return 2 * self.num_gates * self.hidden_size * (input_size + self.hidden_size)

    def __str__(self) -> str:
        """Return the text form, which `Architecture.parse` reads back."""
        options = [str(self.hidden_size)]
        if self.dropout:
            options.append(f"dropout={self.dropout:g}")
        if self.to_output:
            options.append("to_output")
        return f"{self.cell}({', '.join(options)})"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that `from_dict` reads back."""
        return {
            "cell": self.cell,
            "hidden_size": self.hidden_size,
            "dropout": self.dropout,
            "to_output": self.to_output,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Build a layer from `to_dict` output.

        Args:
            data: What `to_dict` returned.

        Returns:
            An equal layer.
        """
        return cls(**data)
