"""Layers without memory, over the member axis."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from cellwise._errors import ArchitectureError
from cellwise.architecture import (
    AttentionPooling,
    Conv,
    Dense,
    Dropout,
    Embedding,
    Norm,
    Placed,
    needs_all_steps,
    place_words,
)
from cellwise.kernels import EPSILON, activation_function
from cellwise.layers._flow import Flow, Run, Signal, affine
from cellwise.layers._plan import Plan


def make_simple(placed: Placed, plan: Plan) -> Run:
    """Make a layer without memory.

    Args:
        placed: The layer at its place.
        plan: The network.

    Returns:
        The layer.

    Raises:
        ArchitectureError: If it cannot be run.
    """
    layer = placed.layer
    if isinstance(layer, Conv):
        return _convolution(placed, layer)
    if isinstance(layer, AttentionPooling):
        return _pooling(placed, layer)
    if isinstance(layer, Dropout):
        return _dropping(placed, plan)
    if isinstance(layer, Dense):
        return _pointwise(placed, _dense(placed, layer))
    if isinstance(layer, Norm):
        return _pointwise(placed, partial(_normalise, path=placed.path))
    if isinstance(layer, Embedding):
        return _pointwise(placed, partial(_look_up, path=placed.path))
    raise ArchitectureError(f"{place_words(placed.path)}, {layer}: there is nothing to run it")


Pointwise = Callable[[Flow, Tensor], Tensor]


def _pointwise(placed: Placed, function: Pointwise) -> Run:
    every = needs_all_steps(placed)

    def run(flow: Flow, below: Signal, source: Signal) -> Signal:
        return below.map(partial(function, flow), every=every)

    return run


def _dense(placed: Placed, layer: Dense) -> Pointwise:
    names, activation = _names(placed), activation_function(layer.activation)

    def apply(flow: Flow, values: Tensor) -> Tensor:
        weight, bias = (flow.weights[name] for name in names)
        return activation(affine(values, weight, bias))

    return apply


def _normalise(flow: Flow, values: Tensor, *, path: str) -> Tensor:
    shape = (values.shape[0], *[1] * (values.dim() - 2), values.shape[-1])
    gain, bias = (flow.weights[f"{path}.{name}"].view(shape) for name in ("gain", "bias"))
    return functional.layer_norm(values, values.shape[-1:], eps=EPSILON) * gain + bias


def _look_up(flow: Flow, values: Tensor, *, path: str) -> Tensor:
    table = flow.weights[f"{path}.weight"]  # (M, V, D)
    tokens = values.long().reshape(values.shape[0], -1, 1)
    vectors = table.gather(1, tokens.expand(-1, -1, table.shape[2]))
    return vectors.view(*values.shape[:-1], -1)


def _dropping(placed: Placed, plan: Plan) -> Run:
    site, every = plan.site(placed.path, "passing"), needs_all_steps(placed)

    def run(flow: Flow, below: Signal, source: Signal) -> Signal:
        dropout = flow.dropout
        if dropout is None or site is None:
            return below if every else Signal(ends=below.end())
        return below.map(lambda values: dropout(values, site), every=every)

    return run


def _convolution(placed: Placed, layer: Conv) -> Run:
    names, activation = _names(placed), activation_function(layer.activation)
    every, past = placed.returns == "all", layer.kernel_size - 1

    def run(flow: Flow, below: Signal, source: Signal) -> Signal:
        (x,) = below.steps
        weight, bias = (flow.weights[name] for name in names)
        members, batch, _, width = x.shape
        seen = x if every else x[:, :, -layer.kernel_size :]
        missing = past if every else layer.kernel_size - seen.shape[2]
        # members side by side as groups of one convolution: (B, M F, T)
        turned = seen.permute(1, 0, 3, 2).reshape(batch, members * width, -1)
        padded = functional.pad(turned, (missing, 0))
        y = functional.conv1d(padded, weight.flatten(0, 1), bias.flatten(), groups=members)
        found = activation(y.view(batch, members, -1, y.shape[-1]).permute(1, 0, 3, 2))
        return Signal(steps=(found,)) if every else Signal(ends=(found[:, :, -1],))

    return run


def _pooling(placed: Placed, layer: AttentionPooling) -> Run:
    weight_name, bias_name, query_name = _names(placed)

    def run(flow: Flow, below: Signal, source: Signal) -> Signal:
        (x,) = below.steps
        keys = affine(x, flow.weights[weight_name], flow.weights[bias_name]).tanh()
        keys, values = (
            one.view(*one.shape[:-1], layer.heads, -1) for one in (keys, x.contiguous())
        )
        scores = torch.einsum("mbtks,mks->mbtk", keys, flow.weights[query_name])
        mean = torch.einsum("mbtk,mbtks->mbks", scores.softmax(dim=2), values)
        return Signal(ends=(mean.flatten(2),))

    return run


def _names(placed: Placed) -> list[str]:
    return [f"{placed.path}.{weight.name}" for weight in placed.own]
