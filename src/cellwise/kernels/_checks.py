"""Checks of shapes at the border of the kernels."""

from torch import Tensor

from cellwise.kernels._typing import State


def check_shapes(
    num_gates: int, x: Tensor, state: State, weight_ih: Tensor, weight_hh: Tensor, *biases: Tensor
) -> None:
    """Check the weights of a recurrent layer against its input and state.

    Args:
        num_gates: Rows of the gate matrices per cell, G.
        x: Input sequence of each model, ``(M, B, T, F)``.
        state: States before step 0, each ``(M, B, H)``.
        weight_ih: Input weights, ``(M, G H, F)``.
        weight_hh: Recurrent weights, ``(M, G H, H)``.
        *biases: Bias vectors, each ``(M, G H)``.

    Raises:
        ValueError: If a shape is another.
    """
    members, batch, _, features = x.shape
    hidden = state[0].shape[-1]
    rows = num_gates * hidden
    expected: list[tuple[str, Tensor, tuple[int, ...]]] = [
        ("weight_ih", weight_ih, (members, rows, features)),
        ("weight_hh", weight_hh, (members, rows, hidden)),
    ]
    expected += [(f"bias {i}", bias, (members, rows)) for i, bias in enumerate(biases)]
    expected += [(f"state[{i}]", s, (members, batch, hidden)) for i, s in enumerate(state)]
    for name, tensor, shape in expected:
        if tensor.shape != shape:
            raise ValueError(f"{name} must have shape {shape}, got {tuple(tensor.shape)}")
