"""Plain RNN through torch's own operator, one call per member."""

import torch
from torch import Tensor

from cellwise.kernels._checks import check_shapes
from cellwise.kernels._members import run_members
from cellwise.kernels._typing import State


def rnn_torch(
    x: Tensor, state: State, weight_ih: Tensor, weight_hh: Tensor, bias: Tensor
) -> tuple[Tensor, State]:
    """Run one tanh RNN layer of M models; arguments and results as `rnn_reference`.

    Args:
        x: Input sequence of each model, ``(M, B, T, F)``.
        state: ``(h,)`` before step 0, ``(M, B, H)``.
        weight_ih: Input weights, ``(M, H, F)``.
        weight_hh: Recurrent weights, ``(M, H, H)``.
        bias: Sum of torch's two bias vectors, ``(M, H)``.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final ``(h,)``.

    Raises:
        ValueError: If a weight does not have the shape above.
    """  # noqa: DOC502  raised by check_shapes
    check_shapes(1, x, state, weight_ih, weight_hh, bias)
    zeros = torch.zeros_like(bias[0])

    def member(m: int, x_m: Tensor) -> tuple[Tensor, ...]:
        weights = [weight_ih[m], weight_hh[m], bias[m], zeros]
        start, train = state[0][m][None], torch.is_grad_enabled()
        return torch.rnn_tanh(x_m, start, weights, True, 1, 0.0, train, False, False)

    return run_members(member, x)
