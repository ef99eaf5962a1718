"""A stack of recurrent layers."""

from dataclasses import dataclass
from typing import Any, Self

from cellwise._errors import ArchitectureError
from cellwise.architecture._layer import RecurrentLayer
from cellwise.architecture._text import parse_layers


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """What a network is: recurrent layers from the input upwards; the task adds the output layer.

    Attributes:
        layers: The layers, first layer first; sizes and cells may differ.

    Raises:
        ArchitectureError: If there is no layer.

    Example:
        >>> net = Architecture.parse("2*lstm(32) > gru(16)")
        >>> str(net), net.num_layers
        ('lstm(32) > lstm(32) > gru(16)', 3)
        >>> net.num_parameters(input_size=8, output_size=1)
        15985
    """

    layers: tuple[RecurrentLayer, ...]

    def __post_init__(self) -> None:
        """Check that there is a layer."""
        if not self.layers:
            raise ArchitectureError("layers must hold at least one layer, got ()")

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
        return cls(layers=parse_layers(text))

    @property
    def num_layers(self) -> int:
        """Number of recurrent layers L."""
        return len(self.layers)

    @property
    def hidden_sizes(self) -> tuple[int, ...]:
        """Number of cells of each layer."""
        return tuple(layer.hidden_size for layer in self.layers)

    @property
    def num_cells(self) -> int:
        """Number of cells of all layers together."""
        return sum(self.hidden_sizes)

    @property
    def output_layers(self) -> tuple[int, ...]:
        """Indices of the layers that the output layer sees, always with the last."""
        last = self.num_layers - 1
        return tuple(i for i, layer in enumerate(self.layers) if layer.to_output or i == last)

    @property
    def output_width(self) -> int:
        """Number of values that the output layer reads."""
        return sum(self.layers[i].hidden_size for i in self.output_layers)

    def input_sizes(self, input_size: int) -> tuple[int, ...]:
        """Return what each layer reads at a step.

        Args:
            input_size: Number of input features F.

        Returns:
            Input width of each layer.
        """
        return (input_size, *self.hidden_sizes[:-1])

    def num_parameters(self, *, input_size: int, output_size: int) -> int:
        """Count the trainable weights, the output layer included.

        Args:
            input_size: Number of input features F.
            output_size: Number of outputs O of the output layer.

        Returns:
            Number of weights; one bias per gate (two for GRU).
        """
        sizes = zip(self.layers, self.input_sizes(input_size), strict=True)
        recurrent = sum(layer.num_parameters(size) for layer, size in sizes)
        return recurrent + (self.output_width + 1) * output_size

    def num_flops(self, *, input_size: int, output_size: int, num_steps: int) -> int:
        """Count the work of one forward pass of one window; training costs three times that.

        Args:
            input_size: Number of input features F.
            output_size: Number of outputs O, read once.
            num_steps: Number of time steps T.

        Returns:
            Floating-point operations of the matrix products.
        """
        sizes = zip(self.layers, self.input_sizes(input_size), strict=True)
        step = sum(layer.num_flops(size) for layer, size in sizes)
        return num_steps * step + 2 * self.output_width * output_size

    def __str__(self) -> str:
        """Return the text form, which `parse` reads back."""
        return " > ".join(str(layer) for layer in self.layers)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that `from_dict` reads back."""
        return {"layers": [layer.to_dict() for layer in self.layers]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Build an architecture from `to_dict` output.

        Args:
            data: What `to_dict` returned.

        Returns:
            An equal architecture.
        """
        return cls(layers=tuple(RecurrentLayer.from_dict(layer) for layer in data["layers"]))
