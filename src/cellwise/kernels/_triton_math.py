"""What the Triton kernels of all cells share: decorators and functions of the device.

Only a kernel's first launch imports this file (`cellwise.kernels._triton`), so that nothing else
pays for importing Triton. Where Triton is not installed the file still imports, for tools that
read every module, and its functions cannot be launched.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

try:
    import triton.language as tl
    from triton.runtime import JITFunction
    from triton.runtime.interpreter import InterpretedFunction
except ImportError:
    tl, JITFunction, InterpretedFunction = None, object, None

__all__ = ["Kernel", "device", "gate_weight", "kernel", "place", "product", "sigmoid", "tanh", "tl"]


class DeviceFunction(JITFunction):  # type: ignore[misc]
    """A function that kernels call, compiled or in Triton's interpreter.

    ``triton.jit`` decides between the two when it decorates, by ``TRITON_INTERPRET``; then one
    process cannot have both, and tests would depend on who imported the kernels first.
    """

    def __call__(self, *args: Any) -> Any:
        """Run as Python: only the interpreter calls it, the compiler reads its source."""
        return self.fn(*args)


class Kernel:
    """A function that is launched over a grid: ``compiled`` for CUDA, ``interpreted`` by numpy."""

    def __init__(self, function: Callable[..., None]) -> None:
        # ``first`` is another number at every step; its divisibility must not compile anew
        self.compiled = JITFunction(function, do_not_specialize=["first"])
        self.interpreted = InterpretedFunction(function)


def device(function: Callable[..., Any]) -> Any:
    """Make a function callable by kernels.

    Args:
        function: Body, in Triton's subset of Python.

    Returns:
        What kernels call; the function itself where Triton is not installed.
    """
    return function if tl is None else DeviceFunction(function)


def kernel(function: Callable[..., None]) -> Any:
    """Make a function launchable.

    Args:
        function: Body, in Triton's subset of Python; has an argument ``first``.

    Returns:
        The `Kernel`; the function itself where Triton is not installed.
    """
    return function if tl is None else Kernel(function)


@device
def sigmoid(x):  # type: ignore[no-untyped-def]
    """Logistic function, without overflow at either end."""
    small = tl.exp(-tl.abs(x))
    return tl.where(x >= 0, 1.0, small) / (1.0 + small)


@device
def tanh(x):  # type: ignore[no-untyped-def]
    """Hyperbolic tangent; libdevice's, which is as good, does not run in the interpreter.

    Near zero the quotient would lose digits to ``1 - small``: Taylor's series to the ninth power,
    whose next term is below 1e-8 of the value.
    """
    square = x * x
    tail = square * (-17 / 315 + square * (62 / 2835))
    series = x + x * square * (-1 / 3 + square * (2 / 15 + tail))
    small = tl.exp(-2.0 * tl.abs(x))
    quotient = (1.0 - small) / (1.0 + small)
    return tl.where(tl.abs(x) < 0.25, series, tl.where(x < 0, -quotient, quotient))


@device
def place(lengths, batch, steps, hidden, LENGTHS: tl.constexpr, ROWS: tl.constexpr, COLS: tl.constexpr):  # type: ignore[no-untyped-def]  # fmt: skip
    """Where a program works: member, series ``(ROWS, 1)``, cells ``(1, COLS)``, mask, lengths."""
    member = tl.program_id(0).to(tl.int64)
    rows = (tl.program_id(1) * ROWS + tl.arange(0, ROWS))[:, None]
    cols = (tl.program_id(2) * COLS + tl.arange(0, COLS))[None, :]
    series = member * batch + rows
    ends = tl.load(lengths + series, rows < batch, 0) if LENGTHS else steps
    return member, series, cols, (rows < batch) & (cols < hidden), ends


@device
def gate_weight(weight, gate, COLS: tl.constexpr, DOT: tl.constexpr):  # type: ignore[no-untyped-def]
    """Load a gate's recurrent weights, ``(COLS, COLS)``, or say where they are streamed from.

    They lie as `packed_weight` leaves them, and the rows of the product meet them from the left.
    """
    rows, cols = tl.arange(0, COLS)[:, None], tl.arange(0, COLS)[None, :]
    places = weight + (gate * COLS * COLS + rows * COLS + cols)
    return tl.load(places) if DOT == "resident" else places


@device
def product(rows, weight, DOT: tl.constexpr, PRECISION: tl.constexpr):  # type: ignore[no-untyped-def]
    """Multiply a batch tile with what `gate_weight` returned, ``(ROWS, COLS)``."""
    if DOT == "streamed":
        # or the compiler loads all gates' weights first, and spills them
        tl.debug_barrier()
        weight = tl.load(weight)
    return tl.dot(rows, weight, input_precision=PRECISION)
