"""LSTM through the compiled kernels."""

from torch import Tensor

from cellwise.kernels._checks import check_shapes
from cellwise.kernels._cpu import is_float32, run_layer
from cellwise.kernels._typing import State
from cellwise.kernels.lstm._reference import lstm_reference


def lstm_cpu(
    x: Tensor,
    state: State,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias: Tensor,
    *,
    lengths: Tensor | None = None,
    reverse: bool = False,
) -> tuple[Tensor, State]:
    """Run one LSTM layer of M models; arguments and results as `lstm_reference`.

    Args:
        x: Input sequence of each model, ``(M, B, T, F)``.
        state: ``(h, c)`` before step 0, each ``(M, B, H)``.
        weight_ih: Input weights, ``(M, 4H, F)``.
        weight_hh: Recurrent weights, ``(M, 4H, H)``.
        bias: Sum of torch's two bias vectors, ``(M, 4H)``.
        lengths: Steps of each row, ``(M, B)``, or ``None``.
        reverse: Walk from the last step to the first.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final ``(h, c)``.

    Raises:
        ValueError: If a weight does not have the shape above.
    """  # noqa: DOC502  raised by check_shapes
    if not is_float32(x, *state, weight_ih, weight_hh, bias):
        return lstm_reference(
            x, state, weight_ih, weight_hh, bias, lengths=lengths, reverse=reverse
        )
    check_shapes(4, x, state, weight_ih, weight_hh, bias)
    return run_layer("lstm", x, state, (weight_ih, weight_hh, bias), lengths, reverse)
