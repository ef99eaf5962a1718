"""The definition of a plain (Elman) RNN layer over a cohort."""

import torch
from torch import Tensor

from cellwise.kernels._checks import check_shapes
from cellwise.kernels._typing import State


def rnn_reference(
    x: Tensor, state: State, weight_ih: Tensor, weight_hh: Tensor, bias: Tensor
) -> tuple[Tensor, State]:
    r"""Run one tanh RNN layer of M models over a sequence, one step at a time.

    .. math::
        h_t = \tanh(W x_t + U h_{t-1} + b).

    Args:
        x: Input sequence of each model, ``(M, B, T, F)``.
        state: Hidden state ``(h,)`` before step 0, ``(M, B, H)``.
        weight_ih: Input weights, ``(M, H, F)``.
        weight_hh: Recurrent weights, ``(M, H, H)``.
        bias: Sum of torch's two bias vectors, ``(M, H)``.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final ``(h,)``.

    Raises:
        ValueError: If a weight does not have the shape above.

    Reference:
        Elman (1990), "Finding Structure in Time", Cognitive Science 14(2).
    """  # noqa: DOC502  raised by check_shapes
    check_shapes(1, x, state, weight_ih, weight_hh, bias)
    (h,) = state
    projected = x @ weight_ih.transpose(1, 2)[:, None] + bias[:, None, None]  # (M, B, T, H)
    outputs = []
    for step in projected.unbind(2):
        h = torch.baddbmm(step, h, weight_hh.transpose(1, 2)).tanh()
        outputs.append(h)
    return torch.stack(outputs, dim=2), (h,)
