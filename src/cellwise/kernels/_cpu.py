"""The compiled kernels as torch operators, one pair for every cell.

Addresses and strides go down, nothing is copied; what comes back is laid out with the rows of the
batch side by side, ``(M, T, H, B)`` in memory, which is how the kernels compute, and handed on as a
view of the usual shape.
"""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import Parameter

from cellwise._extension import load_extension

# As in native/layer.h
CELL_CODES = {"lstm": 0, "gru": 1, "gru_reset_before": 2, "rnn_tanh": 3, "rnn_relu": 4}
_NOTHING = (0, 0, 0, 0, 0)
# Floats from which on the system would give fresh pages for each step
_LARGE = 1 << 16

Inputs = Sequence[Tensor | None]
"""``x``, ``h0``, ``c0``, ``weight_ih``, ``weight_hh``, ``bias``, ``bias_hh``."""


def _axes(tensor: Tensor | None) -> tuple[int, ...]:
    """Address and strides, as `View` in native/layer.h."""
    if tensor is None:
        return _NOTHING
    return (tensor.data_ptr(), *tensor.stride(), 0, 0)[:5]


def _address(tensor: Tensor | None) -> int:
    return 0 if tensor is None else tensor.data_ptr()


def _sizes(x: Tensor, h0: Tensor) -> tuple[int, ...]:
    return (*x.shape, h0.shape[-1])


def _empty(like: Tensor, *shape: int) -> Tensor:
    """Memory for activations; large blocks are kept from one step for the next."""
    count = math.prod(shape)
    if count < _LARGE or type(like) is not Tensor:  # also while torch traces
        return like.new_empty(shape)
    extension: Any = load_extension()[0]
    tensor: Tensor = extension.empty(count)
    return tensor.view(shape)


def _sequence(like: Tensor, width: int) -> Tensor:
    """An empty ``(M, B, T, width)`` with the rows of the batch side by side."""
    members, batch, steps, _ = like.shape
    return _empty(like, members, steps, width, batch).permute(0, 3, 1, 2)


def _state(like: Tensor) -> Tensor:
    """An empty ``(M, B, H)`` with the rows of the batch side by side."""
    members, batch, hidden = like.shape
    return like.new_empty(members, hidden, batch).permute(0, 2, 1)


def _memory(cell: str, x: Tensor, h0: Tensor) -> tuple[int, int]:
    """Floats that the forward pass keeps, and floats of partial sums of the backward pass."""
    extension: Any = load_extension()[0]
    kept, partial = extension.memory(CELL_CODES[cell], _sizes(x, h0))
    return kept, partial


def _forward(
    inputs: Inputs, lengths: Tensor | None, cell: str, reverse: bool, keep: bool
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    extension: Any = load_extension()[0]
    x, h0 = _present(inputs[0]), _present(inputs[1])
    outputs = _empty_outputs(x, h0, inputs[2], cell, keep)
    extension.forward(
        CELL_CODES[cell],
        _sizes(x, h0),
        reverse,
        tuple([_axes(tensor) for tensor in inputs]),
        _address(lengths),
        tuple([tensor.data_ptr() for tensor in outputs]),
    )
    return outputs


def _empty_outputs(
    x: Tensor, h0: Tensor, c0: Tensor | None, cell: str, keep: bool
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    c_n = x.new_empty(0) if c0 is None else _state(h0)
    saved = _empty(x, _memory(cell, x, h0)[0]) if keep else x.new_empty(0)
    return _sequence(x, h0.shape[-1]), _state(h0), c_n, saved


def _backward(
    gradients: Sequence[Tensor | None],
    inputs: Inputs,
    lengths: Tensor | None,
    kept: tuple[Tensor, Tensor],
    cell: str,
    reverse: bool,
    wants_x: bool,
) -> list[Tensor]:
    extension: Any = load_extension()[0]
    outputs = _empty_gradients(inputs, wants_x)
    x, h0 = _present(inputs[0]), _present(inputs[1])
    partial = _empty(x, _memory(cell, x, h0)[1])
    unfinished = torch.empty(x.shape[0], dtype=torch.int32)
    extension.backward(
        CELL_CODES[cell],
        _sizes(x, h0),
        reverse,
        tuple([_axes(tensor) for tensor in inputs]),
        _address(lengths),
        tuple([tensor.data_ptr() for tensor in kept]),
        tuple([_axes(tensor) for tensor in gradients]),
        tuple([tensor.data_ptr() for tensor in outputs]),
        (partial.data_ptr(), unfinished.data_ptr()),
    )
    return outputs


def _present(tensor: Tensor | None) -> Tensor:
    if tensor is None:
        raise TypeError("x and h0 must be tensors, got None")
    return tensor


def _empty_gradients(inputs: Inputs, wants_x: bool) -> list[Tensor]:
    x, h0 = _present(inputs[0]), _present(inputs[1])
    nothing = x.new_empty
    return [
        _sequence(x, x.shape[-1]) if wants_x else nothing(0),
        _state(h0),
        nothing(0) if inputs[2] is None else _state(h0),
        *[nothing(0) if w is None else nothing(w.shape) for w in inputs[3:]],
    ]


@torch.library.custom_op("cellwise::recurrent_layer", mutates_args=(), device_types="cpu")
def recurrent_layer(
    x: Tensor,
    h0: Tensor,
    c0: Tensor | None,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias: Tensor,
    bias_hh: Tensor | None,
    lengths: Tensor | None,
    cell: str,
    reverse: bool,
    keep: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Run one recurrent layer of M models by the compiled kernels.

    Args:
        x: Input sequence, ``(M, B, T, F)``, any strides.
        h0: Hidden state before the first step, ``(M, B, H)``, any strides.
        c0: Cell state before the first step, ``(M, B, H)``; LSTM only.
        weight_ih: ``(M, G H, F)``, each model's without gaps.
        weight_hh: ``(M, G H, H)``, each model's without gaps.
        bias: ``(M, G H)``, each model's without gaps.
        bias_hh: ``(M, G H)``; GRU only.
        lengths: Steps of each row, int32 ``(M, B)`` without gaps.
        cell: A key of ``CELL_CODES``.
        reverse: Walk from the last step to the first.
        keep: Keep what the backward pass needs.

    Returns:
        ``y`` ``(M, B, T, H)``, ``h_n`` and ``c_n`` ``(M, B, H)`` (``c_n`` empty without ``c0``),
        and what is kept for the backward pass.
    """
    inputs = (x, h0, c0, weight_ih, weight_hh, bias, bias_hh)
    return _forward(inputs, lengths, cell, reverse, keep)


@recurrent_layer.register_fake
def _(
    x: Tensor, h0: Tensor, c0: Tensor | None, *rest: Any
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    *_, cell, _, keep = rest
    return _empty_outputs(x, h0, c0, cell, keep)


@torch.library.custom_op("cellwise::recurrent_layer_backward", mutates_args=(), device_types="cpu")
def recurrent_layer_backward(
    gradients: list[Tensor | None],
    inputs: list[Tensor | None],
    lengths: Tensor | None,
    y: Tensor,
    saved: Tensor,
    cell: str,
    reverse: bool,
    wants_x: bool,
) -> list[Tensor]:
    """Gradients of `recurrent_layer`.

    Args:
        gradients: Of ``y``, ``h_n`` and ``c_n``, any strides; ``None`` for zeros.
        inputs: As in the forward pass.
        lengths: As in the forward pass.
        y: What the forward pass returned.
        saved: What it kept.
        cell: As in the forward pass.
        reverse: As in the forward pass.
        wants_x: Whether the gradient of ``x`` is needed.

    Returns:
        Gradients of the inputs in their order, empty for those that there are not.
    """
    return _backward(gradients, inputs, lengths, (y, saved), cell, reverse, wants_x)


@recurrent_layer_backward.register_fake
def _(gradients: list[Tensor | None], inputs: list[Tensor | None], *rest: Any) -> list[Tensor]:
    del gradients
    return _empty_gradients(inputs, rest[-1])


def _setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    *tensors, lengths, cell, reverse, _ = inputs
    y, _, c_n, saved = output
    ctx.save_for_backward(*tensors, lengths, y, saved)
    ctx.mark_non_differentiable(*([saved] if c_n.numel() else [saved, c_n]))
    ctx.set_materialize_grads(False)  # most layers use either the sequence or the final state
    ctx.options = (cell, reverse)


def _traced_backward(ctx: Any, *gradients: Tensor | None) -> tuple[Any, ...]:
    *inputs, lengths, y, saved = ctx.saved_tensors
    found = recurrent_layer_backward(
        list(gradients[:3]), inputs, lengths, y, saved, *ctx.options, ctx.needs_input_grad[0]
    )
    wanted = zip(found, ctx.needs_input_grad[:7], strict=True)
    return (*[g if needed and g.numel() else None for g, needed in wanted], *[None] * 4)


recurrent_layer.register_autograd(_traced_backward, setup_context=_setup_context)


class _Eager(torch.autograd.Function):
    """The operator without torch's dispatcher, which costs as much as the work at 4 cells."""

    @staticmethod
    def forward(
        ctx: Any, lengths: Tensor | None, cell: str, reverse: bool, *inputs: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        y, h_n, c_n, saved = _forward(inputs, lengths, cell, reverse, True)
        ctx.save_for_backward(*inputs, lengths, y, saved)
        if not c_n.numel():
            ctx.mark_non_differentiable(c_n)
        ctx.set_materialize_grads(False)
        ctx.options = (cell, reverse)
        return y, h_n, c_n

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        *inputs, lengths, y, saved = ctx.saved_tensors
        needed = ctx.needs_input_grad[3:]
        cell, reverse = ctx.options
        found = _backward(gradients, inputs, lengths, (y, saved), cell, reverse, needed[0])
        pairs = zip(found, needed, strict=True)
        return (None, None, None, *[g if wanted and g.numel() else None for g, wanted in pairs])


def is_float32(*tensors: Tensor) -> bool:
    """Return whether the compiled kernels can take these tensors.

    Args:
        *tensors: Everything that a kernel is given.

    Returns:
        Whether all are float32.
    """
    return all(tensor.dtype == torch.float32 for tensor in tensors)


def run_layer(
    cell: str,
    x: Tensor,
    state: tuple[Tensor, ...],
    weights: tuple[Tensor, ...],
    lengths: Tensor | None,
    reverse: bool,
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Run one layer by the compiled kernels.

    Args:
        cell: A key of ``CELL_CODES``.
        x: Input sequence, float32 ``(M, B, T, F)``.
        state: ``(h,)`` or ``(h, c)``, each ``(M, B, H)``.
        weights: ``weight_ih``, ``weight_hh`` and one or two biases, checked.
        lengths: Steps of each row, ``(M, B)``, or ``None``.
        reverse: Walk from the last step to the first.

    Returns:
        Hidden state of every step, ``(M, B, T, H)``, and the final states.
    """
    h0, c0 = state if len(state) == 2 else (state[0], None)
    packed = [_without_gaps(weight) for weight in weights]
    inputs = [x, h0, c0, *packed, *[None] * (4 - len(packed))]
    ends = None if lengths is None else lengths.to(torch.int32).contiguous()
    keep = torch.is_grad_enabled() and any(t.requires_grad for t in (x, *state, *weights))
    if torch.compiler.is_compiling() or type(x) not in (Tensor, Parameter):
        y, h_n, c_n, _ = recurrent_layer(*inputs, ends, cell, reverse, keep)
    elif keep:
        y, h_n, c_n = _Eager.apply(ends, cell, reverse, *inputs)  # type: ignore[no-untyped-call]
    else:
        y, h_n, c_n, _ = _forward(inputs, ends, cell, reverse, False)
    return y, (h_n,) if c0 is None else (h_n, c_n)


def _without_gaps(weight: Tensor) -> Tensor:
    """A view of (M, P) already is: only the step from model to model may be larger."""
    width = 1
    for size, stride in zip(weight.shape[:0:-1], weight.stride()[:0:-1], strict=True):
        if size != 1 and stride != width:
            return weight.contiguous()
        width *= size
    return weight
