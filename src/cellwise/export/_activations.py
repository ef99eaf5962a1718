"""What the layers of a trained network put out for a table."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cellwise.data import WindowReader
from cellwise.export._model import SavedModel
from cellwise.layers import layer_path, look_inside


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
    """  # noqa: DOC502  raised by what this calls
    network = model.network
    path = layer_path(network, layer)
    windows = model.future_windows(source, future)
    reader = WindowReader(windows.data)
    return look_inside(network, model.weights, reader, windows.starts, [path])[path]
