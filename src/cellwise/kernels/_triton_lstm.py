"""Triton kernels of the LSTM.

The kernels of all cells take the same things. Pointers to contiguous float32: ``gates``, the input
products ``(M, B, T, G H)``, overwritten with the activated gates where they are saved; ``weight``,
``(M, G H, H)``, a member's matrix every ``weight_stride`` elements; states and their gradients
``(M, B, H)``, read at the start and overwritten at the end; ``y``, ``dy`` and what is saved,
``(M, B, T, H)``. ``lengths`` is ``(M, B)`` int32.

``DOT`` says how the recurrent products are made. "resident": a program is a (member, batch tile),
loads the weights before the first step and keeps them. "streamed": the same, but it reads them
again at every step. "none": the caller has added the products to ``gates``, a program also takes a
tile of the cells, and the launch is one fused element-wise step, ``count`` = 1.

Programs do not talk to each other, and each sums in a fixed order: results do not depend on the
schedule. Sizes that are no power of two are padded with cells of zero input and zero weight; their
states stay 0 and are never stored.
"""

from __future__ import annotations

from cellwise.kernels._triton_math import (
    device,
    gate_weight,
    kernel,
    place,
    product,
    sigmoid,
    tanh,
    tl,
)


@device
def _weights(weight, COLS: tl.constexpr, DOT: tl.constexpr):  # type: ignore[no-untyped-def]  # fmt: skip
    i = gate_weight(weight, 0, COLS, DOT)
    f = gate_weight(weight, 1, COLS, DOT)
    g = gate_weight(weight, 2, COLS, DOT)
    o = gate_weight(weight, 3, COLS, DOT)
    return i, f, g, o


@device
def _load(gate, hidden, inside):  # type: ignore[no-untyped-def]
    i, f = tl.load(gate, inside, 0.0), tl.load(gate + hidden, inside, 0.0)
    g, o = tl.load(gate + 2 * hidden, inside, 0.0), tl.load(gate + 3 * hidden, inside, 0.0)
    return i, f, g, o


@device
def _store(gate, hidden, i, f, g, o, inside):  # type: ignore[no-untyped-def]
    tl.store(gate, i, inside)
    tl.store(gate + hidden, f, inside)
    tl.store(gate + 2 * hidden, g, inside)
    tl.store(gate + 3 * hidden, o, inside)


@kernel
def lstm_forward(  # type: ignore[no-untyped-def]
    gates, weight, h, c, lengths, y, saved, batch, steps, hidden, first, count,
    SAVE: tl.constexpr, REVERSE: tl.constexpr, LENGTHS: tl.constexpr,
    ROWS: tl.constexpr, COLS: tl.constexpr, DOT: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """Walk ``count`` steps; ``saved`` gets the cell states before them."""
    member, series, cols, inside, ends = place(lengths, batch, steps, hidden, LENGTHS, ROWS, COLS)
    h += series * hidden + cols
    c += series * hidden + cols
    h_now, c_now = tl.load(h, inside, 0.0), tl.load(c, inside, 0.0)
    if DOT != "none":
        weight += member * 4 * COLS * COLS
        w_i, w_f, w_g, w_o = _weights(weight, COLS, DOT)
    for step in range(first, first + count):
        t = steps - 1 - step if REVERSE else step
        alive = inside & (t < ends)
        at = (series * steps + t) * hidden
        i, f, g, o = _load(gates + (at * 4 + cols), hidden, inside)
        if DOT != "none":
            i += product(h_now, w_i, DOT, PRECISION)
            f += product(h_now, w_f, DOT, PRECISION)
            g += product(h_now, w_g, DOT, PRECISION)
            o += product(h_now, w_o, DOT, PRECISION)
        i, f, g, o = sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)
        if SAVE:
            _store(gates + (at * 4 + cols), hidden, i, f, g, o, inside)
            tl.store(saved + (at + cols), c_now, inside)
        c_next = f * c_now + i * g
        h_next = o * tanh(c_next)
        tl.store(y + (at + cols), tl.where(alive, h_next, 0.0), inside)
        h_now, c_now = tl.where(alive, h_next, h_now), tl.where(alive, c_next, c_now)
    tl.store(h, h_now, inside)
    tl.store(c, c_now, inside)


@kernel
def lstm_backward(  # type: ignore[no-untyped-def]
    gates, saved, weight, dy, dh, dc, lengths, d_gates, batch, steps, hidden,
    first, count, REVERSE: tl.constexpr, LENGTHS: tl.constexpr,
    ROWS: tl.constexpr, COLS: tl.constexpr, DOT: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """Walk ``count`` steps back to the gradients of the input products and of the states."""
    member, series, cols, inside, ends = place(lengths, batch, steps, hidden, LENGTHS, ROWS, COLS)
    dh += series * hidden + cols
    dc += series * hidden + cols
    dh_now, dc_now = tl.load(dh, inside, 0.0), tl.load(dc, inside, 0.0)
    if DOT != "none":
        weight += member * 4 * COLS * COLS
        w_i, w_f, w_g, w_o = _weights(weight, COLS, DOT)
    for step in range(first, first + count):
        t = step if REVERSE else steps - 1 - step
        alive = inside & (t < ends)
        at = (series * steps + t) * hidden
        i, f, g, o = _load(gates + (at * 4 + cols), hidden, inside)
        c_before = tl.load(saved + (at + cols), inside, 0.0)
        d_h = dh_now + tl.load(dy + (at + cols), inside, 0.0)
        tanh_c = tanh(f * c_before + i * g)
        d_c = dc_now + d_h * o * (1.0 - tanh_c * tanh_c)
        d_i = tl.where(alive, d_c * g * i * (1.0 - i), 0.0)
        d_f = tl.where(alive, d_c * c_before * f * (1.0 - f), 0.0)
        d_g = tl.where(alive, d_c * i * (1.0 - g * g), 0.0)
        d_o = tl.where(alive, d_h * tanh_c * o * (1.0 - o), 0.0)
        _store(d_gates + (at * 4 + cols), hidden, d_i, d_f, d_g, d_o, inside)
        dh_now, dc_now = tl.where(alive, 0.0, dh_now), tl.where(alive, d_c * f, dc_now)
        if DOT != "none":
            dh_now += product(d_i, w_i, DOT, PRECISION)
            dh_now += product(d_f, w_f, DOT, PRECISION)
            dh_now += product(d_g, w_g, DOT, PRECISION)
            dh_now += product(d_o, w_o, DOT, PRECISION)
    tl.store(dh, dh_now, inside)
    tl.store(dc, dc_now, inside)
