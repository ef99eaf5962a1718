"""Running trained members over windows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise.kernels import State
from cellwise.layers._network import Network

# Windows of one forward pass: enough to fill the machine, few enough to stay in cache
CHUNK = 512


class Histories(Protocol):
    """Windows that lead to windows; `data.Histories` says what the fields are."""

    @property
    def starts(self) -> NDArray[np.int64]:
        """First rows of the windows, ``(R, K)``, longest history first."""
        ...

    @property
    def asked(self) -> NDArray[np.int64]:
        """Which of the windows asked for each one is, ``(R, K)``."""
        ...


class WindowSource(Protocol):
    """Reads windows; `data.WindowReader` is one."""

    def read(self, starts: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return inputs ``(M, T, F, B)`` and anchors ``(M, B)`` of windows ``(M, B)``."""
        ...

    def histories(self, starts: NDArray[np.int64]) -> Histories:
        """Return the windows that lead to different windows ``(n,)``, for a network that remembers."""
        ...

    def forecasts(self, outputs: NDArray[Any], anchor: NDArray[Any]) -> NDArray[Any]:
        """Turn outputs ``(M, B, horizon)`` into forecasts in standardised units."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Windows on the way through many.

    Attributes:
        asked: Which of the windows asked for each one is, ``(n,)``; -1 for one that is only read
            for the state that it leaves.
        inputs: What the models read, ``(M, n, T, F)``.
        anchor: Anchors of the windows, ``(1, n)``.
        states: States that the models go on from, to be replaced by `Network.run`.
    """

    asked: NDArray[np.int64]
    inputs: Tensor
    anchor: NDArray[Any]
    states: dict[str, State]


def visit(
    network: Network, parameters: Tensor, source: WindowSource, starts: NDArray[np.int64]
) -> Iterator[Visit]:
    """Go through windows in pieces; where a network carries its state, through all before them.

    Args:
        network: The network.
        parameters: Models that read the same windows, ``(M, P)``.
        source: Reads the windows.
        starts: First rows of the windows asked for, each once, ``(n,)``.

    Yields:
        Visit: The windows of one pass.
    """
    for begins, asked, states in _passes(network, source, starts):
        x, anchor = source.read(begins[None])
        windows = torch.from_numpy(x).to(parameters.device).permute(0, 3, 1, 2)  # (1, n, T, F)
        yield Visit(
            asked=asked,
            inputs=windows.expand(len(parameters), -1, -1, -1),
            anchor=anchor,
            states=states,
        )


@torch.no_grad()
def forecast(
    network: Network, parameters: Tensor, source: WindowSource, starts: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Forecast windows with every model.

    Args:
        network: The network.
        parameters: ``(M, P)``.
        source: Reads the windows.
        starts: First rows of the windows, ``(n,)``.

    Returns:
        Forecasts in standardised units, ``(M, n, horizon)``. A network that carries its state has
        read all windows of the series that lead to each one.
    """
    weights = network.layout.views(parameters)
    unique, again = np.unique(starts, return_inverse=True)
    found: list[NDArray[np.float32]] = []
    places = []
    for here in visit(network, parameters, source, unique):
        outputs = network.run(weights, here.inputs, states=here.states).flatten(2).cpu().numpy()
        wanted = here.asked >= 0
        found.append(source.forecasts(outputs, here.anchor)[:, wanted])
        places.append(here.asked[wanted])
    order = np.argsort(np.concatenate(places))
    return np.concatenate(found, axis=1)[:, order[again]]


def _passes(
    network: Network, source: WindowSource, starts: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], dict[str, State]]]:
    """First rows of the windows of each pass, which of those asked for they are, and states."""
    if not network.stateful:
        for first in range(0, len(starts), CHUNK):
            piece = starts[first : first + CHUNK]
            yield piece, first + np.arange(len(piece)), {}
        return
    walk = source.histories(starts)
    for first in range(0, len(walk.starts), CHUNK):
        states: dict[str, State] = {}
        rows = slice(first, first + CHUNK)
        for begins, asked in zip(walk.starts[rows].T, walk.asked[rows].T, strict=True):
            count = int((begins >= 0).sum())  # the longest histories come first
            if not count:
                break
            for path, state in states.items():
                states[path] = tuple(one[:, :count] for one in state)
            yield begins[:count], asked[:count], states
