"""Triton kernels of the GRU; `_triton_lstm` says what the arguments mean.

``RESET_AFTER`` is the reset gate behind the product: then ``products`` holds, per step, the
product that it acts on, bias included, and ``d_products`` its gradient; else neither is touched.
Where ``DOT`` is "none" the caller has filled ``products`` or, with the gate before the product,
has activated the reset gate in ``gates`` and added the product of the reset state.
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
def _load(gate, hidden, inside):  # type: ignore[no-untyped-def]
    r, z = tl.load(gate, inside, 0.0), tl.load(gate + hidden, inside, 0.0)
    return r, z, tl.load(gate + 2 * hidden, inside, 0.0)


@device
def _store(gate, hidden, r, z, n, inside):  # type: ignore[no-untyped-def]
    tl.store(gate, r, inside)
    tl.store(gate + hidden, z, inside)
    tl.store(gate + 2 * hidden, n, inside)


@kernel
def gru_forward(  # type: ignore[no-untyped-def]
    gates, products, weight, bias, h, lengths, y, batch, steps, hidden, first, count,
    RESET_AFTER: tl.constexpr, SAVE: tl.constexpr, REVERSE: tl.constexpr, LENGTHS: tl.constexpr,
    ROWS: tl.constexpr, COLS: tl.constexpr, DOT: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """Walk ``count`` steps; ``bias``, ``(M, H)``, is that of ``products``."""
    member, series, cols, inside, ends = place(lengths, batch, steps, hidden, LENGTHS, ROWS, COLS)
    h += series * hidden + cols
    h_now = tl.load(h, inside, 0.0)
    if DOT != "none":
        weight += member * 3 * COLS * COLS
        w_r = gate_weight(weight, 0, COLS, DOT)
        w_z = gate_weight(weight, 1, COLS, DOT)
        w_n = gate_weight(weight, 2, COLS, DOT)
        b_n = tl.load(bias + (member * hidden + cols), cols < hidden, 0.0) if RESET_AFTER else 0.0
    for step in range(first, first + count):
        t = steps - 1 - step if REVERSE else step
        alive = inside & (t < ends)
        at = (series * steps + t) * hidden
        r, z, n = _load(gates + (at * 3 + cols), hidden, inside)
        if DOT != "none":
            r = sigmoid(r + product(h_now, w_r, DOT, PRECISION))
            z += product(h_now, w_z, DOT, PRECISION)
            left = h_now if RESET_AFTER else r * h_now
            p = b_n + product(left, w_n, DOT, PRECISION)
            n += r * p if RESET_AFTER else p
            if SAVE and RESET_AFTER:
                tl.store(products + (at + cols), p, inside)
        elif RESET_AFTER:
            r = sigmoid(r)
            n += r * tl.load(products + (at + cols), inside, 0.0)
        z, n = sigmoid(z), tanh(n)
        if SAVE:
            _store(gates + (at * 3 + cols), hidden, r, z, n, inside)
        h_next = n + z * (h_now - n)
        tl.store(y + (at + cols), tl.where(alive, h_next, 0.0), inside)
        h_now = tl.where(alive, h_next, h_now)
    tl.store(h, h_now, inside)


@kernel
def gru_backward(  # type: ignore[no-untyped-def]
    gates, products, saved, weight, dy, dh, lengths, d_gates, d_products, batch, steps, hidden,
    first, count, RESET_AFTER: tl.constexpr,
    REVERSE: tl.constexpr, LENGTHS: tl.constexpr,
    ROWS: tl.constexpr, COLS: tl.constexpr, DOT: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """Walk ``count`` steps back; ``saved`` holds the states before each step."""
    member, series, cols, inside, ends = place(lengths, batch, steps, hidden, LENGTHS, ROWS, COLS)
    dh += series * hidden + cols
    dh_now = tl.load(dh, inside, 0.0)
    if DOT != "none":
        weight += member * 3 * COLS * COLS
        w_r = gate_weight(weight, 0, COLS, DOT)
        w_z = gate_weight(weight, 1, COLS, DOT)
        w_n = gate_weight(weight, 2, COLS, DOT)
    for step in range(first, first + count):
        t = step if REVERSE else steps - 1 - step
        alive = inside & (t < ends)
        at = (series * steps + t) * hidden
        r, z, n = _load(gates + (at * 3 + cols), hidden, inside)
        before = tl.load(saved + (at + cols), inside, 0.0)
        d_h = dh_now + tl.load(dy + (at + cols), inside, 0.0)
        d_z = tl.where(alive, d_h * (before - n) * z * (1.0 - z), 0.0)
        d_n = tl.where(alive, d_h * (1.0 - z) * (1.0 - n * n), 0.0)
        dh_now = tl.where(alive, d_h * z, dh_now)
        d_r = tl.full((ROWS, COLS), 0.0, tl.float32)
        if RESET_AFTER:
            d_r = d_n * tl.load(products + (at + cols), inside, 0.0) * r * (1.0 - r)
            tl.store(d_products + (at + cols), d_n * r, inside)
            if DOT != "none":
                dh_now += product(d_n * r, w_n, DOT, PRECISION)
        elif DOT != "none":
            d_left = product(d_n, w_n, DOT, PRECISION)
            dh_now += d_left * r
            d_r = d_left * before * r * (1.0 - r)
        _store(d_gates + (at * 3 + cols), hidden, d_r, d_z, d_n, inside)
        if DOT != "none":
            dh_now += product(d_r, w_r, DOT, PRECISION)
            dh_now += product(d_z, w_z, DOT, PRECISION)
    tl.store(dh, dh_now, inside)
