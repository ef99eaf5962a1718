"""The definition of a GRU layer over a cohort; every faster kernel is tested against it."""

import torch
from torch import Tensor

from cellwise.kernels._checks import check_shapes
from cellwise.kernels._scan import scan
from cellwise.kernels._typing import State


def gru_reference(
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
    r"""Run one GRU layer of M models over a sequence, one step at a time.

    With gates in torch order :math:`(r, z, n)` and the reset gate behind the product (torch's
    form, Keras's ``reset_after=True``),

    .. math::
        n_t = \tanh(W_n x_t + b_n + r_t \odot (U_n h_{t-1} + b'_n)), \qquad
        h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1};

    before it (the paper's form, Keras's ``reset_after=False``),

    .. math::
        n_t = \tanh(W_n x_t + b_n + U_n (r_t \odot h_{t-1}) + b'_n).

    Args:
        x: Input sequence of each model, ``(M, B, T, F)``.
        state: Hidden state ``(h,)`` before step 0, ``(M, B, H)``.
        weight_ih: Input weights, ``(M, 3H, F)``.
        weight_hh: Recurrent weights, ``(M, 3H, H)``.
        bias_ih: Bias of the input product, ``(M, 3H)``.
        bias_hh: Bias of the recurrent product, ``(M, 3H)``.
        lengths: Steps of each row, ``(M, B)``; later steps leave its state as it is, put out
            zeros and get no gradient. ``None`` where every row has T steps.
        reverse: Walk from the last step to the first.
        reset_after: Whether the reset gate acts on the recurrent product or on the state.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final ``(h,)``.

    Raises:
        ValueError: If a weight does not have the shape above.

    Reference:
        Cho et al. (2014), "Learning Phrase Representations using RNN Encoder-Decoder",
        arXiv 1406.1078, equations 5-8; reset gate moved behind the product as in cuDNN.
    """  # noqa: DOC502  raised by check_shapes
    check_shapes(3, x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    projected = x @ weight_ih.transpose(1, 2)[:, None] + bias_ih[:, None, None]  # (M, B, T, 3H)
    hidden = state[0].shape[-1]
    gates = [2 * hidden, hidden]
    rz_weight, n_weight = torch.split_with_sizes(weight_hh.transpose(1, 2), gates, dim=2)
    rz_bias, n_bias = torch.split_with_sizes(bias_hh[:, None], gates, dim=2)

    def step(inputs: Tensor, before: State) -> State:
        (h,) = before
        rz_x, n_x = torch.split_with_sizes(inputs, gates, dim=-1)
        r, z = (rz_x + torch.baddbmm(rz_bias, h, rz_weight)).sigmoid().chunk(2, dim=-1)
        if reset_after:
            n = (n_x + r * torch.baddbmm(n_bias, h, n_weight)).tanh()
        else:
            n = (n_x + torch.baddbmm(n_bias, r * h, n_weight)).tanh()
        return ((1 - z) * n + z * h,)

    return scan(step, projected, state, lengths, reverse)
