"""Functions that the freely formed cells share."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional

Function = Callable[[Tensor], Tensor]

EPSILON = 1e-5
"""Added to a variance before its root is divided by, as in torch."""


def activation_function(name: str) -> Function:
    """Return a function of one value.

    Args:
        name: ``tanh``, ``relu``, ``sigmoid``, ``hard_sigmoid`` or ``linear``.

    Returns:
        The function.
    """
    return _ACTIVATIONS[name]


def _linear(values: Tensor) -> Tensor:
    return values


_ACTIVATIONS: dict[str, Function] = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "hard_sigmoid": functional.hardsigmoid,
    "linear": _linear,
}


def norm_function(weights: Mapping[str, Tensor], name: str, rows: slice = slice(None)) -> Function:
    """Make the layer normalisation of a product.

    Args:
        weights: A cell's weights, each ``(M, ...)``.
        name: ``ln_ih``, ``ln_hh`` or ``ln_c``.
        rows: Rows of gain and shift that it uses.

    Returns:
        A function of ``(M, B, W)`` or ``(M, B, T, W)``; nothing is done where there is no gain.

    Reference:
        Ba, Kiros & Hinton (2016), "Layer Normalization", equations 20-22.
    """
    if f"{name}_gain" not in weights:
        return _linear
    gain = weights[f"{name}_gain"][:, rows]
    shift = weights[f"{name}_shift"][:, rows] if f"{name}_shift" in weights else None

    def normalise(values: Tensor) -> Tensor:
        shape = (gain.shape[0], *[1] * (values.dim() - 2), gain.shape[1])
        scaled = functional.layer_norm(values, values.shape[-1:], eps=EPSILON) * gain.view(shape)
        return scaled if shift is None else scaled + shift.view(shape)

    return normalise


def gate_functions(
    weights: Mapping[str, Tensor], count: int, activation: Function, gate: Function
) -> tuple[Function, ...]:
    """Make the functions that turn what gates add up into gates.

    Args:
        weights: A cell's weights; ``gate_weight_2``, ``gate_bias_2`` and so on make gates deep.
        count: Gates.
        activation: Before each further layer.
        gate: At the end.

    Returns:
        A function of ``(M, B, H)`` per gate.
    """
    depths: list[list[tuple[Tensor, Tensor]]] = []
    while f"gate_weight_{len(depths) + 2}" in weights:
        depth = len(depths) + 2
        matrices = weights[f"gate_weight_{depth}"].transpose(1, 2).chunk(count, dim=2)
        biases = weights[f"gate_bias_{depth}"][:, None].chunk(count, dim=2)
        depths.append(list(zip(matrices, biases, strict=True)))
    if not depths:
        return (gate,) * count

    def deep(index: int) -> Function:
        layers = [one[index] for one in depths]

        def apply(values: Tensor) -> Tensor:
            for matrix, bias in layers:
                values = torch.baddbmm(bias, activation(values), matrix)
            return gate(values)

        return apply

    return tuple(deep(index) for index in range(count))
