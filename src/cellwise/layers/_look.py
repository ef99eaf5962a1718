"""What the layers of a network hand on, window by window."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise._errors import ArchitectureError
from cellwise.architecture import Decoder, Encoder
from cellwise.layers._forecast import WindowSource, visit
from cellwise.layers._network import Network, build

HEAD = "head"
"""Path of the output layer."""


def layer_path(network: Network, layer: int | str) -> str:
    """Find a layer.

    Args:
        network: The network.
        layer: An index into the outermost layers with the output layer as the last (-1; so -2 is
            the last one below it), also as text, or a path such as ``encoder.layers.0``.

    Returns:
        Its path; ``head`` for the output layer.

    Raises:
        ArchitectureError: If there is no such layer; lists those there are.
    """
    paths = [*(placed.path for placed in network.chain.placed), HEAD]
    every = [
        *(p.path for p in network.chain.walk() if not isinstance(p.layer, Encoder | Decoder)),
        HEAD,
    ]
    text = str(layer)
    if text.removeprefix("-").isdigit() and -len(paths) <= int(text) < len(paths):
        text = paths[int(text)]
    if text not in every:
        raise ArchitectureError(f"layer must be one of {', '.join(every)}; got {layer!r}")
    return text


@torch.no_grad()
def look_inside(
    network: Network,
    parameters: Tensor,
    source: WindowSource,
    starts: NDArray[np.int64],
    paths: Sequence[str],
) -> dict[str, NDArray[np.float32]]:
    """Run one model over windows and keep what layers hand on.

    Args:
        network: The network.
        parameters: Its weights, ``(1, P)``.
        source: Reads the windows.
        starts: First rows of the windows, each once, ``(n,)``.
        paths: Paths of the layers, as `layer_path` gives them.

    Returns:
        For each path ``(n, T, W)``, or ``(n, W)`` from a layer that pools its steps, or that is not
        asked for all of them because one above it pools; in the network's own units.
    """
    parts: dict[str, list[NDArray[np.float32]]] = {path: [] for path in paths}
    weights, places, wide = network.layout.views(parameters), [], None
    for here in visit(network, parameters, source, starts):
        wide = wide or every_step(network, here.inputs.shape[2])
        seen = wide.layer_outputs(parameters, here.inputs, states=here.states)
        seen[HEAD] = wide.run(weights, here.inputs, states=dict(here.states))
        wanted = here.asked >= 0
        for path in paths:
            parts[path].append(seen[path][0].cpu().numpy()[wanted])
        places.append(here.asked[wanted])
        if network.stateful:
            network.run(weights, here.inputs, states=here.states)
    order = np.argsort(np.concatenate(places))
    return {path: np.concatenate(found)[order] for path, found in parts.items()}


def every_step(network: Network, num_steps: int) -> Network:
    """Build the same network so that its layers hand on all steps; itself if one pools.

    Args:
        network: The network.
        num_steps: Steps T of a window.

    Returns:
        The network, with the same weights in the same places.
    """
    if any(not placed.output.steps or placed.chains for placed in network.chain.placed):
        return network
    return build(
        network.architecture,
        input_size=network.chain.source.width,
        output_size=network.layout.slots[-1].shape[0],
        output_steps=num_steps,
        lookahead=network.lookahead,
        columns=network.columns,
    )
