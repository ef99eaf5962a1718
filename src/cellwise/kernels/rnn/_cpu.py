"""RNN through the compiled kernels."""

from functools import partial
from typing import Literal

from torch import Tensor

from cellwise.kernels._checks import check_shapes
from cellwise.kernels._cpu import is_float32, run_layer
from cellwise.kernels._typing import State
from cellwise.kernels.rnn._reference import rnn_reference


def rnn_cpu(
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
    """Run one RNN layer of M models; arguments and results as `rnn_reference`.

    Args:
        x: Input sequence of each model, ``(M, B, T, F)``.
        state: ``(h,)`` before step 0, ``(M, B, H)``.
        weight_ih: Input weights, ``(M, H, F)``.
        weight_hh: Recurrent weights, ``(M, H, H)``.
        bias: Sum of torch's two bias vectors, ``(M, H)``.
        lengths: Steps of each row, ``(M, B)``, or ``None``.
        reverse: Walk from the last step to the first.
        activation: ``tanh`` or ``relu``.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final ``(h,)``.

    Raises:
        ValueError: If a weight does not have the shape above.
    """  # noqa: DOC502  raised by check_shapes
    weights = (weight_ih, weight_hh, bias)
    if not is_float32(x, *state, *weights):
        reference = partial(rnn_reference, lengths=lengths, reverse=reverse)
        return reference(x, state, *weights, activation=activation)
    check_shapes(1, x, state, *weights)
    return run_layer(f"rnn_{activation}", x, state, weights, lengths, reverse)
