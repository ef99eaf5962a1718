"""A trained network with more cells, with another layer, or without its least used cells."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cellwise.data import WindowReader, prepare
from cellwise.export._model import SavedModel
from cellwise.layers import deepen_weights, prune_weights, widen_weights

# Windows that cells are watched on, evenly spread over the table
_WATCHED = 256


def widen(model: SavedModel, layer: int | str, cells: int, *, seed: int = 0) -> SavedModel:
    """Add cells to a recurrent layer; the network forecasts what it did before.

    What the new cells read is drawn as in a new network. What reads them, old cells, layers above
    and the output layer, begins at 0 and learns when the network is trained on.

    Args:
        model: The network, such as `Run.model`.
        layer: Index into the outermost layers, or a path such as ``layers.0.branches.1.layers.0``.
        cells: Cells to add, to each direction of a bidirectional layer. Of an encoder's layer
            and its counterpart in the decoder, both get them.
        seed: Seed of the new weights.

    Returns:
        The larger network.

    Raises:
        ArchitectureError: If there is no such layer, or the forecasts cannot stay the same: layer
            normalisation over the cells or above them, attention of several heads above them, dot
            attention between them, a residual layer whose two widths must be equal.

    Reference:
        Chen, Goodfellow & Shlens (2016), "Net2Net"; zeros as in Wei et al. (2016), "Network
        morphism".
    """  # noqa: DOC502  raised by widen_weights
    architecture, weights = widen_weights(model.network, model.weights, layer, cells, (seed,))
    return replace(model, architecture=architecture, weights=weights)


def deepen(model: SavedModel, at: int, *, cells: int = 0, seed: int = 0) -> SavedModel:
    """Add a recurrent layer; the network forecasts what it did before.

    Without ``cells``, the layer is ``residual``: it has as many cells as it reads values and adds what
    they give, at first 0, to what it reads. With ``cells``, it stands on top, the output layer goes on
    seeing the layers below (``to_output``), and reads the new one with weights of 0.

    Args:
        model: The network, such as `Run.model`.
        at: Index that the new layer will have among the outermost layers: 0 is below all others.
        cells: Cells of a layer on top; 0 for a residual layer.
        seed: Seed of the new weights.

    Returns:
        The deeper network.

    Raises:
        ArchitectureError: If the forecasts cannot stay the same: above a layer that pools its steps,
            or above the end of a bidirectional layer whose directions are not put side by side.
    """  # noqa: DOC502  raised by deepen_weights
    architecture, weights = deepen_weights(model.network, model.weights, at, (seed,), cells=cells)
    return replace(model, architecture=architecture, weights=weights)


def prune(model: SavedModel, layer: int | str, cells: int, source: Any = None) -> SavedModel:
    """Take the least used cells out of a recurrent layer.

    Without a table, the least used cells are those whose outgoing weights have the smallest norm
    (He et al. 2014). With one, those without which the forecasts of its windows move the least
    (Mozer & Smolensky 1989); at most 256 windows are looked at.

    Args:
        model: The network, such as `Run.model`.
        layer: Index into the outermost layers, or a path such as ``encoder.layers.0``.
        cells: Cells to take away, of each direction of a bidirectional layer.
        source: Path or data frame that the network was trained on; ``None`` to look at the weights
            alone.

    Returns:
        The smaller network. It forecasts something else, unless nothing read these cells.

    Raises:
        ArchitectureError: If there is no such layer, or what is left is no network.
        DataError: If the table cannot be used.
    """  # noqa: DOC502  raised by what this calls
    windows = None if source is None else _windows(model, source)
    architecture, weights = prune_weights(
        model.network, model.weights, layer, cells, windows=windows
    )
    return replace(model, architecture=architecture, weights=weights)


def _windows(model: SavedModel, source: Any) -> Tensor:
    """Windows of the rows before the test part, ``(n, T, F)``."""
    data = prepare(source, model.task).data
    starts = data.test.train_starts
    chosen = np.linspace(0, len(starts) - 1, min(_WATCHED, len(starts))).astype(np.int64)
    x, _ = WindowReader(data).read(starts[chosen][None])
    return torch.from_numpy(x).permute(0, 3, 1, 2)[0]
