"""A network: layers from the input upwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from cellwise._errors import ArchitectureError
from cellwise.architecture._branches import Branches
from cellwise.architecture._counts import Bias, chain_flops, own_size
from cellwise.architecture._encoder_decoder import Decoder
from cellwise.architecture._layer import Layer, layer_from_dict, layer_to_dict, simple_layers
from cellwise.architecture._network import place_network
from cellwise.architecture._parser import parse_layers
from cellwise.architecture._recurrent import RecurrentLayer
from cellwise.architecture._shapes import Chain
from cellwise.architecture._text import chain_text
from cellwise.architecture._weights import Weight

MAX_LAYERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """What a network is: layers from the input upwards; the task adds the output layer.

    Attributes:
        layers: The layers, first layer first; where they are recurrent layers and nothing else,
            `recurrent_layers` is the same.

    Raises:
        ArchitectureError: If there is no layer or more than 64, or one cannot read what the one
            below it gives.

    Example:
        >>> net = Architecture.parse("2*lstm(32) > gru(16)")
        >>> str(net), net.num_layers
        ('lstm(32) > lstm(32) > gru(16)', 3)
        >>> net.num_parameters(input_size=8, output_size=1)
        15985
    """

    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        """Check that there is a layer and that each fits onto the one below."""
        if not self.layers:
            raise ArchitectureError("layers must hold at least one layer, got ()")
        found = len(simple_layers(self.layers))
        if found > MAX_LAYERS:
            raise ArchitectureError(
                f"an architecture may have at most {MAX_LAYERS} layers, got {found}"
            )
        place_network(self.layers)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form.

        Args:
            text: Layers separated by ``>``, such as ``lstm(64) > lstm(32)``; ``3*lstm(32)``
                repeats a layer.

        Returns:
            The architecture.

        Raises:
            ArchitectureError: If the text is malformed.
        """  # noqa: DOC502  raised by the parser
        if not isinstance(text, str):
            raise ArchitectureError(
                f"an architecture must be text such as 'lstm(64)', got {text!r}"
            )
        return cls(layers=parse_layers(text))

    @property
    def num_layers(self) -> int:
        """Number of layers L of the outermost chain."""
        return len(self.layers)

    @property
    def recurrent_layers(self) -> tuple[RecurrentLayer, ...]:
        """Every recurrent layer wherever it stands, in the order of the text."""
        found = simple_layers(self.layers)
        return tuple(layer for layer in found if isinstance(layer, RecurrentLayer))

    @property
    def is_plain_stack(self) -> bool:
        """Whether it is recurrent layers and nothing else."""
        return all(isinstance(layer, RecurrentLayer) for layer in self.layers)

    @property
    def decodes(self) -> bool:
        """Whether a decoder puts out one step after the other, each of its own."""
        return any(isinstance(layer, Decoder) for layer in self.layers)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the input that branches name, each once, in the order of the text."""
        first = self.layers[0]
        return first.columns if isinstance(first, Branches) else ()

    @property
    def hidden_sizes(self) -> tuple[int, ...]:
        """Number of cells of each recurrent layer, of one direction."""
        return tuple(layer.hidden_size for layer in self.recurrent_layers)

    @property
    def num_cells(self) -> int:
        """Number of cells of all recurrent layers together, both directions."""
        return sum(layer.hidden_size * layer.num_directions for layer in self.recurrent_layers)

    @property
    def output_layers(self) -> tuple[int, ...]:
        """Indices of the layers that the output layer sees, always with the last."""
        return place_network(self.layers).taps

    @property
    def output_width(self) -> int:
        """Number of values that the output layer reads.

        Raises:
            ArchitectureError: If that depends on the number of inputs, as in ``dropout(0.5)``.
        """
        width = place_network(self.layers).output.width
        if not width:
            raise ArchitectureError(
                f"what {self} puts out depends on the number of inputs; use place(input_size=...)"
            )
        return width

    def place(self, *, input_size: int, output_size: int = 0, every_step: bool = False) -> Chain:
        """Put each layer at its place: shapes, connections, weights.

        Args:
            input_size: Number of input features F.
            output_size: Number of outputs O, which a decoder reads back.
            every_step: Whether the output layer reads more than the last step.

        Returns:
            The layers, without the output layer.

        Raises:
            ArchitectureError: If a layer cannot read what it is given.
        """  # noqa: DOC502  raised by place_network
        return place_network(
            self.layers, input_size=input_size, output_size=output_size, every_step=every_step
        )

    def require_columns(self, columns: Sequence[str]) -> None:
        """Check that the input has the columns that branches name, each once.

        Args:
            columns: Names of the input's columns.

        Raises:
            ArchitectureError: If it has not; lists those that there are.
        """
        for name in self.columns:
            found = columns.count(name)
            if found != 1:
                raise ArchitectureError(
                    f"layer 1, {self.layers[0]}: the input must have one column {name!r}, got "
                    f"{found}; its columns are {', '.join(columns)}"
                )

    def weights(self, *, input_size: int, output_size: int) -> tuple[Weight, ...]:
        """List all trainable weights in order, the output layer's last.

        Args:
            input_size: Number of input features F.
            output_size: Number of outputs O of the output layer.

        Returns:
            Weights with their full names, such as ``layers.0.weight_ih`` and ``head.bias``.
        """
        chain = self.place(input_size=input_size, output_size=output_size)
        return (
            *chain.weights,
            Weight(name="head.weight", shape=(output_size, chain.output.width), role="head"),
            Weight(name="head.bias", shape=(output_size,), role="bias"),
        )

    def num_parameters(self, *, input_size: int, output_size: int, bias: Bias = "single") -> int:
        """Count the trainable weights, the output layer included.

        Args:
            input_size: Number of input features F.
            output_size: Number of outputs O of the output layer.
            bias: ``single`` counts what Cellwise and Keras train, one bias per gate (two for a GRU
                whose reset gate acts on the recurrent product); ``double`` counts as torch does,
                two for every recurrent layer.

        Returns:
            Number of weights.
        """
        chain = self.place(input_size=input_size, output_size=output_size)
        inner = sum(own_size(placed, bias) for placed in chain.walk())
        return inner + (chain.output.width + 1) * output_size

    def num_flops(
        self, *, input_size: int, output_size: int, num_steps: int, output_steps: int = 0
    ) -> int:
        """Count the work of one forward pass of one window; training costs three times that.

        Args:
            input_size: Number of input features F.
            output_size: Number of outputs O.
            num_steps: Number of time steps T.
            output_steps: Steps that the output layer reads; 0 for the last one alone. Steps of a
                decoder.

        Returns:
            Floating-point operations of the products.
        """
        chain = self.place(
            input_size=input_size, output_size=output_size, every_step=output_steps > 0
        )
        reads = max(1, output_steps)
        inner = chain_flops(chain, num_steps=num_steps, decoder_steps=reads)
        return inner + reads * 2 * chain.output.width * output_size

    def __str__(self) -> str:
        """Return the text form, which `parse` reads back."""
        return chain_text(self.layers)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that `from_dict` reads back."""
        return {"layers": [layer_to_dict(layer) for layer in self.layers]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Build an architecture from `to_dict` output.

        Args:
            data: What `to_dict` returned.

        Returns:
            An equal architecture.
        """
        return cls(layers=tuple(layer_from_dict(layer) for layer in data["layers"]))
