"""What surrounds the Triton kernels of all cells: checks, launch, operations of torch.

Nothing here imports Triton before the first launch.
"""

import os
import warnings
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from cellwise._errors import SettingsError
from cellwise.kernels._typing import Kernel, State

# Up to this hidden size one program walks the whole time axis; above it a step is a batched product
WALK_LIMIT = 128
# The smallest tile of tl.dot. More rows per program would mean fewer programs, and a cohort seldom
# has more of them than a card has multiprocessors.
_TILE = 16
# Shared memory of a program on the card that the interpreter plays: Hopper
_HOPPER_BYTES = 227 * 1024


def cuda_obstacle() -> str | None:
    """Say why the CUDA kernels cannot run here.

    Returns:
        The reason, or ``None`` where they can.
    """
    if find_spec("triton") is None:
        return "triton is not installed"
    if not torch.cuda.is_available() and not _interpreted():
        return "torch sees no CUDA device"
    return None


def check_tensors(*tensors: Tensor | None) -> None:
    """Check that the CUDA kernels can take some tensors.

    Args:
        *tensors: Tensors of a layer; ``None`` is passed over.

    Raises:
        SettingsError: If one is not float32, they lie on several devices, or they lie in main
            memory and ``TRITON_INTERPRET`` is not 1.
    """
    given = [tensor for tensor in tensors if tensor is not None]
    device = given[0].device
    for tensor in given:
        if tensor.is_floating_point() and tensor.dtype != torch.float32:
            raise SettingsError(f'backend="cuda" takes torch.float32, got {tensor.dtype}')
        if tensor.device != device:
            raise SettingsError(
                f"the tensors of a layer must be on one device, got {device} and {tensor.device}"
            )
    if device.type != "cuda" and not _interpreted():
        raise SettingsError(
            f'backend="cuda" needs a CUDA device, got {device}; use backend="auto", or '
            "TRITON_INTERPRET=1 to run the kernels in Triton's interpreter"
        )


def needs_gradient(*tensors: Tensor) -> bool:
    """Tell whether a forward pass must save what the backward pass needs.

    Args:
        *tensors: Inputs, states and weights of a layer.

    Returns:
        Whether autograd records and one of them requires a gradient.
    """
    return torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors)


def project(x: Tensor, weight_ih: Tensor, bias: Tensor) -> Tensor:
    """Make the input products of all steps in one batched product.

    Args:
        x: Input sequence of each model, ``(M, B, T, F)``, in any layout.
        weight_ih: Input weights, ``(M, G H, F)``.
        bias: Bias, ``(M, G H)``.

    Returns:
        Products, ``(M, B, T, G H)``, contiguous and nobody else's.
    """
    members, batch, steps, features = x.shape
    rows = x.reshape(members, batch * steps, features)
    return torch.baddbmm(bias[:, None], rows, weight_ih.mT).view(members, batch, steps, -1)


def projection_gradients(
    d_gates: Tensor, x: Tensor, weight_ih: Tensor, *, inputs: bool
) -> tuple[Tensor | None, Tensor, Tensor]:
    """Carry the gradient of `project` back to its arguments.

    Args:
        d_gates: Gradient of the products, ``(M, B, T, G H)``.
        x: As given to `project`.
        weight_ih: As given to `project`.
        inputs: Whether the gradient of ``x`` is wanted; that of a first layer is not.

    Returns:
        Gradients of ``x`` (or ``None``), ``weight_ih`` and ``bias``.
    """
    rows = d_gates.flatten(1, 2)  # (M, B T, G H)
    d_x = torch.bmm(rows, weight_ih).view(x.shape) if inputs else None
    return d_x, weight_gradient(d_gates, x), rows.sum(1)


def weight_gradient(d_gates: Tensor, inputs: Tensor) -> Tensor:
    """Sum a weight's gradient over batch and time in one batched product, in a fixed order.

    Args:
        d_gates: Gradient of the product, ``(M, B, T, R)``.
        inputs: What the weight was multiplied with, ``(M, B, T, C)``.

    Returns:
        Gradient, ``(M, R, C)``.
    """
    return torch.bmm(d_gates.flatten(1, 2).mT, inputs.flatten(1, 2))


def fresh(state: Tensor) -> Tensor:
    """Copy a state that a kernel will overwrite.

    Args:
        state: ``(M, B, H)``, in any layout.

    Returns:
        Contiguous copy.
    """
    return state.clone(memory_format=torch.contiguous_format)


def row_ends(lengths: Tensor | None) -> Tensor | None:
    """Give lengths as the kernels read them.

    Args:
        lengths: Steps of each row, ``(M, B)``, or ``None``.

    Returns:
        The same, contiguous, of 32 bits.
    """
    return None if lengths is None else lengths.to(torch.int32).contiguous()


def states_before(y: Tensor, h_0: Tensor, lengths: Tensor | None, reverse: bool) -> Tensor:
    """Give the hidden state before each step; made from ``y`` in the backward pass, not saved.

    Args:
        y: Hidden state after each step, ``(M, B, T, H)``.
        h_0: Hidden state before the first step walked, ``(M, B, H)``.
        lengths: Steps of each row, ``(M, B)``, or ``None``.
        reverse: Whether the walk is from the last step to the first.

    Returns:
        States, ``(M, B, T, H)``; steps past a row's end hold anything finite.
    """
    start = h_0[:, :, None]
    if not reverse:
        return torch.cat([start, y[:, :, :-1]], dim=2)
    shifted = torch.cat([y[:, :, 1:], start], dim=2)
    if lengths is None:
        return shifted
    steps = torch.arange(y.shape[2], device=y.device)
    last = steps == lengths[..., None] - 1  # (M, B, T)
    return torch.where(last[..., None], start, shifted)


def alone(x: Tensor, lengths: Tensor | None) -> bool:
    """Tell whether cuDNN is the faster one: it runs one model, and rows of one length.

    Args:
        x: Input sequence of each model, ``(M, B, T, F)``.
        lengths: Steps of each row, or ``None``.

    Returns:
        Whether there is one model without lengths.
    """
    return x.shape[0] == 1 and lengths is None


def run_cudnn(kernel: Kernel, *args: Any, **options: Any) -> tuple[Tensor, State]:
    """Call a kernel made of torch's operators.

    Args:
        kernel: `lstm_torch` or its like.
        *args: Its arguments.
        **options: Its options.

    Returns:
        What it returns.
    """
    if torch.compiler.is_compiling():
        return kernel(*args, **options)
    with warnings.catch_warnings():
        # the weights of a model are a view of the cohort's row, in our order and not in cuDNN's
        warnings.filterwarnings("ignore", message="RNN module weights are not part of single")
        return kernel(*args, **options)


def walk_order(num_steps: int, *, reverse: bool) -> list[int]:
    """List the steps of a walk.

    Args:
        num_steps: Steps T.
        reverse: Whether the walk is from the last to the first.

    Returns:
        Indices along the time axis.
    """
    order = list(range(num_steps))
    return order[::-1] if reverse else order


def packed_weight(weight_hh: Tensor, num_gates: int, *, turned: bool) -> Tensor:
    """Lay a walk's recurrent weights out as its kernel reads them.

    Args:
        weight_hh: Recurrent weights, ``(M, G H, H)``.
        num_gates: G.
        turned: For the forward product, ``(cell before, unit)``; else ``(unit, cell before)``.

    Returns:
        A square for each gate, ``(M, G, C, C)``, C the power of two that holds H, zeros around.
    """
    hidden = weight_hh.shape[-1]
    squares = weight_hh.reshape(-1, num_gates, hidden, hidden)
    margin = _padded(hidden) - hidden
    return pad(squares.mT if turned else squares, (0, margin, 0, margin)).contiguous()


def launch(
    kernel: Any, *args: Tensor | int | None, state: Tensor, walk: int, **options: Any
) -> None:
    """Launch a kernel: compiled for a CUDA device, in Triton's interpreter in main memory.

    Args:
        kernel: A `cellwise.kernels._triton_math.Kernel`.
        *args: Its tensors and sizes, in its order.
        state: A state, ``(M, B, H)``, for the sizes and the device.
        walk: Gates whose recurrent weights the program multiplies by; 0 for one fused step
            between products that are made elsewhere.
        **options: Its compile-time options but those that follow from the sizes.
    """
    grid, tiling = _tiling(state, walk)
    if not state.is_cuda:
        kernel.interpreted[grid](*args, **options, **tiling)
        return
    # fusion of multiply and add is Triton's default of today, and says so in a warning if unset
    compiler = {
        "num_warps": 8 if tiling["COLS"] >= 64 and walk else 4,
        "num_stages": 1,
        "enable_fp_fusion": True,
    }
    with torch.cuda.device(state.device):
        kernel.compiled[grid](*args, **options, **tiling, **compiler)


def _interpreted() -> bool:
    return os.environ.get("TRITON_INTERPRET") == "1"


def _padded(hidden: int) -> int:
    return max(_TILE, 1 << (hidden - 1).bit_length())


def _tiling(state: Tensor, walk: int) -> tuple[tuple[int, int, int], dict[str, Any]]:
    """Choose the grid and the tile of a program."""
    members, batch, hidden = state.shape
    rows, cols, dot, precision = _TILE, _padded(hidden), "none", _precision(state.device)
    if walk:
        # The split into tf32 pieces is made once, so both pieces are kept: 128 KB for four gates of
        # 64 cells. Of 128 cells the float32 alone are 256 KB, more than a multiprocessor has of
        # shared memory (227 KB) or of registers, so a step reads them again, from the level-2
        # cache. In bfloat16 they would fit and miss the contract's accuracy; shared out among
        # programs they would need a barrier over the grid at every step.
        pieces = 2 if precision == "tf32x3" else 1
        kept = 4 * pieces * (walk * cols * cols + rows * cols)
        dot = "resident" if kept <= _shared_bytes(state.device) else "streamed"
    else:
        rows, cols = 8, 128
    grid = (members, -(-batch // rows), -(-hidden // cols))
    return grid, {"ROWS": rows, "COLS": cols, "DOT": dot, "PRECISION": precision}


def _precision(device: torch.device) -> str:
    """Products as exact as float32 in three tf32 pieces, or one where the user allows it."""
    if device.type == "cuda" and torch.cuda.get_device_capability(device) < (8, 0):
        return "ieee"
    return "tf32x3" if torch.get_float32_matmul_precision() == "highest" else "tf32"


def _shared_bytes(device: torch.device) -> int:
    if device.type != "cuda":
        return _HOPPER_BYTES
    properties = torch.cuda.get_device_properties(device)
    return int(properties.shared_memory_per_block_optin)  # type: ignore[attr-defined]
