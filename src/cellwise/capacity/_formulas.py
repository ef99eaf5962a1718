"""Parameter counts of the published recurrent layers; exact, checked against torch."""

from dataclasses import dataclass
from typing import Literal

Published = Literal["rnn", "lstm", "cifg", "gru", "mgu"]
"""Cells with published counts; ``cifg`` is the LSTM with coupled input and forget gate."""

_GATES: dict[Published, int] = {"rnn": 1, "lstm": 4, "cifg": 3, "gru": 3, "mgu": 2}
_PEEPHOLES: dict[Published, int] = {"rnn": 0, "lstm": 3, "cifg": 2, "gru": 0, "mgu": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFormula:
    """What the count of one layer depends on besides its sizes.

    Attributes:
        cell: Kind of cell.
        num_biases: Bias vectors per gate: 1 in Keras (2 for its default GRU), 2 in PyTorch.
        peepholes: Whether gates see the cell state through diagonal weights.
        proj_size: Width r of the recurrent projection; 0 for none.
        nonrecurrent_size: Width p of a projection that only the next layer sees; 0 for none.
        norm_weights: Weights of layer normalisation per cell: 18 for Ba et al. 2016 (gain and
            shift on both products and on c; from memory), 10 for the kernels of haste.
        bidirectional: Whether a second layer runs backwards.

    Example:
        >>> LayerFormula(cell="lstm", num_biases=2).num_parameters(10, 64)
        19456
    """

    cell: Published
    num_biases: int = 1
    peepholes: bool = False
    proj_size: int = 0
    nonrecurrent_size: int = 0
    norm_weights: int = 0
    bidirectional: bool = False

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    def output_size(self, hidden_size: int) -> int:
        """Return how wide the output of a layer is.

        Args:
            hidden_size: Cells H of the layer.

        Returns:
            Width of what the next layer reads.
        """
        recurrent = self.proj_size or hidden_size
        return self._directions * (recurrent + self.nonrecurrent_size)

    def num_parameters(self, input_size: int, hidden_size: int) -> int:
        """Count the weights of one layer.

        Exact, checked against torch where it has the layer.

        Args:
            input_size: Width F of the input.
            hidden_size: Cells H.

        Returns:
            Number of weights.

        Reference:
            Sak, Senior & Beaufays (2014), arXiv 1402.1128, for projections and peepholes: the
            projected forms were found in a reader's notes, the plain one is from memory; the
            published sizes of their and of Graves's (2013) networks come out.
        """
        seen = input_size + (self.proj_size or hidden_size) + self.num_biases
        per_cell = _GATES[self.cell] * seen + self.proj_size + self.nonrecurrent_size
        if self.peepholes:
            per_cell += _PEEPHOLES[self.cell]
        return self._directions * hidden_size * (per_cell + self.norm_weights)


def stack_parameters(
    formula: LayerFormula, *, input_size: int, hidden_size: int, num_layers: int
) -> int:
    """Count the weights of equal layers on top of each other, without an output layer.

    Exact, checked against torch where it has the layer.

    Args:
        formula: The layer.
        input_size: Input features F.
        hidden_size: Cells H of each layer.
        num_layers: Layers L.

    Returns:
        Number of weights.

    Example:
        >>> net = LayerFormula(cell="lstm", num_biases=2)
        >>> stack_parameters(net, input_size=10, hidden_size=64, num_layers=2)
        52736
    """
    inner = formula.num_parameters(formula.output_size(hidden_size), hidden_size)
    return formula.num_parameters(input_size, hidden_size) + (num_layers - 1) * inner
