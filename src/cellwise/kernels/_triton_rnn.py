"""Triton kernels of the plain RNN; `_triton_lstm` says what the arguments mean."""

from __future__ import annotations

from cellwise.kernels._triton_math import gate_weight, kernel, place, product, tanh, tl


@kernel
def rnn_forward(  # type: ignore[no-untyped-def]
    gates, weight, h, lengths, y, batch, steps, hidden, first, count,
    RELU: tl.constexpr, REVERSE: tl.constexpr, LENGTHS: tl.constexpr,
    ROWS: tl.constexpr, COLS: tl.constexpr, DOT: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """Walk ``count`` steps from the input products to the outputs."""
    member, series, cols, inside, ends = place(lengths, batch, steps, hidden, LENGTHS, ROWS, COLS)
    h += series * hidden + cols
    h_now = tl.load(h, inside, 0.0)
    if DOT != "none":
        w = gate_weight(weight + member * COLS * COLS, 0, COLS, DOT)
    for step in range(first, first + count):
        t = steps - 1 - step if REVERSE else step
        alive = inside & (t < ends)
        at = (series * steps + t) * hidden + cols
        total = tl.load(gates + at, inside, 0.0)
        if DOT != "none":
            total += product(h_now, w, DOT, PRECISION)
        h_next = tl.where(total > 0, total, 0.0) if RELU else tanh(total)
        tl.store(y + at, tl.where(alive, h_next, 0.0), inside)
        h_now = tl.where(alive, h_next, h_now)
    tl.store(h, h_now, inside)


@kernel
def rnn_backward(  # type: ignore[no-untyped-def]
    y, weight, dy, dh, lengths, d_gates, batch, steps, hidden, first, count,
    RELU: tl.constexpr, REVERSE: tl.constexpr, LENGTHS: tl.constexpr,
    ROWS: tl.constexpr, COLS: tl.constexpr, DOT: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """Walk ``count`` steps back to the gradients of the input products and of the state."""
    member, series, cols, inside, ends = place(lengths, batch, steps, hidden, LENGTHS, ROWS, COLS)
    dh += series * hidden + cols
    d_after = tl.load(dh, inside, 0.0)
    if DOT != "none":
        w = gate_weight(weight + member * COLS * COLS, 0, COLS, DOT)
    for step in range(first, first + count):
        t = step if REVERSE else steps - 1 - step
        alive = inside & (t < ends)
        at = (series * steps + t) * hidden + cols
        after = tl.load(y + at, inside, 0.0)
        d_h = d_after + tl.load(dy + at, inside, 0.0)
        d_total = tl.where(after > 0, d_h, 0.0) if RELU else d_h * (1.0 - after * after)
        d_total = tl.where(alive, d_total, 0.0)
        tl.store(d_gates + at, d_total, inside)
        d_after = tl.where(alive, 0.0, d_after)
        if DOT != "none":
            d_after += product(d_total, w, DOT, PRECISION)
    tl.store(dh, d_after, inside)
