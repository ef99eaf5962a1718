"""First weights of a network, the same for a seed whatever the cohort."""

import math

import torch
from torch import Tensor

from cellwise.architecture import Role
from cellwise.layers._layout import Layout, Slot

# Roles that start at a value rather than with a draw
_CONSTANT: frozenset[Role] = frozenset(("bias", "gain", "peephole", "state", "head"))


def initial_parameters(layout: Layout, seeds: tuple[int, ...]) -> Tensor:
    """Draw the first weights of M models.

    Matrices are Glorot uniform and those of a recurrence orthogonal, gate by gate; tables of
    vectors are normal. Biases, learned states and peepholes are 0, gains 1, an LSTM's forget bias
    1 and a highway's bias -1; the output layer is 0, so that a network starts at its anchor.

    Args:
        layout: Where each weight lies.
        seeds: A seed per model; equal seeds give equal weights.

    Returns:
        Parameter matrix, ``(M, P)``.

    Reference:
        Glorot & Bengio (2010); Saxe et al. (2014), orthogonal; Gers et al. (2000) and Jozefowicz
        et al. (2015), forget bias 1; Srivastava et al. (2015), highway.
    """
    parameters = torch.zeros(len(seeds), layout.num_parameters)
    for row, seed in zip(parameters, seeds, strict=True):
        generator = torch.Generator().manual_seed(seed)
        for slot in layout.slots:
            _draw_(row[slot.offset : slot.stop].view(slot.shape), slot, generator)
    return parameters


def _draw_(weight: Tensor, slot: Slot, generator: torch.Generator) -> None:
    blocks = weight.view(slot.num_gates, -1, *weight.shape[1:])  # (G, H, ...), a view
    for block, value in zip(blocks, slot.starts, strict=True):
        if slot.role in _CONSTANT:
            block.fill_(value)
        elif slot.role == "embedding":
            block.normal_(generator=generator)
        elif slot.role == "recurrent":
            block.copy_(_orthogonal(block.shape[0], block.shape[1], generator))
        else:
            rows, width, *steps = block.shape
            bound = math.sqrt(6.0 / ((rows + width) * math.prod(steps)))
            block.uniform_(-bound, bound, generator=generator)


def _orthogonal(rows: int, columns: int, generator: torch.Generator) -> Tensor:
    shape = max(rows, columns), min(rows, columns)
    q, r = torch.linalg.qr(torch.randn(shape, generator=generator))
    # QR is unique only up to signs; this makes the draw uniform over orthogonal matrices
    q = torch.as_tensor(q * r.diagonal().sign())
    return q if rows >= columns else q.T
