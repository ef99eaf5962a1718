"""Running trained members over windows."""

from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise.layers._network import Network

# Windows of one forward pass: enough to fill the machine, few enough to stay in cache
CHUNK = 512


class WindowSource(Protocol):
    """Reads windows; `data.WindowReader` is one."""

    def read(self, starts: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return inputs ``(M, T, F, B)`` and anchors ``(M, B)`` of windows ``(M, B)``."""
        ...

    def forecasts(self, outputs: NDArray[Any], anchor: NDArray[Any]) -> NDArray[Any]:
        """Turn outputs ``(M, B, horizon)`` into forecasts in standardised units."""
        ...


def run_windows(network: Network, parameters: Tensor, x: NDArray[Any]) -> Tensor:
    """Run models over gathered windows.

    Args:
        network: The network.
        parameters: ``(M, P)``.
        x: Inputs, ``(M, T, F, B)`` or ``(1, T, F, B)`` for windows that all models share.

    Returns:
        Outputs, ``(M, B, horizon)``.
    """
    windows = torch.from_numpy(x).permute(0, 3, 1, 2)  # (M, B, T, F)
    windows = windows.expand(parameters.shape[0], -1, -1, -1)
    return network(parameters, windows).flatten(2)


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
        Forecasts in standardised units, ``(M, n, horizon)``.
    """
    parts = []
    for first in range(0, len(starts), CHUNK):
        x, anchor = source.read(starts[None, first : first + CHUNK])
        outputs = run_windows(network, parameters, x).numpy()
        parts.append(source.forecasts(outputs, anchor))
    return np.concatenate(parts, axis=1)
