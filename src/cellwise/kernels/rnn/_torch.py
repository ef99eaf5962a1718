"""Plain RNN through torch's own operator, one call per member."""

from functools import partial
from typing import Literal

import torch
from torch import Tensor

from cellwise.kernels._checks import check_shapes
from cellwise.kernels._members import run_members
from cellwise.kernels._typing import State
from cellwise.kernels.rnn._reference import rnn_reference


def rnn_torch(
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
    """Run one plain RNN layer of M models; arguments and results as `rnn_reference`.

    Args:
        x: Input sequence of each model, ``(M, B, T, F)``.
        state: ``(h,)`` before step 0, ``(M, B, H)``.
        weight_ih: Input weights, ``(M, H, F)``.
        weight_hh: Recurrent weights, ``(M, H, H)``.
        bias: Sum of torch's two bias vectors, ``(M, H)``.
        lengths: Steps of each row, ``(M, B)``; with them the reference runs.
        reverse: Walk from the last step to the first.
        activation: ``tanh`` or ``relu``.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final ``(h,)``.

    Raises:
        ValueError: If a weight does not have the shape above.
    """  # noqa: DOC502  raised by check_shapes
    if lengths is not None:
        reference = partial(rnn_reference, lengths=lengths, reverse=reverse)
        return reference(x, state, weight_ih, weight_hh, bias, activation=activation)
    check_shapes(1, x, state, weight_ih, weight_hh, bias)
    run = torch.rnn_tanh if activation == "tanh" else torch.rnn_relu
    zeros = torch.zeros_like(bias[0])

    def member(m: int, x_m: Tensor, start: State) -> tuple[Tensor, ...]:
        weights = [weight_ih[m], weight_hh[m], bias[m], zeros]
        train = torch.is_grad_enabled()
        return run(x_m, start[0], weights, True, 1, 0.0, train, False, False)

    return run_members(member, x, state, reverse=reverse)
