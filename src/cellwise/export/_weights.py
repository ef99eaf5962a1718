"""Which weight of the other side is which weight of a network."""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from cellwise._errors import ArchitectureError
from cellwise.architecture import Chain, Placed
from cellwise.export._code import cannot
from cellwise.layers import Layout, Network


def numbered(chain: Chain) -> Iterator[tuple[int, Placed]]:
    """Count the layers as the generated code does: 1 for the first of the text.

    Args:
        chain: The network.

    Yields:
        tuple[int, Placed]: Number and layer.
    """
    yield from enumerate(chain.walk(), start=1)


def refuse_lookahead(network: Network, side: str) -> None:
    """Refuse a network that carries its state from the middle of a window.

    Args:
        network: The network.
        side: ``torch`` or ``keras``.

    Raises:
        ArchitectureError: At the first layer whose state is carried from before the horizon.
    """  # noqa: DOC502  raised by cannot
    for placed in network.chain.walk():
        if network.lookahead and placed.path in network.stateful:
            cannot(placed, side, "state that is carried from before the horizon")


def row_of(layout: Layout, tensors: Mapping[str, Tensor]) -> Tensor:
    """Lay weights side by side as a row of the parameter matrix.

    Args:
        layout: Where they lie.
        tensors: Weights by their full names; biases that are absent are 0.

    Returns:
        The row, ``(1, P)``.

    Raises:
        ArchitectureError: If a weight is absent or has another size.
    """
    row = torch.zeros(1, layout.num_parameters)
    for name, view in layout.views(row).items():
        if name not in tensors and "bias" in name.rpartition(".")[2]:
            continue
        found = tensors.get(name)
        if found is None or found.numel() != view[0].numel():
            shape = "nothing" if found is None else str(tuple(found.shape))
            raise ArchitectureError(f"{name} must have shape {tuple(view[0].shape)}, got {shape}")
        view[0].copy_(found.detach().reshape(view[0].shape))
    return row
