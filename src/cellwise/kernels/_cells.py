"""Cells of any form, one step at a time: what the compiled kernels do not know runs here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from cellwise.kernels._cells_math import norm_function
from cellwise.kernels._cells_steps import CellForm, Step, make_step
from cellwise.kernels._scan import scan
from cellwise.kernels._typing import State


@dataclass(frozen=True, slots=True, kw_only=True)
class CellNoise:
    """What is random, or the mean of what is random, in one pass of a cell.

    Attributes:
        recurrent: What the state is multiplied by before the gates read it, the same at every
            step, ``(M, B, H)``; ``None`` for nothing.
        zoneout: Share of the old state that is kept where ``zones`` is ``None``.
        zones: Where each state keeps its old value, bools ``(M, B, T, H)``.

    Reference:
        Gal & Ghahramani (2016), equation 7; Krueger et al. (2016), equations 4-6 and section 4.3.
    """

    recurrent: Tensor | None = None
    zoneout: float = 0.0
    zones: State | None = None


QUIET = CellNoise()


def run_cell(
    form: CellForm,
    x: Tensor,
    state: State,
    weights: Mapping[str, Tensor],
    *,
    reverse: bool = False,
    noise: CellNoise = QUIET,
) -> tuple[Tensor, State]:
    r"""Run a cell of M models over a sequence, one step at a time.

    Which options it has is told by the weights that there are; with all gates together written as
    one block, :math:`N` a layer normalisation and :math:`p` peepholes,

    .. math::
        a_t = N(W x_t) + N(U h_{t-1}) + b + p \odot c.

    Args:
        form: What it computes.
        x: Input sequence, ``(M, B, T, F)``.
        state: ``(h,)`` or ``(h, c)`` before the first step walked, ``(M, B, R)`` and ``(M, B, H)``.
        weights: ``weight_ih`` ``(M, G H, F)``, ``weight_hh`` ``(M, G H, R)``, ``bias`` (or
            ``bias_ih`` and ``bias_hh``) ``(M, G H)``; further ones by the names that
            `architecture.RecurrentLayer` gives them: ``weight_hr``, ``weight_skip``, ``peephole``,
            ``ln_*``, ``gate_*``, ``transition_*``, ``shortcut_*``.
        reverse: Walk from the last step to the first.
        noise: Masks of this pass.

    Returns:
        Output of every step, ``(M, B, T, R + S)``, and the states after the last step walked.

    Reference:
        Sak et al. (2014), projections; Gers et al. (2002), peepholes; Greff et al. (2017), coupled
        gates; Ba et al. (2016), layer normalisation; Pascanu et al. (2013), equations 5-8, and
        Miceli Barone et al. (2017), deep transitions.
    """
    step = _transition(form, weights)
    if "weight_hr" in weights:
        step = _projected(step, weights)
        skip = weights["weight_skip"].shape[1] if "weight_skip" in weights else 0
        state = (functional.pad(state[0], (0, skip)), *state[1:])
    walked = _with_noise(step, noise, weights["weight_hh"].shape[2], reverse)
    y, after = scan(walked, _inputs(x, weights), state, None, reverse)
    return y, (after[0][..., : weights["weight_hh"].shape[2]], *after[1:])


def _inputs(x: Tensor, weights: Mapping[str, Tensor]) -> Tensor:
    """Input products of every step, a shortcut's behind them."""
    bias = weights["bias_ih" if "bias_ih" in weights else "bias"]
    product = x @ weights["weight_ih"].transpose(1, 2)[:, None]
    total = norm_function(weights, "ln_ih")(product) + bias[:, None, None]
    if "shortcut_ih" not in weights:
        return total
    return torch.cat([total, x @ weights["shortcut_ih"].transpose(1, 2)[:, None]], dim=-1)


def _transition(form: CellForm, weights: Mapping[str, Tensor]) -> Step:
    """The first step and, in a deep transition, those without input after it."""
    first, deeper = make_step(form, weights), list(_deeper(form, weights))
    if "shortcut_hh" in weights:
        return _with_shortcut(first, deeper, weights["shortcut_hh"].transpose(1, 2))
    if not deeper:
        return first

    def step(inputs: Tensor, read: Tensor, before: State) -> State:
        after = first(inputs, read, before)
        for further, bias in deeper:
            after = further(bias, after[0], after)
        return after

    return step


def _deeper(form: CellForm, weights: Mapping[str, Tensor]) -> Iterator[tuple[Step, Tensor]]:
    depth = 2
    while f"transition_weight_{depth}" in weights:
        own = {"weight_hh": weights[f"transition_weight_{depth}"]}
        own |= {
            name: weights[f"transition_{name}_{depth}"]
            for name in ("bias", "bias_ih", "bias_hh")
            if f"transition_{name}_{depth}" in weights
        }
        yield make_step(form, own), own["bias_ih" if "bias_ih" in own else "bias"][:, None]
        depth += 1


def _with_shortcut(first: Step, deeper: list[tuple[Step, Tensor]], matrix: Tensor) -> Step:
    def step(inputs: Tensor, read: Tensor, before: State) -> State:
        inputs, past = inputs.chunk(2, dim=-1)
        past = past + torch.bmm(read, matrix)
        after = first(inputs, read, before)
        for index, (further, bias) in enumerate(deeper, start=1):
            last = index == len(deeper)
            after = further(bias + past if last else bias, after[0], after)
        return after

    return step


def _projected(step: Step, weights: Mapping[str, Tensor]) -> Step:
    matrices = [weights[name] for name in ("weight_hr", "weight_skip") if name in weights]
    matrix = torch.cat(matrices, dim=1).transpose(1, 2)

    def project(inputs: Tensor, read: Tensor, before: State) -> State:
        cells, *rest = step(inputs, read, before)
        return (torch.bmm(cells, matrix), *rest)

    return project


def _with_noise(
    step: Step, noise: CellNoise, width: int, reverse: bool
) -> Callable[[Tensor, State], State]:
    """The step that `scan` takes; the gates read the first ``width`` values of the output."""
    zones = None
    if noise.zones is not None:
        each = [mask.unbind(2) for mask in noise.zones]
        zones = iter(list(zip(*(reversed(m) if reverse else m for m in each), strict=True)))

    def walk(inputs: Tensor, before: State) -> State:
        read = before[0][..., :width]
        after = step(inputs, read if noise.recurrent is None else read * noise.recurrent, before)
        kept: tuple[Tensor | float, ...] = (noise.zoneout,) * len(after)
        if zones is not None:
            kept = next(zones)
        elif not noise.zoneout:
            return after
        h, *cells = (_zoned(*three) for three in zip(after, before, kept, strict=True))
        # a second projection is put out, but is no state
        return (torch.cat([h[..., :width], after[0][..., width:]], dim=-1), *cells)

    return walk


def _zoned(new: Tensor, old: Tensor, kept: Tensor | float) -> Tensor:
    if isinstance(kept, float):
        return torch.lerp(new, old, kept)
    return torch.where(functional.pad(kept, (0, new.shape[-1] - kept.shape[-1])), old, new)
