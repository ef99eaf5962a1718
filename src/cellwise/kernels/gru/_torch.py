"""GRU through torch's own operator, one call per member on views of that member's weights."""

from functools import partial

import torch
from torch import Tensor

from cellwise.kernels._checks import check_shapes
from cellwise.kernels._members import run_members
from cellwise.kernels._typing import State
from cellwise.kernels.gru._reference import gru_reference


def gru_torch(
    x: Tensor,
    state: State,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor,
    bias_hh: Tensor,
    *,
    lengths: Tensor | None = None,
    reverse: bool = False,
    reset_after: bool = True,
) -> tuple[Tensor, State]:
    """Run one GRU layer of M models; arguments and results as `gru_reference`.

    Args:
        x: Input sequence of each model, ``(M, B, T, F)``.
        state: ``(h,)`` before step 0, ``(M, B, H)``.
        weight_ih: Input weights, ``(M, 3H, F)``.
        weight_hh: Recurrent weights, ``(M, 3H, H)``.
        bias_ih: Bias of the input product, ``(M, 3H)``.
        bias_hh: Bias of the recurrent product, ``(M, 3H)``.
        lengths: Steps of each row, ``(M, B)``; with them the reference runs.
        reverse: Walk from the last step to the first.
        reset_after: As in `gru_reference`, which runs where it is False.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final ``(h,)``.

    Raises:
        ValueError: If a weight does not have the shape above.
    """  # noqa: DOC502  raised by check_shapes
    if lengths is not None or not reset_after:
        reference = partial(gru_reference, lengths=lengths, reverse=reverse)
        weights = (weight_ih, weight_hh, bias_ih, bias_hh)
        return reference(x, state, *weights, reset_after=reset_after)
    check_shapes(3, x, state, weight_ih, weight_hh, bias_ih, bias_hh)

    def member(m: int, x_m: Tensor, start: State) -> tuple[Tensor, ...]:
        weights = [weight_ih[m], weight_hh[m], bias_ih[m], bias_hh[m]]
        train = torch.is_grad_enabled()
        return torch.gru(x_m, start[0], weights, True, 1, 0.0, train, False, False)

    return run_members(member, x, state, reverse=reverse)
