"""Weights to models of Keras 3 and back."""

from typing import Any

import numpy as np
from torch import Tensor

from cellwise._errors import ArchitectureError
from cellwise.architecture import Architecture, Conv, Dense, Dropout, Norm, Placed, RecurrentLayer
from cellwise.export._code_keras import keras_code
from cellwise.export._keras_sequential import read_sequential
from cellwise.export._keras_weights import KerasArray, keras_arrays
from cellwise.export._weights import refuse_lookahead, row_of
from cellwise.layers import Layout, Network


def to_keras(network: Network, row: Tensor, *, context_length: int, batch_size: int = 32) -> Any:
    """Make a model of Keras 3 that computes what a trained network computes.

    It is made on whatever backend Keras runs; for torch's, set the environment variable
    ``KERAS_BACKEND=torch`` before Keras is imported. ``model.save("model.keras")`` writes it.

    Args:
        network: The network.
        row: Its row of the parameter matrix, ``(P,)`` or ``(1, P)``.
        context_length: Steps T of the window.
        batch_size: Rows of a batch, which Keras fixes where a layer is stateful.

    Returns:
        A `keras.Sequential` where layers simply stand on one another, else a functional
        `keras.Model`; it takes ``(B, T, F)`` and gives ``(B, O)`` or ``(B, S, O)``.

    Raises:
        ArchitectureError: If Keras cannot express a layer; names the first one.
    """  # noqa: DOC502  raised by keras_code
    refuse_lookahead(network, "keras")
    views = {name: view[0] for name, view in network.layout.views(row.view(1, -1)).items()}
    code = keras_code(
        network.architecture,
        input_size=network.chain.source.width,
        context_length=context_length,
        output_size=views["head.bias"].shape[0],
        output_steps=network.output_steps,
        columns=network.columns,
        batch_size=batch_size,
    )
    scope: dict[str, Any] = {}
    exec(code, scope)
    model = scope["model"]
    for name, arrays in keras_arrays(network.chain):
        model.get_layer(name).set_weights([one.array(views) for one in arrays])
    return scope["keras"].Sequential(model.layers) if _is_straight(network) else model


def from_keras(model: Any, *, network: Network | None = None) -> tuple[Architecture, Tensor]:
    """Read the weights of a model of Keras 3.

    Args:
        model: A `keras.Sequential` that ends with a dense layer without activation, which becomes
            the output layer; or, with ``network``, what `to_keras` made of it.
        network: What `to_keras` was given.

    Returns:
        The architecture and its row of the parameter matrix, ``(1, P)``.

    Raises:
        ArchitectureError: If there is a layer that Cellwise does not have; names the first one.
    """  # noqa: DOC502  raised by read_sequential
    tensors: dict[str, Tensor] = {}
    if network is not None:
        for name, arrays in keras_arrays(network.chain):
            tensors |= _tensors(model.get_layer(name), arrays)
        return network.architecture, row_of(network.layout, tensors)
    read = read_sequential(model)
    layers = {f"layer_{k}": layer for k, layer in enumerate(read.layers[:-1], start=1)}
    layers["head"] = read.layers[-1]
    for name, arrays in keras_arrays(read.architecture.place(input_size=read.input_size)):
        tensors |= _tensors(layers[name], arrays)
    layout = Layout.of(read.architecture, input_size=read.input_size, output_size=read.output_size)
    return read.architecture, row_of(layout, tensors)


def _tensors(layer: Any, arrays: list[KerasArray]) -> dict[str, Tensor]:
    values = [np.asarray(one) for one in layer.get_weights()]
    if len(values) < len(arrays):  # use_bias=False
        arrays = [one for one in arrays if not one.is_bias]
    if len(values) != len(arrays):
        raise ArchitectureError(
            f"Keras layer {layer.name!r} must hold {len(arrays)} weights, got {len(values)}"
        )
    found: dict[str, Tensor] = {}
    for one, value in zip(arrays, values, strict=True):
        found |= one.tensors(value)
    return found


def _is_straight(network: Network) -> bool:
    """Whether the model is layers on one another, without anything between them."""
    chain = network.chain
    return not network.output_steps and len(chain.taps) == 1 and all(map(_is_plain, chain.placed))


def _is_plain(placed: Placed) -> bool:
    layer = placed.layer
    if isinstance(layer, RecurrentLayer):
        beside = layer.residual or layer.highway or layer.init_from_below
        more = layer.output_depth > 1 or layer.num_streams > 1
        return not (beside or more or placed.input.width > placed.below.width)
    if isinstance(layer, Conv):
        return placed.returns == "all"
    # at the bottom, what works on a step alone is given the last one
    whole = placed.returns == "all" or not placed.input.raw
    return isinstance(layer, Dense | Dropout | Norm) and whole
