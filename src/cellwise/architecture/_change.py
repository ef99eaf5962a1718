"""Networks made from others: another layer in the place of one, or one more on top."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from cellwise._errors import ArchitectureError
from cellwise.architecture._architecture import Architecture
from cellwise.architecture._branches import Branches
from cellwise.architecture._encoder_decoder import Decoder, Encoder
from cellwise.architecture._layer import Layer
from cellwise.architecture._recurrent import RecurrentLayer

Change = Callable[[Layer], Layer]


def change_layers(architecture: Architecture, paths: Sequence[str], change: Change) -> Architecture:
    """Change some layers at once, which may have to fit each other.

    Args:
        architecture: The network.
        paths: Where the layers are, such as ``layers.1``, ``layers.0.branches.1.layers.0`` or
            ``encoder.layers.0``.
        change: Takes each layer and returns what stands in its place.

    Returns:
        The network with the other layers.

    Raises:
        ArchitectureError: If there is no such layer, or what stands in its place does not fit.

    Example:
        >>> net = Architecture.parse("lstm(4) > lstm(2)")
        >>> str(change_layers(net, ["layers.1"], lambda layer: replace(layer, hidden_size=3)))
        'lstm(4) > lstm(3)'
    """
    layers = architecture.layers
    for path in paths:
        parts = path.split(".")
        if parts[0] in ("encoder", "decoder"):
            parts = ["layers", str(int(parts[0] == "decoder")), *parts[1:]]
        try:
            layers = _changed(layers, parts, change)
        except ArchitectureError:  # a ValueError too: what stands in its place does not fit
            raise
        except (IndexError, ValueError) as error:
            raise ArchitectureError(
                f"path must be that of a layer of {architecture}, such as layers.0; got {path!r}"
            ) from error
    return Architecture(layers=layers)


def with_layer(base: Architecture, hidden_size: int) -> Architecture:
    """Add a recurrent layer on top while the output goes on seeing all recurrent layers below.

    A thin layer is then no bottleneck: with it, the network can do all that it could before.

    Args:
        base: The layers below, a recurrent one last.
        hidden_size: Cells of the new layer.

    Returns:
        The deeper network.

    Raises:
        ArchitectureError: If the last layer is not recurrent, as the output layer sees no other
            kind of layer beside the last.
    """
    last = base.layers[-1]
    if not isinstance(last, RecurrentLayer):
        raise ArchitectureError(
            f"layer {len(base.layers)}, {last}: the output layer can see a recurrent layer below "
            "the last one, and no other"
        )
    below = tuple(
        replace(one, to_output=True) if isinstance(one, RecurrentLayer) else one
        for one in base.layers
    )
    return Architecture(layers=(*below, RecurrentLayer(cell=last.cell, hidden_size=hidden_size)))


def _changed(layers: Sequence[Layer], parts: list[str], change: Change) -> tuple[Layer, ...]:
    word, index, *rest = parts
    at = int(index)
    if word != "layers" or not 0 <= at < len(layers):
        raise IndexError(at)
    new = _inside(layers[at], rest, change) if rest else change(layers[at])
    return (*layers[:at], new, *layers[at + 1 :])


def _inside(layer: Layer, parts: list[str], change: Change) -> Layer:
    if isinstance(layer, Encoder | Decoder):
        return replace(layer, layers=_changed(layer.layers, parts, change))
    if not isinstance(layer, Branches) or parts[0] != "branches":
        raise IndexError(parts[0])
    at = int(parts[1])
    branch = layer.branches[at]
    inner = replace(branch, layers=_changed(branch.layers, parts[2:], change))
    return Branches(branches=(*layer.branches[:at], inner, *layer.branches[at + 1 :]))
