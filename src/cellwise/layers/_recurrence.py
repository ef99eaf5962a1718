"""One direction of a recurrent layer: through the compiled kernels, or step by step."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from cellwise.architecture import RecurrentLayer
from cellwise.kernels import QUIET, CellForm, CellNoise, State, choose_kernel, run_cell
from cellwise.layers._flow import Flow
from cellwise.layers._plan import Plan

Direction = Callable[[Flow, Tensor, State], tuple[Tensor, State]]
"""Takes the input of a direction and the states before its first step; returns the output of every
step and the final states."""


def kernel_line(layer: RecurrentLayer) -> str:
    """Say which way a layer runs.

    Args:
        layer: The layer.

    Returns:
        ``fused``, or ``reference`` and what the compiled kernels do not know.
    """
    reasons = list(_unusual(layer))
    if reasons:
        return f"reference: has {', '.join(reasons)}"
    if layer.recurrent_dropout:
        return "fused; in training reference: has recurrent dropout"
    return "fused"


def _unusual(layer: RecurrentLayer) -> Iterator[str]:
    used = {
        "projection": layer.proj_size > 0,
        "peephole": layer.peephole,
        "coupled gates": layer.coupled,
        "layer normalisation": layer.layer_norm != "none",
        "deep gates": layer.gate_depth > 1,
        "deep transition": layer.transition_depth > 1,
        "zoneout": layer.zoneout > 0,
        f"activation={layer.activation}": layer.activation not in _known(layer),
        f"gate_activation={layer.gate_activation}": layer.gate_activation != "sigmoid",
    }
    yield from (name for name, on in used.items() if on)


def _known(layer: RecurrentLayer) -> tuple[str, ...]:
    return ("tanh", "relu") if layer.cell == "rnn" else ("tanh",)


def make_direction(layer: RecurrentLayer, path: str, plan: Plan, *, reverse: bool) -> Direction:
    """Make one direction of a layer.

    Args:
        layer: The layer.
        path: Its path.
        plan: The network.
        reverse: Whether it walks from the last step to the first.

    Returns:
        The direction.
    """
    stepped = _stepped(layer, path, plan, reverse=reverse)
    if any(_unusual(layer)):
        return stepped
    fused = _fused(layer, path, plan, reverse=reverse)
    if not layer.recurrent_dropout:
        return fused

    def run(flow: Flow, x: Tensor, state: State) -> tuple[Tensor, State]:
        return (fused if flow.dropout is None else stepped)(flow, x, state)

    return run


def _fused(layer: RecurrentLayer, path: str, plan: Plan, *, reverse: bool) -> Direction:
    options: dict[str, Any] = {"reverse": True} if reverse else {}
    names = ["weight_ih", "weight_hh", "bias"]
    if layer.cell == "gru":
        names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    if layer.cell == "rnn" and layer.activation != "tanh":
        options["activation"] = layer.activation
    if layer.reset_before:
        options["reset_after"] = False
        names = ["weight_ih", "weight_hh", "bias"]
    full = [_full(path, name, reverse) for name in names]

    def run(flow: Flow, x: Tensor, state: State) -> tuple[Tensor, State]:
        kernel = choose_kernel(layer.cell, plan.backend, x.device.type)
        weights = [flow.weights[name] for name in full]
        if layer.reset_before:  # the kernel takes two biases, of which one is enough
            weights.append(torch.zeros_like(weights[-1]))
        return kernel(x, state, *weights, **options)

    return run


def _stepped(layer: RecurrentLayer, path: str, plan: Plan, *, reverse: bool) -> Direction:
    form = CellForm(
        cell=layer.cell,
        activation=layer.activation,
        gate_activation=layer.gate_activation,
        coupled=layer.coupled,
        reset_before=layer.reset_before,
    )
    suffix = "_reverse" if reverse else ""
    front = [weight.name for weight in layer.weights(1)]
    names = {
        name.removesuffix("_reverse"): f"{path}.{name}"
        for name in front
        if name.endswith("_reverse") == reverse and not name.startswith("highway")
    }
    noise = _noise(layer, path + suffix, plan.site(path, "recurrent"), plan.site(path, "zoneout"))

    def run(flow: Flow, x: Tensor, state: State) -> tuple[Tensor, State]:
        weights = {short: flow.weights[name] for short, name in names.items()}
        return run_cell(form, x, state, weights, reverse=reverse, noise=noise(flow, x))

    return run


def _noise(
    layer: RecurrentLayer, key: str, recurrent: int | None, zoneout: int | None
) -> Callable[[Flow, Tensor], CellNoise]:
    def draw(flow: Flow, x: Tensor) -> CellNoise:
        dropout, zones, mask = flow.dropout, None, None
        if dropout is None:
            return CellNoise(zoneout=layer.zoneout) if layer.zoneout else QUIET
        if recurrent is not None:
            if key not in flow.masks:  # one mask per sequence, though a decoder takes steps
                flow.masks[key] = dropout.mask(x, layer.state_size, recurrent)
            mask = flow.masks[key]
        if zoneout is not None:
            widths = [layer.state_size, layer.hidden_size][: 2 if layer.cell == "lstm" else 1]
            drawn = [dropout.dropped((*x.shape[1:3], width), zoneout) for width in widths]
            zones = tuple(one for one in drawn if one is not None)
        return CellNoise(recurrent=mask, zones=zones or None)

    return draw


def _full(path: str, name: str, reverse: bool) -> str:
    return f"{path}.{name}{'_reverse' if reverse else ''}"
