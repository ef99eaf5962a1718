"""Take the least used cells out of a layer, and say what is least used."""

import torch
from torch import Tensor

from cellwise._errors import ArchitectureError
from cellwise.architecture import Architecture
from cellwise.layers._inclusion import Inclusion, Match
from cellwise.layers._network import Network
from cellwise.layers._sizing import (
    Resized,
    recurrent_layers,
    recurrent_path,
    resized,
    sized,
    together,
)

# Models of one forward pass
_PIECE = 32


def prune(
    network: Network,
    weights: Tensor,
    layer: int | str,
    cells: int,
    *,
    windows: Tensor | None = None,
) -> Resized:
    """Take the least used cells out of a recurrent layer.

    Args:
        network: The network.
        weights: ``(M, P)``; each member loses its own least used cells.
        layer: As for `widen`.
        cells: Cells to take away, of each direction of a bidirectional layer.
        windows: As for `cell_uses`, which says what is least used.

    Returns:
        The smaller architecture and its weights, ``(M, P')``.

    Raises:
        ArchitectureError: If there is no such layer, or what is left is no network.
    """  # noqa: DOC502  raised by what this calls
    path = recurrent_path(network, layer)
    if cells < 1:
        raise ArchitectureError(f"cells must be at least 1, got {cells}")
    small = resized(network, path, -cells)
    uses = cell_uses(network, weights, path, windows=windows)
    rows = []
    for member, use in zip(weights, uses, strict=True):
        least = use.argsort(stable=True)[:cells].tolist()
        rows.append(_less(network, small, path, least).shrink(member[None]))
    return small, torch.cat(rows)


@torch.no_grad()
def cell_uses(
    network: Network, weights: Tensor, layer: int | str, *, windows: Tensor | None = None
) -> Tensor:
    """Measure how much each cell of a recurrent layer is used.

    Without windows, it is the norm of the weights that read the cell: those of other cells of its
    layer, of the layers above and of the output layer. With windows, it is how far the outputs move
    (root mean square) when all these weights are 0.

    Args:
        network: The network.
        weights: ``(M, P)``.
        layer: As for `widen`.
        windows: What the network reads, ``(n, T, F)``; ``None`` to look at the weights alone.

    Returns:
        ``(M, H)``; of a bidirectional layer, the cells of both directions with the same number
        together.

    Reference:
        He et al. (2014), "Reshaping deep neural network for fast decoding by node-pruning",
        ICASSP, the norm of outgoing weights; Mozer & Smolensky (1989), "Skeletonization", what
        happens without the cell (there to the error, here to the output).
    """
    path = recurrent_path(network, layer)
    small = resized(network, path, -1)
    count = recurrent_layers(network)[path].hidden_size
    outgoing = [_less(network, small, path, [cell]).outgoing for cell in range(count)]
    if windows is None:
        return torch.stack([weights[:, one].norm(dim=1) for one in outgoing], dim=1)
    rows = []
    for member in weights:
        without = member.expand(count, -1).clone()
        for row, one in zip(without, outgoing, strict=True):
            row[one] = 0.0
        rows.append(_movements(network, member, without, windows))
    return torch.stack(rows)


def _movements(network: Network, whole: Tensor, rows: Tensor, windows: Tensor) -> Tensor:
    """How far the outputs of each row are from those of the whole network."""
    found = []
    for first in range(0, len(rows), _PIECE):
        both = torch.cat([whole[None], rows[first : first + _PIECE]])
        outputs = network(both, windows.expand(len(both), *windows.shape)).flatten(1)
        found.append((outputs[1:] - outputs[:1]).square().mean(dim=1).sqrt())
    return torch.cat(found)


def _less(network: Network, small: Architecture, path: str, gone: list[int]) -> Inclusion:
    """A network without some cells as a part of it, of whatever size ``small`` says."""
    count = recurrent_layers(network)[path].hidden_size
    left = [cell for cell in range(count) if cell not in gone]
    cells = [left.index(cell) if cell in left else None for cell in range(count)]
    match = Match(cells=dict.fromkeys(together(network, path), cells))
    return Inclusion.of(sized(network, small), sized(network), match)
