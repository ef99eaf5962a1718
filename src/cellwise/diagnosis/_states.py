"""Checks of gates and states: stuck, dead, copied, unused."""

import numpy as np
import torch
from torch import Tensor

from cellwise.architecture import place_words
from cellwise.diagnosis._catalogue import Outcome, Seen, make_finding
from cellwise.diagnosis._gates import LayerGates

# A gate beyond these is at an end; a cell's gate is stuck if nearly all its values are
_SHUT, _OPEN, _NEARLY_ALL = 0.01, 0.99, 0.99
# Share of a layer's cells that makes it a fault
_MANY, _SOME = 0.5, 0.1
# Outputs lie between -1 and 1
_STILL = 1e-3
_COPY = 0.9999
# A note from this many cells on, where less than a fourth of the directions is used
_FEWEST_CELLS, _FEW = 8, 0.25


def check_gates(gates: LayerGates) -> Outcome:
    """Look for gates that are at one end at nearly every step of every window.

    A forget gate that stays open is a memory and no fault; one that stays shut is.

    Args:
        gates: Gates of a layer.

    Returns:
        A finding if such gates are in more than half of the layer's cells.
    """
    shares = {}
    for name, values in gates.values.items():
        shut = (values < _SHUT).double().mean(dim=(0, 1)) >= _NEARLY_ALL
        opened = (values > _OPEN).double().mean(dim=(0, 1)) >= _NEARLY_ALL
        stuck = shut if values is gates.keeps else shut | opened
        shares[name] = float(stuck.double().mean())
    gate, share = max(shares.items(), key=lambda item: item[1])
    if share <= _MANY:
        return None
    cells = round(share * gates.layer.hidden_size)
    text = (
        f"gate {gate} is below {_SHUT} or above {_OPEN} at 99 % of all steps in {cells} of "
        f"{gates.layer.hidden_size} cells"
    )
    return make_finding(
        "saturated_gates",
        Seen(text=text, value=share, where=f"{place_words(gates.path)}, {gates.layer}"),
    )


def check_dead_cells(where: str, states: Tensor) -> Outcome:
    """Look for cells that put out the same whatever is read.

    Args:
        where: Which layer, in words.
        states: What it puts out, ``(B, T, W)``.

    Returns:
        A finding if a tenth of the cells, and at least one, move by less than 0.001.
    """
    dead = int((_flat(states).std(dim=0) < _STILL).sum())
    told = f"have a standard deviation below {_STILL} over all windows"
    return _if_many("dead_cells", where, dead, states.shape[-1], told)


def check_duplicate_cells(where: str, states: Tensor) -> Outcome:
    """Look for cells of which one tells the other.

    Args:
        where: Which layer, in words.
        states: What it puts out, ``(B, T, W)``.

    Returns:
        A finding if a tenth of the cells, and at least one, is a copy of an earlier one:
        correlation beyond 0.9999 over windows and steps.
    """
    told = f"are copies of others (correlation beyond {_COPY})"
    return _if_many("duplicate_cells", where, num_copies(states), states.shape[-1], told)


def _if_many(key: str, where: str, count: int, width: int, told: str) -> Outcome:
    """A finding if a tenth of the outputs, and at least one, are so."""
    if count < max(1.0, _SOME * width):
        return None
    text = f"{count} of {width} outputs {told}"
    return make_finding(key, Seen(text=text, value=float(count), where=where))


def check_rank(where: str, states: Tensor) -> Outcome:
    """Say how many directions of its state a layer uses.

    Args:
        where: Which layer, in words.
        states: What it puts out, ``(B, T, W)``.

    Returns:
        A note if a layer of 8 cells or more uses less than a fourth of them. It is no fault: a
        direction of little variance can matter.
    """
    width, rank = states.shape[-1], effective_rank(states)
    if width < _FEWEST_CELLS or rank >= _FEW * width:
        return None
    text = f"{round(rank)} of {width} cells are used: the effective rank of the state is {rank:.1f}"
    seen = Seen(
        text=text,
        value=rank,
        where=where,
        confidence="possible",
        severity="note",
    )
    return make_finding("low_rank_state", seen)


def effective_rank(states: Tensor) -> float:
    r"""Return the number of directions that a state uses.

    Args:
        states: ``(..., W)``.

    Returns:
        :math:`\exp H(p)` with :math:`p` the singular values of the centred states over their sum;
        0 where nothing moves.

    Reference:
        Roy & Vetterli (2007), "The effective rank", definition 1.
    """
    flat = _flat(states)
    values = torch.linalg.svdvals(flat - flat.mean(dim=0))
    total = float(values.sum())
    if total <= 0:
        return 0.0
    shares = values[values > 0] / total
    return float(np.exp(-float((shares * shares.log()).sum())))


def num_copies(states: Tensor) -> int:
    """Count the outputs that an earlier one tells.

    Args:
        states: ``(..., W)``.

    Returns:
        Outputs that move and whose correlation with an earlier one is beyond 0.9999.
    """
    flat = _flat(states)
    moving = flat[:, flat.std(dim=0) >= _STILL]
    if moving.shape[1] < 2:
        return 0
    above = torch.corrcoef(moving.T).abs().triu(diagonal=1) > _COPY
    return int(above.any(dim=0).sum())


def _flat(states: Tensor) -> Tensor:
    return states.reshape(-1, states.shape[-1]).double()
