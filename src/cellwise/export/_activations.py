"""What the layers of a trained network put out for a table."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise._errors import ArchitectureError
from cellwise.data import WindowReader, future_windows
from cellwise.export._model import SavedModel
from cellwise.layers import Network, build


@torch.no_grad()
def layer_outputs(
    model: SavedModel, source: Any, layer: int | str = -2, future: Any = None
) -> NDArray[np.float32]:
    """Run a network over the window behind the last known value of each series, and look inside.

    Args:
        model: The network.
        source: Path or data frame with the history.
        layer: Which layer: an index into the outermost layers with the output layer as the last
            (-1; so -2 is the last one below it), or a path such as ``encoder.layers.0``.
        future: Path or data frame with known covariates of the horizon, if they are not in
            trailing rows of ``source``.

    Returns:
        ``(n, T, W)`` for n series, or ``(n, W)`` from a layer that pools its steps, or that is not
        asked for all of them because one above it pools; in the network's own units.

    Raises:
        ArchitectureError: If there is no such layer.
        DataError: If the table cannot be used.
    """  # noqa: DOC503  one is raised by future_windows
    windows = future_windows(source, model.task, model.scaling, future)
    x, _ = WindowReader(windows.data).read(windows.starts[None])
    inputs = torch.from_numpy(x).permute(0, 3, 1, 2)  # (1, n, T, F)
    network = _at_every_step(model, inputs)
    if layer in (-1, "head"):
        return network(model.weights, inputs)[0].numpy()
    found = network.layer_outputs(model.weights, inputs)
    path = layer if isinstance(layer, str) else _path(network, layer)
    if path not in found:
        raise ArchitectureError(f"layer must be one of {', '.join(found)}, head; got {layer!r}")
    return found[path][0].numpy()


def _path(network: Network, index: int) -> str:
    """Path of an outermost layer, the output layer counted as well."""
    paths = [*(placed.path for placed in network.chain.placed), "head"]
    return paths[index] if -len(paths) <= index < len(paths) else ""


def _at_every_step(model: SavedModel, inputs: Tensor) -> Network:
    """The network whose layers hand on all steps, which has the same weights; itself if one pools."""
    own = model.network
    if any(not placed.output.steps or placed.chains for placed in own.chain.placed):
        return own
    return build(
        model.architecture,
        input_size=inputs.shape[-1],
        output_size=own.layout.slots[-1].shape[0],
        output_steps=inputs.shape[2],
        columns=model.scaling.columns,
    )
