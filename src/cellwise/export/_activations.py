"""What the layers of a trained network put out for a table."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from cellwise._errors import ArchitectureError
from cellwise.data import WindowReader
from cellwise.export._model import SavedModel
from cellwise.layers import Network, build, visit


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
    """  # noqa: DOC503  one is raised by the reader of tables
    windows = model.future_windows(source, future)
    network = _at_every_step(model, windows.data.num_steps)
    weights, path = network.layout.views(model.weights), _path(network, layer)
    parts, places = [], []
    for here in visit(network, 1, WindowReader(windows.data), windows.starts):
        seen = network.layer_outputs(model.weights, here.inputs, states=here.states)
        if path not in (*seen, "head"):
            raise ArchitectureError(f"layer must be one of {', '.join(seen)}, head; got {layer!r}")
        seen["head"] = network.run(weights, here.inputs, states=here.states)
        wanted = here.asked >= 0
        parts.append(seen[path][0].numpy()[wanted])
        places.append(here.asked[wanted])
    return np.concatenate(parts)[np.argsort(np.concatenate(places))]


def _path(network: Network, index: int | str) -> str:
    """Path of an outermost layer, the output layer counted as well."""
    if isinstance(index, str):
        return index
    paths = [*(placed.path for placed in network.chain.placed), "head"]
    return paths[index] if -len(paths) <= index < len(paths) else ""


def _at_every_step(model: SavedModel, num_steps: int) -> Network:
    """The network whose layers hand on all steps, which has the same weights; itself if one pools."""
    own = model.network
    if any(not placed.output.steps or placed.chains for placed in own.chain.placed):
        return own
    return build(
        model.architecture,
        input_size=len(model.scaling.columns),
        output_size=own.layout.slots[-1].shape[0],
        output_steps=num_steps,
        lookahead=own.lookahead,
        columns=model.scaling.columns,
    )
