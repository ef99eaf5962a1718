"""The definition of a plain (Elman) RNN layer over a cohort."""

from typing import Literal

import torch
from torch import Tensor

from cellwise.kernels._checks import check_shapes
from cellwise.kernels._scan import scan
from cellwise.kernels._typing import State


def rnn_reference(
    x: Tensor,
    state: State,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias: Tensor,
    *,
    lengths: Tensor | None = None,
    reverse: bool = False,
    activation: Literal["tanh", "relu"] = "tanh",
) -> tuple[Tensor, State]:
    r"""Run one plain RNN layer of M models over a sequence, one step at a time.

    .. math::
        h_t = \phi(W x_t + U h_{t-1} + b), \qquad \phi = \tanh \text{ or } \max(0, \cdot).

    Args:
        x: Input sequence of each model, ``(M, B, T, F)``.
        state: Hidden state ``(h,)`` before step 0, ``(M, B, H)``.
        weight_ih: Input weights, ``(M, H, F)``.
        weight_hh: Recurrent weights, ``(M, H, H)``.
        bias: Sum of torch's two bias vectors, ``(M, H)``.
        lengths: Steps of each row, ``(M, B)``; later steps leave its state as it is, put out
            zeros and get no gradient. ``None`` where every row has T steps.
        reverse: Walk from the last step to the first.
        activation: ``tanh`` or ``relu``.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final ``(h,)``.

    Raises:
        ValueError: If a weight does not have the shape above.

    Reference:
        Elman (1990), "Finding Structure in Time", Cognitive Science 14(2).
    """  # noqa: DOC502  raised by check_shapes
    check_shapes(1, x, state, weight_ih, weight_hh, bias)
    projected = x @ weight_ih.transpose(1, 2)[:, None] + bias[:, None, None]  # (M, B, T, H)

    def step(inputs: Tensor, before: State) -> State:
        total = torch.baddbmm(inputs, before[0], weight_hh.transpose(1, 2))
        return (total.tanh() if activation == "tanh" else total.relu(),)

    return scan(step, projected, state, lengths, reverse)
