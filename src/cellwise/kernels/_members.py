"""One call per member of a cohort."""

from collections.abc import Callable

import torch
from torch import Tensor

from cellwise.kernels._typing import State


def run_members(
    member: Callable[[int, Tensor, State], tuple[Tensor, ...]],
    x: Tensor,
    state: State,
    *,
    reverse: bool = False,
) -> tuple[Tensor, State]:
    """Call a time-major operator for each member and stack what it returns.

    Args:
        member: Takes a member's index, its input, ``(T, B, F)``, and its states, each ``(1, B, H)``
            without gaps (cuDNN takes no others); returns its outputs, ``(T, B, H)``, and its final
            states.
        x: Input sequence of each model, ``(M, B, T, F)``.
        state: States before the first step walked, each ``(M, B, H)``.
        reverse: Give the operator the steps from the last to the first.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final states, each ``(M, B, H)``.
    """
    # torch's operators are about twice as fast time-major: this is where the layout changes.
    x = x.flip(2) if reverse else x
    results = [
        member(m, x_m.transpose(0, 1), tuple(one[m][None].contiguous() for one in state))
        for m, x_m in enumerate(x.unbind(0))
    ]
    outputs, *states = zip(*results, strict=True)
    y = torch.stack(outputs).transpose(1, 2)  # (M, T, B, H) -> (M, B, T, H)
    return y.flip(2) if reverse else y, tuple(torch.cat(state) for state in states)
