"""The definition of an LSTM layer over a cohort; every faster kernel is tested against it."""

import torch
from torch import Tensor

from cellwise.kernels._checks import check_shapes
from cellwise.kernels._scan import scan
from cellwise.kernels._typing import State


def lstm_reference(
    x: Tensor,
    state: State,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias: Tensor,
    *,
    lengths: Tensor | None = None,
    reverse: bool = False,
) -> tuple[Tensor, State]:
    r"""Run one LSTM layer of M models over a sequence, one step at a time.

    With gates in torch order :math:`(i, f, g, o)`,

    .. math::
        c_t = f_t \odot c_{t-1} + i_t \odot g_t, \qquad h_t = o_t \odot \tanh(c_t).

    Args:
        x: Input sequence of each model, ``(M, B, T, F)``.
        state: Hidden and cell state ``(h, c)`` before step 0, each ``(M, B, H)``.
        weight_ih: Input weights, ``(M, 4H, F)``.
        weight_hh: Recurrent weights, ``(M, 4H, H)``.
        bias: Sum of torch's two bias vectors, ``(M, 4H)``.
        lengths: Steps of each row, ``(M, B)``; later steps leave its state as it is, put out
            zeros and get no gradient. ``None`` where every row has T steps.
        reverse: Walk from the last step to the first.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final ``(h, c)``.

    Raises:
        ValueError: If a weight does not have the shape above.

    Reference:
        Gers, Schmidhuber & Cummins (2000), "Learning to Forget: Continual
        Prediction with LSTM", Neural Computation 12(10).

    Example:
        >>> h = c = torch.zeros(1, 2, 3)
        >>> weights = torch.ones(1, 12, 4), torch.ones(1, 12, 3), torch.ones(1, 12)
        >>> y, _ = lstm_reference(torch.ones(1, 2, 5, 4), (h, c), *weights)
        >>> tuple(y.shape)
        (1, 2, 5, 3)
    """  # noqa: DOC502  raised by check_shapes
    check_shapes(4, x, state, weight_ih, weight_hh, bias)
    projected = x @ weight_ih.transpose(1, 2)[:, None] + bias[:, None, None]  # (M, B, T, 4H)

    def step(inputs: Tensor, before: State) -> State:
        h, c = before
        i, f, g, o = torch.baddbmm(inputs, h, weight_hh.transpose(1, 2)).chunk(4, dim=-1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    return scan(step, projected, state, lengths, reverse)
