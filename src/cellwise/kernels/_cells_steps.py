"""One step of each cell with every option that its form may have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from cellwise.kernels._cells_math import activation_function, gate_functions, norm_function
from cellwise.kernels._typing import State

Step = Callable[[Tensor, Tensor, State], State]
"""Takes the projected input of a step, ``(M, B, G H)``, the state as the gates read it, and the
states before it; returns the states after it, the output first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellForm:
    """What a cell computes, as far as its weights do not tell.

    Attributes:
        cell: Kind of cell.
        activation: Function of the candidate and, in an LSTM, of the cell state.
        gate_activation: Function of the gates.
        coupled: Whether an LSTM's input gate is ``1 - f``; its gates are then f, g, o.
        reset_before: Whether a GRU's reset gate acts on the state and not on the product.
    """

    cell: Literal["lstm", "gru", "rnn"]
    activation: str = "tanh"
    gate_activation: str = "sigmoid"
    coupled: bool = False
    reset_before: bool = False


def make_step(form: CellForm, weights: Mapping[str, Tensor]) -> Step:
    """Make the step of a cell.

    Args:
        form: What it computes.
        weights: ``weight_hh`` and those of its options, each ``(M, ...)``.

    Returns:
        The step.
    """
    return {"lstm": _lstm_step, "gru": _gru_step, "rnn": _rnn_step}[form.cell](form, weights)


def _lstm_step(form: CellForm, weights: Mapping[str, Tensor]) -> Step:
    matrix = weights["weight_hh"].transpose(1, 2)
    normalise, normalise_c = norm_function(weights, "ln_hh"), norm_function(weights, "ln_c")
    activation = activation_function(form.activation)
    gates = gate_functions(
        weights, 2 if form.coupled else 3, activation, activation_function(form.gate_activation)
    )
    peep = _peepholes(weights, len(gates))

    def step(inputs: Tensor, read: Tensor, before: State) -> State:
        c = before[1]
        *taken, g, o = (inputs + normalise(torch.bmm(read, matrix))).chunk(len(gates) + 1, dim=-1)
        opened = [gates[k](peep(k, a, c)) for k, a in enumerate(taken)]
        f = opened[-1]
        i = 1 - f if form.coupled else opened[0]
        c = f * c + i * activation(g)
        return gates[-1](peep(len(gates) - 1, o, c)) * activation(normalise_c(c)), c

    return step


def _peepholes(
    weights: Mapping[str, Tensor], count: int
) -> Callable[[int, Tensor, Tensor], Tensor]:
    if "peephole" not in weights:
        return lambda index, total, c: total
    each = weights["peephole"][:, None].chunk(count, dim=-1)
    return lambda index, total, c: total + each[index] * c


def _gru_step(form: CellForm, weights: Mapping[str, Tensor]) -> Step:
    return _gru_before(form, weights) if form.reset_before else _gru_after(form, weights)


def _gru_after(form: CellForm, weights: Mapping[str, Tensor]) -> Step:
    matrix, bias = weights["weight_hh"].transpose(1, 2), weights["bias_hh"][:, None]
    normalise, activation = norm_function(weights, "ln_hh"), activation_function(form.activation)
    reset, update = gate_functions(
        weights, 2, activation, activation_function(form.gate_activation)
    )

    def step(inputs: Tensor, read: Tensor, before: State) -> State:
        r_x, z_x, n_x = inputs.chunk(3, dim=-1)
        r_h, z_h, n_h = (normalise(torch.bmm(read, matrix)) + bias).chunk(3, dim=-1)
        z = update(z_x + z_h)
        n = activation(n_x + reset(r_x + r_h) * n_h)
        return ((1 - z) * n + z * before[0],)

    return step


def _gru_before(form: CellForm, weights: Mapping[str, Tensor]) -> Step:
    matrix = weights["weight_hh"].transpose(1, 2)
    split = 2 * matrix.shape[1]
    rz_matrix, n_matrix = matrix[:, :, :split], matrix[:, :, split:]
    # the candidate's product waits for the reset gate, so it is normalised on its own
    rz_norm = norm_function(weights, "ln_hh", slice(split))
    n_norm = norm_function(weights, "ln_hh", slice(split, None))
    activation = activation_function(form.activation)
    reset, update = gate_functions(
        weights, 2, activation, activation_function(form.gate_activation)
    )

    def step(inputs: Tensor, read: Tensor, before: State) -> State:
        r_x, z_x, n_x = inputs.chunk(3, dim=-1)
        r_h, z_h = rz_norm(torch.bmm(read, rz_matrix)).chunk(2, dim=-1)
        z, r = update(z_x + z_h), reset(r_x + r_h)
        n = activation(n_x + n_norm(torch.bmm(r * read, n_matrix)))
        return ((1 - z) * n + z * before[0],)

    return step


def _rnn_step(form: CellForm, weights: Mapping[str, Tensor]) -> Step:
    matrix = weights["weight_hh"].transpose(1, 2)
    normalise, activation = norm_function(weights, "ln_hh"), activation_function(form.activation)

    def step(inputs: Tensor, read: Tensor, before: State) -> State:
        return (activation(inputs + normalise(torch.bmm(read, matrix))),)

    return step
