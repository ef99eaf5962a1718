"""GRU through the compiled kernels."""

from functools import partial

from torch import Tensor

from cellwise.kernels._checks import check_shapes
from cellwise.kernels._cpu import is_float32, run_layer
from cellwise.kernels._typing import State
from cellwise.kernels.gru._reference import gru_reference


def gru_cpu(
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
        lengths: Steps of each row, ``(M, B)``, or ``None``.
        reverse: Walk from the last step to the first.
        reset_after: As in `gru_reference`.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final ``(h,)``.

    Raises:
        ValueError: If a weight does not have the shape above.
    """  # noqa: DOC502  raised by check_shapes
    weights = (weight_ih, weight_hh, bias_ih, bias_hh)
    if not is_float32(x, *state, *weights):
        reference = partial(gru_reference, lengths=lengths, reverse=reverse)
        return reference(x, state, *weights, reset_after=reset_after)
    check_shapes(3, x, state, *weights)
    cell = "gru" if reset_after else "gru_reset_before"
    return run_layer(cell, x, state, weights, lengths, reverse)
