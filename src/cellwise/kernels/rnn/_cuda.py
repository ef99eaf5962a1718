"""Plain RNN on a CUDA device, in Triton; built as `cellwise.kernels.lstm._cuda`."""

from typing import Any, Literal

import torch
from torch import Tensor

from cellwise.kernels._checks import check_shapes
from cellwise.kernels._graph import replayed
from cellwise.kernels._triton import (
    WALK_LIMIT,
    alone,
    check_tensors,
    fresh,
    launch,
    packed_weight,
    project,
    projection_gradients,
    row_ends,
    run_cudnn,
    states_before,
    walk_order,
    weight_gradient,
)
from cellwise.kernels._typing import State
from cellwise.kernels.rnn._torch import rnn_torch


def rnn_cuda(
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

    Which of three ways it goes is as in `lstm_cuda`; the weights stay on the chip up to 128 cells.

    Args:
        x: Input sequence of each model, ``(M, B, T, F)``.
        state: ``(h,)`` before step 0, ``(M, B, H)``.
        weight_ih: Input weights, ``(M, H, F)``.
        weight_hh: Recurrent weights, ``(M, H, H)``.
        bias: Sum of torch's two bias vectors, ``(M, H)``.
        lengths: Steps of each row, ``(M, B)``.
        reverse: Walk from the last step to the first.
        activation: ``tanh`` or ``relu``.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final ``(h,)``.

    Raises:
        ValueError: If a weight does not have the shape above.
        SettingsError: If a tensor is not float32 on a CUDA device.

    Reference:
        Diamos et al. (2016), "Persistent RNNs: Stashing Recurrent Weights On-Chip", ICML.
    """  # noqa: DOC502  raised by check_shapes, check_tensors
    check_shapes(1, x, state, weight_ih, weight_hh, bias)
    tensors = (x, *state, weight_ih, weight_hh, bias)
    check_tensors(*tensors, lengths)
    if alone(x, lengths):
        options: dict[str, Any] = {"reverse": reverse, "activation": activation}
        return run_cudnn(rnn_torch, x, state, weight_ih, weight_hh, bias, **options)
    y, h_n = _forward(*tensors, lengths, reverse, activation == "relu")
    return y, (h_n,)


@torch.library.custom_op("cellwise::rnn_cuda", mutates_args=())
def _forward(
    x: Tensor,
    h_0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias: Tensor,
    lengths: Tensor | None,
    reverse: bool,
    relu: bool,
) -> tuple[Tensor, Tensor]:
    tensors = (x, h_0, weight_ih, weight_hh, bias, lengths)
    if h_0.shape[-1] <= WALK_LIMIT:
        return _run(*tensors, reverse=reverse, relu=relu)
    y, h_n = replayed(_run, *tensors, reverse=reverse, relu=relu)
    return y, h_n


def _run(
    x: Tensor,
    h_0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias: Tensor,
    lengths: Tensor | None,
    *,
    reverse: bool,
    relu: bool,
) -> tuple[Tensor, Tensor]:
    from cellwise.kernels._triton_rnn import rnn_forward

    batch, steps, hidden = *x.shape[1:3], h_0.shape[-1]
    gates, h, ends = project(x, weight_ih, bias), fresh(h_0), row_ends(lengths)
    y = torch.empty_like(gates)
    options = {"RELU": relu, "REVERSE": reverse, "LENGTHS": ends is not None}
    rest = (h, ends, y, batch, steps, hidden)
    if hidden <= WALK_LIMIT:
        weight = packed_weight(weight_hh, 1, turned=True)
        launch(rnn_forward, gates, weight, *rest, 0, steps, state=h, walk=1, **options)
    else:
        for step, t in enumerate(walk_order(steps, reverse=reverse)):
            gates[:, :, t].baddbmm_(h, weight_hh.mT)
            launch(rnn_forward, gates, None, *rest, step, 1, state=h, walk=0, **options)
    return y, h


@torch.library.custom_op("cellwise::rnn_cuda_backward", mutates_args=())
def _backward(
    d_y: Tensor,
    d_h: Tensor,
    y: Tensor,
    weight_hh: Tensor,
    lengths: Tensor | None,
    reverse: bool,
    relu: bool,
) -> tuple[Tensor, Tensor]:
    tensors = (d_y, d_h, y, weight_hh, lengths)
    if d_h.shape[-1] <= WALK_LIMIT:
        return _run_back(*tensors, reverse=reverse, relu=relu)
    d_gates, d_h_0 = replayed(_run_back, *tensors, reverse=reverse, relu=relu)
    return d_gates, d_h_0


def _run_back(
    d_y: Tensor,
    d_h: Tensor,
    y: Tensor,
    weight_hh: Tensor,
    lengths: Tensor | None,
    *,
    reverse: bool,
    relu: bool,
) -> tuple[Tensor, Tensor]:
    from cellwise.kernels._triton_rnn import rnn_backward

    batch, steps, hidden = d_y.shape[1:]
    d_h, d_gates, ends = fresh(d_h), torch.empty_like(y), row_ends(lengths)
    options = {"RELU": relu, "REVERSE": reverse, "LENGTHS": ends is not None}
    rest = (d_y.contiguous(), d_h, ends, d_gates, batch, steps, hidden)
    if hidden <= WALK_LIMIT:
        weight = packed_weight(weight_hh, 1, turned=False)
        launch(rnn_backward, y, weight, *rest, 0, steps, state=d_h, walk=1, **options)
    else:
        for step, t in enumerate(walk_order(steps, reverse=not reverse)):
            launch(rnn_backward, y, None, *rest, step, 1, state=d_h, walk=0, **options)
            d_h.baddbmm_(d_gates[:, :, t], weight_hh)
    return d_gates, d_h


@_forward.register_fake
def _(x, h_0, weight_ih, weight_hh, bias, lengths, reverse, relu):  # type: ignore[no-untyped-def]
    return x.new_empty(*x.shape[:3], h_0.shape[-1]), h_0.new_empty(h_0.shape)


@_backward.register_fake
def _(d_y, d_h, y, weight_hh, lengths, reverse, relu):  # type: ignore[no-untyped-def]
    return torch.empty_like(y), d_h.new_empty(d_h.shape)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    x, h_0, weight_ih, weight_hh, _, lengths, ctx.reverse, ctx.relu = inputs
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(x, h_0, weight_ih, weight_hh, lengths, output[0])


def _gradients(ctx: Any, d_y: Tensor | None, d_h: Tensor | None) -> tuple[Tensor | None, ...]:
    x, h_0, weight_ih, weight_hh, lengths, y = ctx.saved_tensors
    d_y = torch.zeros_like(y) if d_y is None else d_y
    d_h = torch.zeros_like(h_0) if d_h is None else d_h
    d_gates, d_h_0 = _backward(d_y, d_h, y, weight_hh, lengths, ctx.reverse, ctx.relu)
    before = states_before(y, h_0, lengths, ctx.reverse)
    wanted = ctx.needs_input_grad[0]
    d_x, d_weight_ih, d_bias = projection_gradients(d_gates, x, weight_ih, inputs=wanted)
    d_weight_hh = weight_gradient(d_gates, before)
    return d_x, d_h_0, d_weight_ih, d_weight_hh, d_bias, None, None, None


_forward.register_autograd(_gradients, setup_context=_keep)
