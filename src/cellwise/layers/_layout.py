"""Where each weight of a network lies in its row of the parameter matrix."""

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from cellwise.architecture import Architecture, RecurrentLayer

Kind = Literal["input", "recurrent", "bias", "head"]

# Width at which a learning rate means what it says; other widths are scaled to it.
BASE_WIDTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One weight of one model.

    Attributes:
        name: Such as ``layers.0.weight_ih`` or ``head.bias``.
        shape: Its shape.
        offset: First column in the parameter matrix.
        kind: ``input`` (reads the features), ``recurrent`` (reads cells), ``bias`` or ``head``.
        fan_in: Values that each of its rows reads.
        num_gates: Gate matrices stacked in its rows; 1 for the head.
    """

    name: str
    shape: tuple[int, ...]
    offset: int
    kind: Kind
    fan_in: int
    num_gates: int

    @property
    def stop(self) -> int:
        """One past its last column."""
        return self.offset + math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Layout:
    """All weights of a network, side by side: P columns.

    Attributes:
        slots: The weights in order, without gaps.
    """

    slots: tuple[Slot, ...]

    @classmethod
    def of(cls, architecture: Architecture, *, input_size: int, output_size: int) -> "Layout":
        """Lay out the weights of an architecture.

        Args:
            architecture: What the network is.
            input_size: Input features F.
            output_size: Outputs O of the output layer.

        Returns:
            The layout.
        """
        slots: list[Slot] = []
        sizes = architecture.input_sizes(input_size)
        for index, (layer, width) in enumerate(zip(architecture.layers, sizes, strict=True)):
            for name, shape, kind in _layer_weights(layer, width, first=index == 0):
                _append(slots, f"layers.{index}.{name}", shape, kind, layer.num_gates)
        width = architecture.output_width
        _append(slots, "head.weight", (output_size, width), "head", 1)
        _append(slots, "head.bias", (output_size,), "bias", 1)
        return cls(tuple(slots))

    @property
    def num_parameters(self) -> int:
        """Columns P of the parameter matrix."""
        return self.slots[-1].stop

    def views(self, parameters: Tensor) -> dict[str, Tensor]:
        """Return every weight as a view into the parameter matrix.

        Args:
            parameters: ``(M, P)``, a row is a model.

        Returns:
            Name to ``(M, *shape)``.
        """
        return {
            slot.name: parameters[:, slot.offset : slot.stop].view(-1, *slot.shape)
            for slot in self.slots
        }

    def learning_rate_scale(self) -> Tensor:
        """Return what the learning rate is multiplied by, ``(P,)``, so that it carries over widths.

        Returns:
            ``BASE_WIDTH / width`` for weights that read cells, 1 for input weights and biases.

        Reference:
            muP for Adam (Yang & Hu, "Tensor Programs V", table 3), applied to the LSTM.
        """
        scale = torch.ones(self.num_parameters)
        for slot in self.slots:
            if slot.kind in ("recurrent", "head"):
                scale[slot.offset : slot.stop] = BASE_WIDTH / slot.fan_in
        return scale

    def decays(self) -> Tensor:
        """Return 1 where a weight is regularised and 0 for biases, ``(P,)``."""
        mask = torch.ones(self.num_parameters)
        for slot in self.slots:
            if slot.kind == "bias":
                mask[slot.offset : slot.stop] = 0.0
        return mask


def _layer_weights(
    layer: RecurrentLayer, width: int, *, first: bool
) -> list[tuple[str, tuple[int, ...], Kind]]:
    rows, reads = layer.num_gates * layer.hidden_size, "input" if first else "recurrent"
    biases = ("bias_ih", "bias_hh") if layer.cell == "gru" else ("bias",)
    return [
        ("weight_ih", (rows, width), reads),  # type: ignore[list-item]
        ("weight_hh", (rows, layer.hidden_size), "recurrent"),
        *((bias, (rows,), "bias") for bias in biases),
    ]


def _append(
    slots: list[Slot], name: str, shape: tuple[int, ...], kind: Kind, num_gates: int
) -> None:
    offset = slots[-1].stop if slots else 0
    slots.append(
        Slot(
            name=name, shape=shape, offset=offset, kind=kind, fan_in=shape[-1], num_gates=num_gates
        )
    )
