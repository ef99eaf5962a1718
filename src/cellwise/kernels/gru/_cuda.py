"""GRU on a CUDA device, in Triton; built as `cellwise.kernels.lstm._cuda`."""

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
from cellwise.kernels.gru._torch import gru_torch


def gru_cuda(
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

    Which of three ways it goes is as in `lstm_cuda`. cuDNN knows the reset gate only behind the
    product. Above 128 cells the gate before it costs a few launches more for each step.

    Args:
        x: Input sequence of each model, ``(M, B, T, F)``.
        state: ``(h,)`` before step 0, ``(M, B, H)``.
        weight_ih: Input weights, ``(M, 3H, F)``.
        weight_hh: Recurrent weights, ``(M, 3H, H)``.
        bias_ih: Bias of the input product, ``(M, 3H)``.
        bias_hh: Bias of the recurrent product, ``(M, 3H)``.
        lengths: Steps of each row, ``(M, B)``.
        reverse: Walk from the last step to the first.
        reset_after: Whether the reset gate acts on the recurrent product or on the state.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final ``(h,)``.

    Raises:
        ValueError: If a weight does not have the shape above.
        SettingsError: If a tensor is not float32 on a CUDA device.

    Reference:
        Diamos et al. (2016), "Persistent RNNs: Stashing Recurrent Weights On-Chip", ICML.
    """  # noqa: DOC502  raised by check_shapes, check_tensors
    check_shapes(3, x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    tensors = (x, *state, weight_ih, weight_hh, bias_ih, bias_hh)
    check_tensors(*tensors, lengths)
    if alone(x, lengths) and reset_after:
        weights = (weight_ih, weight_hh, bias_ih, bias_hh)
        return run_cudnn(gru_torch, x, state, *weights, reverse=reverse)
    y, h_n, *_ = _forward(*tensors, lengths, reverse, reset_after, needs_gradient(*tensors))
    return y, (h_n,)


@torch.library.custom_op("cellwise::gru_cuda", mutates_args=())
def _forward(
    x: Tensor,
    h_0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor,
    bias_hh: Tensor,
    lengths: Tensor | None,
    reverse: bool,
    reset_after: bool,
    save: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    tensors = (x, h_0, weight_ih, weight_hh, bias_ih, bias_hh, lengths)
    options: dict[str, Any] = {"reverse": reverse, "reset_after": reset_after, "save": save}
    if h_0.shape[-1] <= WALK_LIMIT:
        return _run(*tensors, **options)
    y, h_n, gates, products = replayed(_run, *tensors, **options)
    return y, h_n, gates, products


def _run(
    x: Tensor,
    h_0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor,
    bias_hh: Tensor,
    lengths: Tensor | None,
    *,
    reverse: bool,
    reset_after: bool,
    save: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    from cellwise.kernels._triton_gru import gru_forward

    batch, steps, hidden = *x.shape[1:3], h_0.shape[-1]
    walk = hidden <= WALK_LIMIT
    # what the reset gate does not act on is added once, with the input products
    early = bias_hh.clone()
    if reset_after:
        early[:, 2 * hidden :] = 0
    gates, h, ends = project(x, weight_ih, bias_ih + early), fresh(h_0), row_ends(lengths)
    y, bias = x.new_empty(*x.shape[:3], hidden), bias_hh[:, 2 * hidden :].contiguous()
    products = torch.empty_like(y) if reset_after and (save or not walk) else None
    options = {"RESET_AFTER": reset_after, "SAVE": save, "REVERSE": reverse}
    options |= {"LENGTHS": ends is not None}
    rest = (bias, h, ends, y, batch, steps, hidden)
    if walk:
        weight = packed_weight(weight_hh, 3, turned=True)
        launch(gru_forward, gates, products, weight, *rest, 0, steps, state=h, walk=3, **options)
    else:
        for step, t in enumerate(walk_order(steps, reverse=reverse)):
            _add_products(
                gates[:, :, t], None if products is None else products[:, :, t], h, weight_hh, bias
            )
            launch(gru_forward, gates, products, None, *rest, step, 1, state=h, walk=0, **options)
    kept = products if save and products is not None else x.new_empty(0)
    return y, h, gates if save else x.new_empty(0), kept


def _add_products(
    gates: Tensor, products: Tensor | None, h: Tensor, weight_hh: Tensor, bias: Tensor
) -> None:
    """Make a step's recurrent products, as `gru_forward` wants them without a walk."""
    hidden = h.shape[-1]
    weight = weight_hh.mT
    gates[..., : 2 * hidden].baddbmm_(h, weight[..., : 2 * hidden])
    if products is None:
        r = gates[..., :hidden].sigmoid_()
        gates[..., 2 * hidden :].baddbmm_(r * h, weight[..., 2 * hidden :])
    else:
        products.copy_(torch.baddbmm(bias[:, None], h, weight[..., 2 * hidden :]))


@torch.library.custom_op("cellwise::gru_cuda_backward", mutates_args=())
def _backward(
    d_y: Tensor,
    d_h: Tensor,
    gates: Tensor,
    products: Tensor,
    before: Tensor,
    weight_hh: Tensor,
    lengths: Tensor | None,
    reverse: bool,
    reset_after: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    tensors = (d_y, d_h, gates, products, before, weight_hh, lengths)
    if d_h.shape[-1] <= WALK_LIMIT:
        return _run_back(*tensors, reverse=reverse, reset_after=reset_after)
    d_gates, d_products, d_h_0 = replayed(
        _run_back, *tensors, reverse=reverse, reset_after=reset_after
    )
    return d_gates, d_products, d_h_0


def _run_back(
    d_y: Tensor,
    d_h: Tensor,
    gates: Tensor,
    products: Tensor,
    before: Tensor,
    weight_hh: Tensor,
    lengths: Tensor | None,
    *,
    reverse: bool,
    reset_after: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    from cellwise.kernels._triton_gru import gru_backward

    batch, steps, hidden = d_y.shape[1:]
    d_h, d_gates, d_products = fresh(d_h), torch.empty_like(gates), torch.empty_like(products)
    ends = row_ends(lengths)
    options = {"RESET_AFTER": reset_after, "REVERSE": reverse, "LENGTHS": ends is not None}
    first = (gates, products, before.contiguous())
    rest = (d_y.contiguous(), d_h, ends, d_gates, d_products, batch, steps, hidden)
    if hidden <= WALK_LIMIT:
        weight = packed_weight(weight_hh, 3, turned=False)
        launch(gru_backward, *first, weight, *rest, 0, steps, state=d_h, walk=3, **options)
    else:
        for step, t in enumerate(walk_order(steps, reverse=not reverse)):
            launch(gru_backward, *first, None, *rest, step, 1, state=d_h, walk=0, **options)
            d_gate = d_gates[:, :, t]
            if reset_after:
                d_h.baddbmm_(d_products[:, :, t], weight_hh[:, 2 * hidden :])
            else:
                r = gates[:, :, t, :hidden]
                d_left = torch.bmm(d_gate[..., 2 * hidden :], weight_hh[:, 2 * hidden :])
                d_h.addcmul_(d_left, r)
                d_gate[..., :hidden] = d_left * before[:, :, t] * r * (1 - r)
            d_h.baddbmm_(d_gate[..., : 2 * hidden], weight_hh[:, : 2 * hidden])
    return d_gates, d_products, d_h


@_forward.register_fake
def _(x, h_0, weight_ih, weight_hh, bias_ih, bias_hh, lengths, reverse, reset_after, save):  # type: ignore[no-untyped-def]
    y = x.new_empty(*x.shape[:3], h_0.shape[-1])
    gates = x.new_empty(*x.shape[:3], bias_ih.shape[-1]) if save else x.new_empty(0)
    products = torch.empty_like(y) if save and reset_after else x.new_empty(0)
    return y, h_0.new_empty(h_0.shape), gates, products


@_backward.register_fake
def _(d_y, d_h, gates, products, before, weight_hh, lengths, reverse, reset_after):  # type: ignore[no-untyped-def]
    return torch.empty_like(gates), torch.empty_like(products), d_h.new_empty(d_h.shape)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    x, h_0, weight_ih, weight_hh, _, _, lengths, ctx.reverse, ctx.reset_after, _ = inputs
    y, _, gates, products = output
    ctx.mark_non_differentiable(gates, products)
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(x, h_0, weight_ih, weight_hh, lengths, y, gates, products)


def _gradients(
    ctx: Any, d_y: Tensor | None, d_h: Tensor | None, *_: None
) -> tuple[Tensor | None, ...]:
    x, h_0, weight_ih, weight_hh, lengths, y, gates, products = ctx.saved_tensors
    d_y = torch.zeros_like(y) if d_y is None else d_y
    d_h = torch.zeros_like(h_0) if d_h is None else d_h
    before = states_before(y, h_0, lengths, ctx.reverse)
    tensors = (d_y, d_h, gates, products, before, weight_hh, lengths)
    d_gates, d_products, d_h_0 = _backward(*tensors, ctx.reverse, ctx.reset_after)
    wanted = ctx.needs_input_grad[0]
    d_x, d_weight_ih, d_bias = projection_gradients(d_gates, x, weight_ih, inputs=wanted)
    hidden = y.shape[-1]
    d_rz, d_n, left = d_gates[..., : 2 * hidden], d_products, before
    if not ctx.reset_after:
        d_n, left = d_gates[..., 2 * hidden :], gates[..., :hidden] * before
    d_weight_hh = torch.cat([weight_gradient(d_rz, before), weight_gradient(d_n, left)], dim=1)
    d_bias_hh = torch.cat([d_bias[:, : 2 * hidden], d_n.sum((1, 2))], dim=1)
    return d_x, d_h_0, d_weight_ih, d_weight_hh, d_bias, d_bias_hh, None, None, None, None


_forward.register_autograd(_gradients, setup_context=_keep)
