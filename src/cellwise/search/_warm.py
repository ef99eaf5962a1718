"""Warm starts: members of a larger network begin where those of a smaller one ended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from cellwise.architecture import Architecture
from cellwise.data import ForecastData
from cellwise.layers import Sized, grow_weights
from cellwise.training import Experiment, Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """Members that larger ones may begin from.

    Attributes:
        architecture: What they are.
        members: One for each fold and seed.
        weights: Where their training ended, ``(M, P)``.
    """

    architecture: Architecture
    members: tuple[Member, ...]
    weights: NDArray[np.float32]


def holds(small: Architecture, large: Architecture) -> bool:
    """Say whether a size of the growth search can begin from another one.

    Args:
        small: A stack of recurrent layers.
        large: Another one.

    Returns:
        Whether each layer of the smaller one has a counterpart with as many cells or more.
    """
    enough = len(small.hidden_sizes) <= len(large.hidden_sizes)
    return enough and all(
        own <= other for own, other in zip(small.hidden_sizes, large.hidden_sizes, strict=False)
    )


def begin_from(experiment: Experiment, trained: Trained, data: ForecastData) -> Experiment:
    """Let each member begin where the one with the same fold and seed ended.

    New cells read what they read with random weights, and nothing reads them yet, so that the
    larger network first puts out what the smaller one did.

    Args:
        experiment: A cohort of larger networks.
        trained: Members of a smaller one.
        data: Gives the widths of input and output.

    Returns:
        The cohort with its first weights; without members whose fold and seed are not among those
        that were trained.
    """
    rows = {(m.fold, m.seed): row for row, m in enumerate(trained.members)}
    members = tuple(m for m in experiment.members if (m.fold, m.seed) in rows)
    small, large = (
        Sized(architecture=one, input_size=data.input_size, output_size=data.output_size)
        for one in (trained.architecture, experiment.architecture)
    )
    weights = trained.weights[[rows[(m.fold, m.seed)] for m in members]]
    grown = grow_weights(small, large, torch.from_numpy(weights), _seeds(members))
    return replace(experiment, members=members, first_weights=grown.numpy())


def _seeds(members: Sequence[Member]) -> tuple[int, ...]:
    return tuple(member.seed for member in members)
