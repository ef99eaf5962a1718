"""LSTM on a CUDA device, in Triton: two custom operators and the formula that joins them."""

from typing import Any

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
    needs_gradient,
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
from cellwise.kernels.lstm._torch import lstm_torch


def lstm_cuda(
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

    Up to 128 cells one program walks the time axis for a member and 16 rows of the batch, its
    recurrent weights on the chip (up to 64 cells on a card with 140 KB of shared memory per
    program; else read again at every step). Above, a step is one batched product over the members
    and one fused kernel, replayed as a CUDA graph. A single model without lengths goes to cuDNN.

    Args:
        x: Input sequence of each model, ``(M, B, T, F)``.
        state: ``(h, c)`` before step 0, each ``(M, B, H)``.
        weight_ih: Input weights, ``(M, 4H, F)``.
        weight_hh: Recurrent weights, ``(M, 4H, H)``.
        bias: Sum of torch's two bias vectors, ``(M, 4H)``.
        lengths: Steps of each row, ``(M, B)``.
        reverse: Walk from the last step to the first.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final ``(h, c)``.

    Raises:
        ValueError: If a weight does not have the shape above.
        SettingsError: If a tensor is not float32 on a CUDA device.

    Reference:
        Diamos et al. (2016), "Persistent RNNs: Stashing Recurrent Weights On-Chip", ICML.
    """  # noqa: DOC502  raised by check_shapes, check_tensors
    check_shapes(4, x, state, weight_ih, weight_hh, bias)
    tensors = (x, *state, weight_ih, weight_hh, bias)
    check_tensors(*tensors, lengths)
    if alone(x, lengths):
        return run_cudnn(lstm_torch, x, state, weight_ih, weight_hh, bias, reverse=reverse)
    save = needs_gradient(*tensors)
    y, h_n, c_n, *_ = _forward(*tensors, lengths, reverse, save)
    return y, (h_n, c_n)


@torch.library.custom_op("cellwise::lstm_cuda", mutates_args=())
def _forward(
    x: Tensor,
    h_0: Tensor,
    c_0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias: Tensor,
    lengths: Tensor | None,
    reverse: bool,
    save: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    tensors = (x, h_0, c_0, weight_ih, weight_hh, bias, lengths)
    if h_0.shape[-1] <= WALK_LIMIT:
        return _run(*tensors, reverse=reverse, save=save)
    y, h_n, c_n, gates, saved = replayed(_run, *tensors, reverse=reverse, save=save)
    return y, h_n, c_n, gates, saved


def _run(
    x: Tensor,
    h_0: Tensor,
    c_0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias: Tensor,
    lengths: Tensor | None,
    *,
    reverse: bool,
    save: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    from cellwise.kernels._triton_lstm import lstm_forward

    batch, steps, hidden = *x.shape[1:3], h_0.shape[-1]
    gates = project(x, weight_ih, bias)
    h, c = fresh(h_0), fresh(c_0)
    y = x.new_empty(*x.shape[:3], hidden)
    saved = torch.empty_like(y) if save else None
    ends = row_ends(lengths)
    options = {"SAVE": save, "REVERSE": reverse, "LENGTHS": ends is not None}
    rest = (h, c, ends, y, saved, batch, steps, hidden)
    if hidden <= WALK_LIMIT:
        weight = packed_weight(weight_hh, 4, turned=True)
        launch(lstm_forward, gates, weight, *rest, 0, steps, state=h, walk=4, **options)
    else:
        for step, t in enumerate(walk_order(steps, reverse=reverse)):
            gates[:, :, t].baddbmm_(h, weight_hh.mT)
            launch(lstm_forward, gates, None, *rest, step, 1, state=h, walk=0, **options)
    return y, h, c, gates if save else x.new_empty(0), x.new_empty(0) if saved is None else saved


@torch.library.custom_op("cellwise::lstm_cuda_backward", mutates_args=())
def _backward(
    d_y: Tensor,
    d_h: Tensor,
    d_c: Tensor,
    gates: Tensor,
    saved: Tensor,
    weight_hh: Tensor,
    lengths: Tensor | None,
    reverse: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    tensors = (d_y, d_h, d_c, gates, saved, weight_hh, lengths)
    if d_h.shape[-1] <= WALK_LIMIT:
        return _run_back(*tensors, reverse=reverse)
    d_gates, d_h_0, d_c_0 = replayed(_run_back, *tensors, reverse=reverse)
    return d_gates, d_h_0, d_c_0


def _run_back(
    d_y: Tensor,
    d_h: Tensor,
    d_c: Tensor,
    gates: Tensor,
    saved: Tensor,
    weight_hh: Tensor,
    lengths: Tensor | None,
    *,
    reverse: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    from cellwise.kernels._triton_lstm import lstm_backward

    batch, steps, hidden = d_y.shape[1:]
    d_h, d_c, d_gates = fresh(d_h), fresh(d_c), torch.empty_like(gates)
    ends = row_ends(lengths)
    options = {"REVERSE": reverse, "LENGTHS": ends is not None}
    rest = (d_y.contiguous(), d_h, d_c, ends, d_gates, batch, steps, hidden)
    if hidden <= WALK_LIMIT:
        weight = packed_weight(weight_hh, 4, turned=False)
        launch(lstm_backward, gates, saved, weight, *rest, 0, steps, state=d_h, walk=4, **options)
    else:
        for step, t in enumerate(walk_order(steps, reverse=not reverse)):
            launch(lstm_backward, gates, saved, None, *rest, step, 1, state=d_h, walk=0, **options)
            d_h.baddbmm_(d_gates[:, :, t], weight_hh)
    return d_gates, d_h, d_c


@_forward.register_fake
def _(x, h_0, c_0, weight_ih, weight_hh, bias, lengths, reverse, save):  # type: ignore[no-untyped-def]
    y = x.new_empty(*x.shape[:3], h_0.shape[-1])
    gates = x.new_empty(*x.shape[:3], bias.shape[-1]) if save else x.new_empty(0)
    saved = torch.empty_like(y) if save else x.new_empty(0)
    return y, h_0.new_empty(h_0.shape), c_0.new_empty(c_0.shape), gates, saved


@_backward.register_fake
def _(d_y, d_h, d_c, gates, saved, weight_hh, lengths, reverse):  # type: ignore[no-untyped-def]
    return torch.empty_like(gates), d_h.new_empty(d_h.shape), d_c.new_empty(d_c.shape)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    x, h_0, _, weight_ih, weight_hh, _, lengths, ctx.reverse, _ = inputs
    y, _, _, gates, saved = output
    ctx.mark_non_differentiable(gates, saved)
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(x, h_0, weight_ih, weight_hh, lengths, y, gates, saved)


def _gradients(ctx: Any, d_y: Tensor | None, *d_states: Tensor | None) -> tuple[Tensor | None, ...]:
    x, h_0, weight_ih, weight_hh, lengths, y, gates, saved = ctx.saved_tensors
    d_y = torch.zeros_like(y) if d_y is None else d_y
    d_h, d_c = (torch.zeros_like(h_0) if d is None else d for d in d_states[:2])
    d_gates, d_h_0, d_c_0 = _backward(d_y, d_h, d_c, gates, saved, weight_hh, lengths, ctx.reverse)
    before = states_before(y, h_0, lengths, ctx.reverse)
    wanted = ctx.needs_input_grad[0]
    d_x, d_weight_ih, d_bias = projection_gradients(d_gates, x, weight_ih, inputs=wanted)
    d_weight_hh = weight_gradient(d_gates, before)
    return d_x, d_h_0, d_c_0, d_weight_ih, d_weight_hh, d_bias, None, None, None


_forward.register_autograd(_gradients, setup_context=_keep)
