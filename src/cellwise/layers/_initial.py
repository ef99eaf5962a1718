"""First weights of a network, the same for a seed whatever the cohort."""

import math

import torch
from torch import Tensor

from cellwise.layers._layout import Layout, Slot


def initial_parameters(layout: Layout, seeds: tuple[int, ...]) -> Tensor:
    """Draw the first weights of M models.

    Input weights are Glorot uniform and recurrent weights orthogonal, gate by gate; biases are 0
    but for the LSTM's forget gate, 1; the output layer is 0, so that a network starts at its anchor.

    Args:
        layout: Where each weight lies.
        seeds: A seed per model; equal seeds give equal weights.

    Returns:
        Parameter matrix, ``(M, P)``.

    Reference:
        Glorot & Bengio (2010); Saxe et al. (2014), orthogonal; Gers et al. (2000) and Jozefowicz
        et al. (2015), forget bias 1.
    """
    parameters = torch.zeros(len(seeds), layout.num_parameters)
    for row, seed in zip(parameters, seeds, strict=True):
        generator = torch.Generator().manual_seed(seed)
        for slot in layout.slots:
            _draw_(row[slot.offset : slot.stop].view(slot.shape), slot, generator)
    return parameters


def _draw_(weight: Tensor, slot: Slot, generator: torch.Generator) -> None:
    if slot.kind == "head":
        return
    gates = weight.view(slot.num_gates, -1, *weight.shape[1:])  # (G, H, ...), a view
    if slot.kind == "bias":
        if slot.num_gates == 4:  # an LSTM's: i, f, g, o
            gates[1] = 1.0
        return
    for gate in gates:
        if slot.name.endswith("weight_hh"):
            gate.copy_(_orthogonal(gate.shape[0], generator))
        else:
            bound = math.sqrt(6.0 / sum(gate.shape))
            gate.uniform_(-bound, bound, generator=generator)


def _orthogonal(size: int, generator: torch.Generator) -> Tensor:
    q, r = torch.linalg.qr(torch.randn(size, size, generator=generator))
    # QR is unique only up to signs; this makes the draw uniform over orthogonal matrices
    return torch.as_tensor(q * r.diagonal().sign())
