"""The loop over time that the reference kernels share."""

from collections.abc import Callable

import torch
from torch import Tensor

from cellwise.kernels._typing import State


def scan(
    step: Callable[[Tensor, State], State],
    projected: Tensor,
    state: State,
    lengths: Tensor | None,
    reverse: bool,
) -> tuple[Tensor, State]:
    """Walk a cell over a sequence.

    Args:
        step: Takes the projected input of a step, ``(M, B, G H)``, and the states before it;
            returns the states after it, the output first.
        projected: Input products of every step, ``(M, B, T, G H)``.
        state: States before the first step walked, each ``(M, B, H)``.
        lengths: Steps of each row, ``(M, B)``; steps past them leave the states as they are and
            put out zeros. ``None`` where every row has T steps.
        reverse: Walk from the last step to the first.

    Returns:
        Output of every step, ``(M, B, T, H)``, and the states after the last step walked.
    """
    num_steps = projected.shape[2]
    outputs: list[Tensor] = [projected] * num_steps
    for t in reversed(range(num_steps)) if reverse else range(num_steps):
        after = step(projected[:, :, t], state)
        output = after[0]
        if lengths is not None:
            alive = (t < lengths)[..., None]  # (M, B, 1)
            after = tuple(torch.where(alive, a, b) for a, b in zip(after, state, strict=True))
            output = torch.where(alive, output, 0.0)
        outputs[t], state = output, after
    return torch.stack(outputs, dim=2), state
