"""Where each weight of a network lies in its row of the parameter matrix."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from cellwise.architecture import (
    Architecture,
    AttentionPooling,
    Chain,
    Conv,
    Dropout,
    Norm,
    Placed,
    RecurrentLayer,
    Role,
    Weight,
)

# Width at which a learning rate means what it says; other widths are scaled to it.
BASE_WIDTH = 16

# Value at which a highway's bias starts: at first it carries (Srivastava et al. 2015, section 2.2)
HIGHWAY_BIAS = -1.0

# Roles whose rows read as many values as the layer that they read has cells
_READERS: frozenset[Role] = frozenset(("recurrent", "hidden", "projection", "head"))
_UNREGULARISED: frozenset[Role] = frozenset(("bias", "gain", "state"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One weight of one model.

    Attributes:
        name: Such as ``layers.0.weight_ih`` or ``head.bias``.
        shape: Its shape.
        offset: First column in the parameter matrix.
        role: What it is for.
        reads_cells: Whether its rows read cells, of which a wider network has more; otherwise
            they read features, or it is no matrix.
        starts: Value at which each gate's block starts, where it is not drawn; one block where
            there are no gates.
    """

    name: str
    shape: tuple[int, ...]
    offset: int
    role: Role
    reads_cells: bool
    starts: tuple[float, ...]

    @property
    def stop(self) -> int:
        """One past its last column."""
        return self.offset + math.prod(self.shape)

    @property
    def num_gates(self) -> int:
        """Gate blocks stacked in its rows."""
        return len(self.starts)


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
            The layout, in the order of `Architecture.weights`.
        """
        chain = architecture.place(input_size=input_size, output_size=output_size)
        places = dict(_places(chain))
        slots, offset = [], 0
        for weight in architecture.weights(input_size=input_size, output_size=output_size):
            path, _, name = weight.name.rpartition(".")
            placed, features = places.get(path, (None, False))
            reads = weight.role in _READERS or (weight.role == "input" and not features)
            slots.append(
                Slot(
                    name=weight.name,
                    shape=weight.shape,
                    offset=offset,
                    role=weight.role,
                    reads_cells=reads,
                    starts=_starts(weight, name, placed),
                )
            )
            offset = slots[-1].stop
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
            ``BASE_WIDTH / width`` for matrices that read cells, 1 for those that read features,
            for tables, and for weights one by one.

        Reference:
            muP for Adam (Yang & Hu, "Tensor Programs V", table 3), applied to the LSTM.
        """
        scale = torch.ones(self.num_parameters)
        for slot in self.slots:
            if slot.reads_cells:
                # of a convolution too: its steps do not grow with the width
                scale[slot.offset : slot.stop] = BASE_WIDTH / slot.shape[1]
        return scale

    def decays(self) -> Tensor:
        """Return 1 where a weight is regularised, ``(P,)``, and 0 for biases, gains and states."""
        mask = torch.ones(self.num_parameters)
        for slot in self.slots:
            if slot.role in _UNREGULARISED:
                mask[slot.offset : slot.stop] = 0.0
        return mask


def _places(chain: Chain, features: bool = True) -> Iterator[tuple[str, tuple[Placed, bool]]]:
    """Each layer by its path, and whether what it reads has as many values as there are features."""
    for placed in chain.placed:
        beside = placed.input.width > placed.below.width
        yield placed.path, (placed, features and not beside)
        for inner in placed.chains:
            yield from _places(inner, features)
        features = features and _keeps_width(placed)


def _keeps_width(placed: Placed) -> bool:
    layer = placed.layer
    if isinstance(layer, Conv):
        return not layer.channels
    return isinstance(layer, Norm | Dropout | AttentionPooling)


def _starts(weight: Weight, name: str, placed: Placed | None) -> tuple[float, ...]:
    gates = weight.gates or ("",)
    if weight.role == "gain":
        return (1.0,) * len(gates)
    if name == "highway_bias":
        return (HIGHWAY_BIAS,)
    layer = None if placed is None else placed.layer
    if isinstance(layer, RecurrentLayer) and name.removesuffix("_reverse") in _gate_biases(layer):
        return tuple(float(gate == "f") for gate in gates)
    return (0.0,) * len(gates)


def _gate_biases(layer: RecurrentLayer) -> set[str]:
    """Biases that a gate's function is applied to right away."""
    if layer.gate_depth > 1:
        return {f"gate_bias_{layer.gate_depth}"}
    return {"bias", *(f"transition_bias_{d}" for d in range(2, layer.transition_depth + 1))}
