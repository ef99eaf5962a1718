"""The definition of a GRU layer over a cohort; every faster kernel is tested against it."""

import torch
from torch import Tensor

from cellwise.kernels._checks import check_shapes
from cellwise.kernels._typing import State


def gru_reference(
    x: Tensor,
    state: State,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor,
    bias_hh: Tensor,
) -> tuple[Tensor, State]:
    r"""Run one GRU layer of M models over a sequence, one step at a time.

    With gates in torch order :math:`(r, z, n)` and the reset gate behind the product (torch's
    form, Keras's ``reset_after``),

    .. math::
        n_t = \tanh(W_n x_t + b_n + r_t \odot (U_n h_{t-1} + b'_n)), \qquad
        h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}.

    Args:
        x: Input sequence of each model, ``(M, B, T, F)``.
        state: Hidden state ``(h,)`` before step 0, ``(M, B, H)``.
        weight_ih: Input weights, ``(M, 3H, F)``.
        weight_hh: Recurrent weights, ``(M, 3H, H)``.
        bias_ih: Bias of the input product, ``(M, 3H)``.
        bias_hh: Bias of the recurrent product, ``(M, 3H)``.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final ``(h,)``.

    Raises:
        ValueError: If a weight does not have the shape above.

    Reference:
        Cho et al. (2014), "Learning Phrase Representations using RNN Encoder-Decoder",
        arXiv 1406.1078, equations 5-8; reset gate moved behind the product as in cuDNN.
    """  # noqa: DOC502  raised by check_shapes
    check_shapes(3, x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    (h,) = state
    projected = x @ weight_ih.transpose(1, 2)[:, None] + bias_ih[:, None, None]  # (M, B, T, 3H)
    outputs = []
    for step in projected.unbind(2):
        r_x, z_x, n_x = step.chunk(3, dim=-1)
        recurrent = torch.baddbmm(bias_hh[:, None], h, weight_hh.transpose(1, 2))  # (M, B, 3H)
        r_h, z_h, n_h = recurrent.chunk(3, dim=-1)
        z = (z_x + z_h).sigmoid()
        n = (n_x + (r_x + r_h).sigmoid() * n_h).tanh()
        h = (1 - z) * n + z * h
        outputs.append(h)
    return torch.stack(outputs, dim=2), (h,)
