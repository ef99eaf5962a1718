"""All that can stand in a chain, and their plain form."""

from dataclasses import fields
from typing import Any

from cellwise._errors import ArchitectureError
from cellwise.architecture._attention import AttentionPooling
from cellwise.architecture._branches import Branch, Branches
from cellwise.architecture._encoder_decoder import Decoder, Encoder
from cellwise.architecture._feed_forward import Conv, Dense, Dropout, Embedding, Norm
from cellwise.architecture._recurrent import RecurrentLayer

SimpleLayer = RecurrentLayer | Dense | Dropout | Norm | Conv | Embedding | AttentionPooling
"""A layer that holds no other."""

Layer = SimpleLayer | Branches | Encoder | Decoder
"""Anything between two ``>`` of the text form."""

_KINDS: dict[str, Any] = {
    "dense": Dense,
    "dropout": Dropout,
    "norm": Norm,
    "conv": Conv,
    "embed": Embedding,
    "attention": AttentionPooling,
    "branches": Branches,
    "encoder": Encoder,
    "decoder": Decoder,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def inner_chains(layer: Layer) -> tuple[tuple[Layer, ...], ...]:
    """Return the chains that a layer holds.

    Args:
        layer: Any layer.

    Returns:
        One per branch, one for an encoder or a decoder, none for others.
    """
    if isinstance(layer, Branches):
        return tuple(branch.layers for branch in layer.branches)
    return (layer.layers,) if isinstance(layer, Encoder | Decoder) else ()


def simple_layers(layers: tuple[Layer, ...]) -> tuple[SimpleLayer, ...]:
    """Walk through chains and list the layers that hold no other.

    Args:
        layers: A chain.

    Returns:
        The layers in the order of the text.
    """
    found: list[SimpleLayer] = []
    for layer in layers:
        if isinstance(layer, Branches | Encoder | Decoder):
            for chain in inner_chains(layer):
                found += simple_layers(chain)
        else:
            found.append(layer)
    return tuple(found)


def layer_to_dict(layer: Layer | Branch) -> dict[str, Any]:
    """Return plain values that `layer_from_dict` reads back.

    Args:
        layer: Any layer.

    Returns:
        Its fields, with a ``kind`` unless it is recurrent.
    """
    if isinstance(layer, RecurrentLayer):
        return layer.to_dict()
    kind = {} if isinstance(layer, Branch) else {"kind": _NAMES[type(layer)]}
    return kind | {field.name: _plain(getattr(layer, field.name)) for field in fields(layer)}


def layer_from_dict(data: dict[str, Any]) -> Layer:
    """Build a layer from `layer_to_dict` output.

    Args:
        data: What `layer_to_dict` returned.

    Returns:
        An equal layer.

    Raises:
        ArchitectureError: If its kind is not known here.
    """
    values = dict(data)
    kind = values.pop("kind", None)
    if kind is None:
        return RecurrentLayer.from_dict(values)
    if kind not in _KINDS:
        raise ArchitectureError(f"kind must be one of {', '.join(_KINDS)}, got {kind!r}")
    if "layers" in values:
        values["layers"] = _layers(values)
    if "branches" in values:
        values["branches"] = tuple(
            Branch(layers=_layers(one), columns=tuple(one["columns"])) for one in values["branches"]
        )
    layer: Layer = _KINDS[kind](**values)
    return layer


def _layers(data: dict[str, Any]) -> tuple[Layer, ...]:
    return tuple(layer_from_dict(one) for one in data["layers"])


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [one if isinstance(one, str) else layer_to_dict(one) for one in value]
    return value
