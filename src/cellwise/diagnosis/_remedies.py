"""What helps a network that is worse than a shallower one: tried, as cohorts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cellwise._errors import ArchitectureError
from cellwise.architecture import Architecture, RecurrentLayer
from cellwise.data import ForecastData
from cellwise.diagnosis._fitting import lower_bound
from cellwise.layers import Layout, Network, grow_weights, sized
from cellwise.records import Remedy
from cellwise.training import Cohort, Experiment

_RATE = 1 / 3
# One-sided, shared out over the ways that are tried
_LEVEL = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmStart:
    """A shallower network that was trained.

    Attributes:
        network: The network.
        weights: A row for each member of the experiment, ``(M, P)``.
    """

    network: Network
    weights: Tensor


def try_remedies(
    experiment: Experiment, data: ForecastData, shallow: WarmStart | None = None
) -> tuple[Remedy, ...]:
    """Train a deep network as it was and with each way out, on the same folds and seeds.

    Args:
        experiment: The deep network as it was.
        data: The data.
        shallow: Where a warm start begins; ``None`` leaves it out.

    Returns:
        Each that fits the architecture, best first.

    Reference:
        He et al. (2016), residual layers; Ba et al. (2016), layer normalisation; Simonyan &
        Zisserman (2015), section 3.1, warm start from a shallower network; where the deep one can
        put out the same (``to_output``), it does (Chen, Goodfellow & Shlens 2016, "Net2Net").
    """
    plain = _errors(experiment, data)
    ways = dict(_changes(experiment))
    if shallow is not None:
        ways["warm start"] = _warm(experiment, data, shallow)
    found = [_remedy("as it was", experiment, plain, plain, _LEVEL)]
    for name, changed in ways.items():
        found.append(_remedy(name, changed, _errors(changed, data), plain, _LEVEL / len(ways)))
    return tuple(sorted(found, key=lambda one: one.error))


def _changes(experiment: Experiment) -> Iterator[tuple[str, Experiment]]:
    residual = _with(experiment.architecture, residual=True)
    if residual is not None:
        yield "residual", replace(experiment, architecture=residual)
    normed = _with(experiment.architecture, layer_norm="full")
    if normed is not None:
        yield "normalisation", replace(experiment, architecture=normed)
    slower = tuple(replace(m, learning_rate=m.learning_rate * _RATE) for m in experiment.members)
    yield "smaller rate", replace(experiment, members=slower)


def _with(architecture: Architecture, **option: Any) -> Architecture | None:
    """The option in every layer above the first whose width fits; ``None`` if in none."""
    layers = list(architecture.layers)
    for index, (below, layer) in enumerate(pairwise(layers), start=1):
        if not isinstance(below, RecurrentLayer) or not isinstance(layer, RecurrentLayer):
            continue
        if below.output_width() == layer.output_width():
            layers[index] = replace(layer, **option)
    changed = Architecture(layers=tuple(layers))
    return None if changed == architecture else changed


def _warm(experiment: Experiment, data: ForecastData, shallow: WarmStart) -> Experiment:
    """Begin with the same outputs where the deep network can, else with the layers that it shares."""
    network, seeds = experiment.network(data), tuple(m.seed for m in experiment.members)
    try:
        first = grow_weights(sized(shallow.network), sized(network), shallow.weights, seeds)
    except ArchitectureError:
        first = network.initial_parameters(seeds)
        copy_weights_(network.layout, first, shallow)
    return replace(experiment, first_weights=first.numpy())


def _errors(experiment: Experiment, data: ForecastData) -> list[float]:
    """Lowest validation error of each member."""
    cohort = Cohort(experiment, data)
    while not cohort.done:
        cohort.run_epoch()
    cohort.finish()
    return [m.error if m.state != "non-finite" else float("inf") for m in cohort.records()]


def copy_weights_(layout: Layout, parameters: Tensor, shallow: WarmStart) -> None:
    """Copy the weights that two networks share by name and shape, but for the output layer.

    Args:
        layout: Of the deep network.
        parameters: Its weights, ``(M, P)``, changed.
        shallow: Where they come from.
    """
    known = shallow.network.layout.views(shallow.weights)
    with torch.no_grad():
        for name, view in layout.views(parameters).items():
            if name in known and known[name].shape == view.shape and not name.startswith("head"):
                view.copy_(known[name])


def _remedy(
    name: str, experiment: Experiment, errors: list[float], plain: list[float], level: float
) -> Remedy:
    gains = [1 - error / was for error, was in zip(errors, plain, strict=True)]
    return Remedy(
        name=name,
        architecture=str(experiment.architecture),
        learning_rate=experiment.members[0].learning_rate,
        error=float(np.mean(errors)),
        gain=float(np.mean(gains)),
        gain_low=lower_bound(gains, level),
    )
