"""How long each layer remembers: what is left of a perturbation, beside networks untrained."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise.diagnosis._patient import Patient
from cellwise.layers import Network

Doubles = NDArray[np.float64]

# Networks that were not trained: their own spread is part of the interval
CONTROLS = 8
# Where the input is changed, as shares of the sequence
_PLACES = (0.1, 0.3)
_DRAWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeScales:
    """Time scale of each recurrent layer.

    Attributes:
        paths: Path of each layer, from the input upwards.
        curves: What is left of the perturbation, its largest lag being 1, ``(L, K)``.
        untrained_curves: The same of the networks that were not trained, ``(L, K)``.
        scales: Sum over lags of ``curves``, in steps, ``(L,)``.
        intervals: 95 % interval of each, ``(L, 2)``.
        untrained: Scales of the networks that were not trained, mean over seeds, ``(L,)``.
        excess: Growth from the first layer to the last beyond that of the untrained networks (or
            beyond 0, if theirs falls), in steps; NaN with one layer.
        excess_low: Lower one-sided 95 % bound of it.
    """

    paths: tuple[str, ...]
    curves: Doubles
    untrained_curves: Doubles
    scales: Doubles
    intervals: Doubles
    untrained: Doubles
    excess: float
    excess_low: float


def time_scales(patient: Patient, *, seed: int = 0) -> TimeScales:
    r"""Measure how long each layer remembers one changed input.

    At a step the input of a window is replaced by that of another window; with :math:`d_l(k)` the
    mean over windows of :math:`\|h_l - h'_l\|` k steps later, the time scale is
    :math:`\sum_k d_l(k) / \max_k d_l(k)`. Upper layers of networks that were never trained
    already remember for longer, so these are measured in the same way; the bootstrap draws the
    same windows for both, and the control's seeds.

    Args:
        patient: A network of recurrent and pointwise layers.
        seed: Of the replacements and the bootstrap.

    Returns:
        The time scales.

    Reference:
        Hermans & Schrauwen (2013), section 4; Gallicchio, Micheli & Pedrelli (2017) on layers
        that were not trained.
    """
    generator = np.random.default_rng(seed)
    network = patient.every_step
    partner = torch.from_numpy(generator.permutation(len(patient.windows.inputs)))
    paths = tuple(patient.states())
    seeds = tuple(range(seed + 1000, seed + 1000 + CONTROLS))
    own = _differences(network, patient.weights, patient.windows.inputs, partner, paths)
    fresh = network.initial_parameters(seeds)
    control = _differences(network, fresh, patient.windows.inputs, partner, paths)
    return _summary(paths, own, control, generator)


def _differences(
    network: Network, weights: Tensor, inputs: Tensor, partner: Tensor, paths: tuple[str, ...]
) -> Doubles:
    """Distance of the states of each layer, model and window at each lag, ``(L, M, B, K)``."""
    x = inputs[None].expand(len(weights), -1, -1, -1)
    places = sorted({int(share * x.shape[2]) for share in _PLACES})
    longest = x.shape[2] - places[-1]
    total: Doubles = np.zeros(0)
    with torch.no_grad():
        before = network.layer_outputs(weights, x)
        for place in places:
            changed = x.clone()
            changed[:, :, place] = x[:, partner, place]
            after = network.layer_outputs(weights, changed)
            gaps = [(after[path] - before[path]).norm(dim=-1) for path in paths]
            kept = torch.stack(gaps)[..., place : place + longest].double().numpy()
            total = kept if not total.size else total + kept
    return np.asarray(total / len(places))


def _summary(
    paths: tuple[str, ...], own: Doubles, control: Doubles, generator: np.random.Generator
) -> TimeScales:
    windows, models = own.shape[2], control.shape[1]
    draws = generator.multinomial(windows, np.full(windows, 1 / windows), size=_DRAWS) / windows
    picks = generator.multinomial(models, np.full(models, 1 / models), size=_DRAWS) / models
    scales = _scales(own.mean(axis=2))[:, 0]  # (L,)
    untrained = _scales(control.mean(axis=2))  # (L, models)
    drawn = _scales(np.tensordot(draws, own, (1, 2)))[..., 0]  # (draws, L)
    fresh = _scales(np.tensordot(draws, control, (1, 2)))  # (draws, L, models)
    drawn_control = np.einsum("dlm,dm->dl", fresh, picks)
    deep = len(paths) > 1
    mean_control = untrained.mean(axis=1)
    growth = _excess(drawn.T, drawn_control.T)
    return TimeScales(
        paths=paths,
        curves=_curve(own.mean(axis=(1, 2))),
        untrained_curves=_curve(control.mean(axis=(1, 2))),
        scales=scales,
        intervals=np.quantile(drawn, (0.025, 0.975), axis=0).T,
        untrained=mean_control,
        excess=float(_excess(scales, mean_control)) if deep else float("nan"),
        excess_low=float(np.quantile(growth, 0.05)) if deep else float("nan"),
    )


def _excess(own: Doubles, control: Doubles) -> Doubles:
    """Growth from the first layer to the last beyond that of the control, if that grows."""
    return np.asarray(own[-1] - own[0] - np.maximum(control[-1] - control[0], 0.0))


def _scales(distances: Doubles) -> Doubles:
    """Sum over lags relative to the largest."""
    return np.asarray(_curve(distances).sum(axis=-1))


def _curve(distances: Doubles) -> Doubles:
    largest = distances.max(axis=-1, keepdims=True)
    return np.asarray(distances / np.where(largest > 0, largest, 1.0))
