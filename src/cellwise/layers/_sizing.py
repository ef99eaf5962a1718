"""What changing the size of a network's layers has in common."""

from dataclasses import replace

from torch import Tensor

from cellwise._errors import ArchitectureError
from cellwise.architecture import Architecture, Layer, RecurrentLayer, change_layers
from cellwise.layers._inclusion import Sized
from cellwise.layers._network import Network

Resized = tuple[Architecture, Tensor]
"""An architecture and weights of it, ``(M, P)``."""


def sized(network: Network, architecture: Architecture | None = None) -> Sized:
    """Return an architecture on the task of a network.

    Args:
        network: Gives the widths of input and output.
        architecture: Another architecture; without, the network's own.

    Returns:
        The architecture with both widths.
    """
    return Sized(
        architecture=architecture or network.architecture,
        input_size=network.chain.source.width,
        output_size=network.layout.slots[-1].shape[0],
    )


def recurrent_layers(network: Network) -> dict[str, RecurrentLayer]:
    """List the recurrent layers of a network, wherever they stand.

    Args:
        network: The network.

    Returns:
        Path to layer.
    """
    return {p.path: p.layer for p in network.chain.walk() if isinstance(p.layer, RecurrentLayer)}


def recurrent_path(network: Network, layer: int | str) -> str:
    """Find a recurrent layer.

    Args:
        network: The network.
        layer: Index into the outermost layers, or a path such as ``encoder.layers.0``.

    Returns:
        Its path.

    Raises:
        ArchitectureError: If there is none.
    """
    path, known = (
        (f"layers.{layer}" if isinstance(layer, int) else layer),
        recurrent_layers(network),
    )
    if path not in known:
        raise ArchitectureError(
            f"layer must be a recurrent layer, one of {', '.join(known)}; got {layer!r}"
        )
    return path


def together(network: Network, path: str) -> tuple[str, ...]:
    """Return the layers that must have as many cells as a layer.

    Args:
        network: The network.
        path: Path of the layer.

    Returns:
        Its path; of an encoder's or a decoder's layer, that of its counterpart as well.

    Raises:
        ArchitectureError: If its counterpart has another number of directions: their states stand
            in another order.
    """
    own = path.split(".")[0]
    if own == "layers":
        return (path,)
    layers = recurrent_layers(network)
    sides = {side: [p for p in layers if p.startswith(side)] for side in ("encoder", "decoder")}
    both = tuple(sides[side][sides[own].index(path)] for side in sides)
    if len({layers[one].num_directions for one in both}) > 1:
        raise ArchitectureError(
            f"{both[0]}, {layers[both[0]]}: its two directions are one in the decoder, "
            f"{layers[both[1]]}, so its cells cannot be told apart there"
        )
    return both


def resized(network: Network, path: str, cells: int) -> Architecture:
    """Change the number of cells of a layer, and of its counterpart.

    Args:
        network: The network.
        path: Path of the layer.
        cells: How many more; fewer if below 0.

    Returns:
        The other architecture.

    Raises:
        ArchitectureError: If it is no network; names the layer and the reason.
    """  # noqa: DOC502  raised by the architecture
    changed = change_layers(
        network.architecture, together(network, path), lambda layer: _with_cells(layer, cells)
    )
    sized(network, changed).chain  # noqa: B018  checks what depends on the inputs
    return changed


def _with_cells(layer: Layer, cells: int) -> Layer:
    if not isinstance(layer, RecurrentLayer):
        raise ArchitectureError(f"{layer} has no cells")
    return replace(layer, hidden_size=layer.hidden_size + cells)
