"""Which array of a Keras layer is which weight of a network."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise.architecture import (
    AttentionPooling,
    Chain,
    Decoder,
    Embedding,
    Norm,
    Placed,
    RecurrentLayer,
)
from cellwise.export._weights import numbered

Order = Literal["same", "turned"]
"""``turned``: the axes stand in reverse order, as in a kernel that the input is multiplied by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KerasArray:
    """One array of a Keras layer.

    Attributes:
        names: Full names of the weights that it holds; two are stacked.
        order: Order of its axes.
        swapped: Whether the first two gates change places: Keras has a GRU's as z, r, n.
    """

    names: tuple[str, ...]
    order: Order = "same"
    swapped: bool = False

    @property
    def is_bias(self) -> bool:
        """Whether a layer may do without."""
        return "bias" in self.names[0].rpartition(".")[2]

    def array(self, weights: Mapping[str, Tensor]) -> NDArray[Any]:
        """Make it of weights.

        Args:
            weights: One model's, by full name.

        Returns:
            The array as Keras has it.
        """
        parts = [self._swap(weights[name].detach()).numpy() for name in self.names]
        whole = parts[0] if len(parts) == 1 else np.stack(parts)
        return whole.T if self.order == "turned" else whole

    def tensors(self, array: NDArray[Any]) -> dict[str, Tensor]:
        """Make weights of it.

        Args:
            array: The array as Keras has it.

        Returns:
            Weights by their full names.
        """
        whole = torch.from_numpy(np.array(array.T if self.order == "turned" else array))
        parts = [whole] if len(self.names) == 1 else list(whole)
        return {name: self._swap(part) for name, part in zip(self.names, parts, strict=True)}

    def _swap(self, weight: Tensor) -> Tensor:
        if not self.swapped:
            return weight
        first, second, third = weight.chunk(3)
        return torch.cat([second, first, third])


def keras_arrays(chain: Chain) -> Iterator[tuple[str, list[KerasArray]]]:
    """List the layers of the generated model that have weights.

    Args:
        chain: The network.

    Yields:
        tuple[str, list[KerasArray]]: Name of the Keras layer, and its arrays in Keras's order.
    """
    for number, placed in numbered(chain):
        if placed.own and not placed.chains:
            yield from _layer_arrays(placed, f"layer_{number}")
        elif isinstance(placed.layer, Decoder):
            for weight in placed.own:
                kind = weight.name.removeprefix("attention_")
                full = f"{placed.path}.{weight.name}"
                yield f"layer_{number}_{kind}", [KerasArray(names=(full,), order="turned")]
    yield "head", _dense("head.weight", "head.bias")


def _dense(weight: str, bias: str) -> list[KerasArray]:
    return [KerasArray(names=(weight,), order="turned"), KerasArray(names=(bias,))]


def _layer_arrays(placed: Placed, name: str) -> Iterator[tuple[str, list[KerasArray]]]:
    layer, path = placed.layer, placed.path
    if isinstance(layer, RecurrentLayer):
        yield name, _recurrent(layer, path)
        for depth in range(2, layer.output_depth + 1):
            parts = (f"{path}.output_{kind}_{depth}" for kind in ("weight", "bias"))
            yield f"{name}_output_{depth}", _dense(*parts)
        if layer.highway:
            yield f"{name}_gate", _dense(f"{path}.highway_weight", f"{path}.highway_bias")
    elif isinstance(layer, Norm):
        yield name, [KerasArray(names=(f"{path}.{kind}",)) for kind in ("gain", "bias")]
    elif isinstance(layer, Embedding):
        yield name, [KerasArray(names=(f"{path}.weight",))]
    else:
        yield name, _dense(f"{path}.weight", f"{path}.bias")
        if isinstance(layer, AttentionPooling):
            yield f"{name}_query", [KerasArray(names=(f"{path}.query",))]


def _recurrent(layer: RecurrentLayer, path: str) -> list[KerasArray]:
    gru, found = layer.cell == "gru", []
    biases = ["bias_ih", "bias_hh"] if gru and not layer.reset_before else ["bias"]
    for suffix in ("", "_reverse")[: layer.num_directions]:
        for name in ("weight_ih", "weight_hh"):
            one = KerasArray(names=(f"{path}.{name}{suffix}",), order="turned", swapped=gru)
            found.append(one)
        names = tuple(f"{path}.{name}{suffix}" for name in biases)
        found.append(KerasArray(names=names, swapped=gru))
    return found
