"""What the error becomes without a layer or without a cell, all of them as one cohort."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from cellwise.diagnosis._gates import is_simple
from cellwise.diagnosis._patient import Patient

# Models of one forward pass
_PIECE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """Errors without parts of one layer, over the error of the whole network.

    Attributes:
        frozen: With the layer's output held at its mean.
        removed: With the layer's output at 0.
        cells_frozen: With one output held at its mean, ``(W,)``.
        cells_removed: With one output at 0, ``(W,)``.
    """

    frozen: float
    removed: float
    cells_frozen: tuple[float, ...]
    cells_removed: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """A matrix that reads a layer's outputs: those of column ``first`` and the next."""

    weight: str
    bias: str
    first: int


def can_ablate(patient: Patient) -> bool:
    """Say whether what leaves each cell can be cut.

    Args:
        patient: The network.

    Returns:
        Whether it is a stack of recurrent layers without options that hand values past the cells.
    """
    net = patient.network.architecture
    return net.is_plain_stack and all(
        is_simple(layer) and not layer.init_from_below for layer in net.recurrent_layers
    )


def ablate(patient: Patient) -> dict[str, Ablation]:
    """Measure the error without each layer and each of its outputs.

    A cell is taken out by setting every weight that reads it to 0, its own recurrence included;
    held at its mean, what these weights read on average goes to the biases. Each way is a row of
    one parameter matrix.

    Args:
        patient: A network for which `can_ablate` holds.

    Returns:
        Path of each layer to its errors, relative to that of the whole network.

    Reference:
        Meyes et al. (2019), "Ablation studies in artificial neural networks".
    """
    states = patient.states()
    whole = _errors(patient, patient.weights)[0].clamp_min(1e-12)
    found = {}
    for index, (path, values) in enumerate(states.items()):
        means, width = values.mean(dim=(0, 1)), values.shape[-1]
        parts = [list(range(width)), *([cell] for cell in range(width))]
        rows = [
            _without(patient, index, cells, mean)
            for mean in (means, torch.zeros_like(means))
            for cells in parts
        ]
        frozen, removed = (_errors(patient, torch.cat(rows)) / whole).view(2, -1).tolist()
        found[path] = Ablation(
            frozen=frozen[0],
            removed=removed[0],
            cells_frozen=tuple(frozen[1:]),
            cells_removed=tuple(removed[1:]),
        )
    return found


def _errors(patient: Patient, weights: Tensor) -> Tensor:
    """Mean squared error of each row, ``(M,)``."""
    x, found = patient.windows.inputs[None], []
    with torch.no_grad():
        for first in range(0, len(weights), _PIECE):
            rows = weights[first : first + _PIECE]
            outputs = patient.network(rows, x.expand(len(rows), -1, -1, -1)).flatten(2)
            found.append((outputs - patient.windows.targets).double().square().mean(dim=(1, 2)))
    return torch.cat(found)


def _without(patient: Patient, index: int, cells: Sequence[int], held_at: Tensor) -> Tensor:
    """Weights of the network without some outputs of a layer, ``(1, P)``."""
    weights = patient.weights.clone()
    views = patient.network.layout.views(weights)
    for reader in _readers(patient, index):
        matrix, bias = views[reader.weight][0], views[reader.bias][0]
        columns = [reader.first + cell for cell in cells]
        bias += matrix[:, columns] @ held_at[list(cells)]
        matrix[:, columns] = 0.0
    return weights


def _readers(patient: Patient, index: int) -> list[_Reader]:
    """All that reads a layer: itself, the layer above, and the output layer where it is tapped."""
    architecture = patient.network.architecture
    layers, taps = architecture.recurrent_layers, architecture.output_layers
    known = patient.network.layout.views(patient.weights)
    readers = [_recurrence(index, known)]
    if index + 1 < len(layers):
        bias = "bias_ih" if f"layers.{index + 1}.bias_ih" in known else "bias"
        above = f"layers.{index + 1}"
        readers.append(_Reader(weight=f"{above}.weight_ih", bias=f"{above}.{bias}", first=0))
    if index in taps:
        first = sum(layers[tap].output_width() for tap in taps if tap < index)
        readers.append(_Reader(weight="head.weight", bias="head.bias", first=first))
    return readers


def _recurrence(index: int, known: dict[str, Tensor]) -> _Reader:
    path = f"layers.{index}"
    bias = "bias_hh" if f"{path}.bias_hh" in known else "bias"
    return _Reader(weight=f"{path}.weight_hh", bias=f"{path}.{bias}", first=0)
