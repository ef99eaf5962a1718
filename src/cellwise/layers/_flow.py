"""What goes through a network in one forward pass."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from cellwise.kernels import State
from cellwise.layers._dropout import Dropout

Streams = tuple[Tensor, ...]
"""One tensor, or two above a layer whose directions are kept apart."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What a layer hands on.

    Attributes:
        steps: Values at every step, each ``(M, B, T, W)``; empty where only the end is handed on.
        ends: Values at the end, each ``(M, B, W)``: of two directions each at its own end. Empty
            where the last step is the end.
    """

    steps: Streams = ()
    ends: Streams = ()

    def end(self) -> Streams:
        """Return what stands at the end, each ``(M, B, W)``."""
        return self.ends or tuple(values[:, :, -1] for values in self.steps)

    def map(self, function: Callable[[Tensor], Tensor], *, every: bool) -> "Signal":
        """Change values that do not depend on other steps.

        Args:
            function: Takes and returns ``(M, B, ..., W)``.
            every: Whether every step is needed, or the end alone.

        Returns:
            What it makes of them.
        """
        if every and self.steps:
            return Signal(steps=tuple(map(function, self.steps)))
        return Signal(ends=tuple(map(function, self.end())))


@dataclass(slots=True, kw_only=True)
class Flow:
    """One forward pass.

    Attributes:
        weights: Weights of M models by name.
        dropout: What is dropped; ``None`` outside of training.
        states: Where recurrent layers are, by path: the states of each direction. A layer that is
            there goes on from them, others start anew; the final states replace them.
        fresh: Where a carried state is dropped for a new one, ``(M, B)``, by path; taken out once it
            was done.
        masks: Masks that hold for the whole sequence, by layer and direction.
        context: What a decoder attends to at this step, ``(M, B, 1, E)``.
        target: True values that a decoder is fed, ``(M, B, S, O)``.
        trace: Filled with what each layer hands on, by path; ``None`` for not.
    """

    weights: Mapping[str, Tensor]
    dropout: Dropout | None = None
    states: dict[str, tuple[State, ...]] = field(default_factory=dict)
    fresh: dict[str, Tensor] = field(default_factory=dict)
    masks: dict[str, Tensor | None] = field(default_factory=dict)
    context: Tensor | None = None
    target: Tensor | None = None
    trace: dict[str, Signal] | None = None


Run = Callable[[Flow, Signal, Signal], Signal]
"""A layer, made once for a network: takes what the layer below hands on and the input of its
chain; returns what it hands on itself."""


def side_by_side(tensors: Streams | list[Tensor]) -> Tensor:
    """Put values side by side.

    Args:
        tensors: Each ``(M, B, ..., W)``.

    Returns:
        ``(M, B, ..., sum of W)``.
    """
    if len(tensors) == 1:
        return tensors[0]
    # in the order of the kernels' memory: the rows of the batch last
    return torch.cat([one.movedim(1, -1) for one in tensors], dim=-2).movedim(-1, 1)


def affine(values: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Multiply values by a matrix of each model.

    Args:
        values: ``(M, B, ..., F)``.
        weight: ``(M, W, F)``.
        bias: ``(M, W)``.

    Returns:
        ``(M, B, ..., W)``.
    """
    flat = values.reshape(values.shape[0], -1, values.shape[-1])
    turned = weight.transpose(1, 2)
    total = torch.bmm(flat, turned) if bias is None else torch.baddbmm(bias[:, None], flat, turned)
    return total.view(*values.shape[:-1], -1)
