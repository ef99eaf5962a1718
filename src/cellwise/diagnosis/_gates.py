"""The gates of trained layers, computed again from what the layers read and put out."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from cellwise.architecture import RecurrentLayer
from cellwise.diagnosis._patient import Patient

# What makes gates depend on more than the input and the last output
_HIDDEN = {
    "peephole": False,
    "layer_norm": "none",
    "gate_depth": 1,
    "transition_depth": 1,
    "output_depth": 1,
    "skip_size": 0,
    "residual": False,
    "highway": False,
    "bidirectional": False,
    "from_input": False,
    "gate_activation": "sigmoid",
}
_KEEPS = {"lstm": "f", "gru": "z"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerGates:
    """Gates of one layer.

    Attributes:
        path: Such as ``layers.0``.
        layer: The layer.
        values: Gate to its values after the first step, ``(B, T - 1, H)``; the candidate, which is
            no gate, is left out.
    """

    path: str
    layer: RecurrentLayer
    values: dict[str, Tensor]

    @property
    def keeps(self) -> Tensor | None:
        """The gate that says what is kept, ``(B, T - 1, H)``; ``None`` if there is none."""
        return self.values.get(_KEEPS.get(self.layer.cell, ""))


def is_simple(layer: RecurrentLayer) -> bool:
    """Say whether a layer is what its input, its last output and its matrices make of it.

    Args:
        layer: The layer.

    Returns:
        Whether it has none of the options that put more between input and gate.
    """
    return all(getattr(layer, name) == usual for name, usual in _HIDDEN.items())


def layer_gates(patient: Patient) -> list[LayerGates]:
    """Compute the gates of every simple recurrent layer with gates.

    Args:
        patient: A network of recurrent and pointwise layers.

    Returns:
        Gates of each such layer, from the input upwards.
    """
    x = patient.windows.inputs[None]
    with torch.no_grad():
        seen = patient.every_step.layer_outputs(patient.weights, x)
        weights = patient.network.layout.views(patient.weights)
        found, below = [], x
        for placed in patient.network.chain.placed:
            layer = placed.layer
            gated = isinstance(layer, RecurrentLayer) and layer.cell != "rnn"
            if gated and isinstance(layer, RecurrentLayer) and is_simple(layer):
                values = _gates(layer, placed.path, weights, below, seen[placed.path])
                found.append(LayerGates(path=placed.path, layer=layer, values=values))
            below = seen[placed.path]
    return found


def _gates(
    layer: RecurrentLayer, path: str, weights: Mapping[str, Tensor], below: Tensor, output: Tensor
) -> dict[str, Tensor]:
    """Gates after the first step, whose state before may have been learned."""
    bias = _bias(path, weights)
    own = {name: weights[f"{path}.{name}"][0] for name in ("weight_ih", "weight_hh")}
    total = functional.linear(below[0, :, 1:], own["weight_ih"]) + functional.linear(
        output[0, :, :-1], own["weight_hh"], bias
    )
    blocks = dict(zip(layer.gates, total.sigmoid().chunk(layer.num_gates, dim=-1), strict=True))
    return {gate: values for gate, values in blocks.items() if gate not in "gn"}


def _bias(path: str, weights: Mapping[str, Tensor]) -> Tensor:
    names = (f"{path}.{name}" for name in ("bias", "bias_ih", "bias_hh"))
    return torch.stack([weights[name][0] for name in names if name in weights]).sum(dim=0)


def gate_steps(gates: LayerGates) -> Tensor | None:
    r"""Return how long each cell keeps what it holds, by its gate alone.

    Args:
        gates: Gates of a layer.

    Returns:
        :math:`-1 / \overline{\ln f}` in steps, ``(H,)``; ``None`` without such a gate. It says
        nothing of memory that is carried by the recurrent matrix.

    Reference:
        ``../shared/theory.md``, 12.5; Tallec & Ollivier (2018) for the gate as a time constant.
    """
    keeps = gates.keeps
    if keeps is None:
        return None
    return -1.0 / keeps.clamp_min(1e-12).log().mean(dim=(0, 1)).clamp_max(-1e-9)
