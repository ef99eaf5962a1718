"""What layers hand on while a network trains, epoch by epoch, on disk."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise._errors import RunError
from cellwise._files import read_tensors, write_tensors
from cellwise.data import Rows
from cellwise.layers import layer_path, look_inside
from cellwise.training._cohort import Cohort

# Windows that are looked at, and bytes of all epochs of a layer that they are fewer for
WATCHED, MOST_BYTES = 32, 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Activations:
    """What a layer handed on, epoch by epoch.

    Attributes:
        layer: Its path.
        epochs: Epochs trained before, 0 for the first weights, ``(E,)``.
        starts: First rows of the windows among the rows of the table, series by series, ``(n,)``.
        values: In the network's own units, ``(E, n, T, W)``, or ``(E, n, W)`` from a layer that
            hands on one vector.
    """

    layer: str
    epochs: NDArray[np.int64]
    starts: Rows
    values: NDArray[np.float32]


class Watcher:
    """Writes what layers hand on to a file for each epoch.

    Of the first member, on windows spread evenly over the last fold's validation windows: as many
    as keep a layer below 64 MB over all epochs, 32 at most and 1 at least. A file is a function of
    the weights alone and replaced in one step, so that a training that is stopped and goes on
    leaves the same files.

    Args:
        cohort: What trains.
        directory: Where the files are written; those of another training are removed.
        key: Name of the training.
    """

    def __init__(self, cohort: Cohort, directory: Path, key: str) -> None:
        self._cohort, self._directory, self._key = cohort, directory, key
        network = cohort.network
        self._paths = sorted({layer_path(network, one) for one in cohort.experiment.watch})
        found = cohort.reader.data.folds[-1].val_starts
        first = self._look(torch.zeros(1, network.num_parameters), found[:1])
        largest = max(values.nbytes for values in first.values())
        count = max(1, min(WATCHED, len(found), MOST_BYTES // (largest * (cohort.last_epoch + 1))))
        self._starts = found[np.linspace(0, len(found) - 1, count).round().astype(np.int64)]
        for path in _files(directory):
            if _key(path) != key:
                path.unlink()

    def write(self) -> None:
        """Write what the layers hand on now; nothing if the first member has ended."""
        cohort = self._cohort
        if 0 not in cohort.active:
            return
        row = cohort.active.index(0)
        seen = self._look(cohort.parameters[row : row + 1], self._starts)
        path = self._directory / f"epoch-{cohort.epoch:04d}.safetensors"
        metadata = {"key": self._key, "epoch": str(cohort.epoch), "paths": json.dumps(self._paths)}
        write_tensors(path, {**seen, "starts": self._starts}, metadata)

    def _look(self, parameters: Tensor, starts: Rows) -> dict[str, NDArray[np.float32]]:
        cohort = self._cohort
        return look_inside(cohort.network, parameters, cohort.reader, starts, self._paths)


def read_activations(directory: Path, layer: str) -> Activations:
    """Read what a layer handed on.

    Args:
        directory: Where a `Watcher` wrote.
        layer: Path of the layer.

    Returns:
        All epochs.

    Raises:
        RunError: If nothing was written of that layer, or a file is damaged.
    """
    values, epochs, starts, known = [], [], np.zeros(0, np.int64), "none"
    for path in _files(directory):
        tensors, metadata = read_tensors(path)
        known = ", ".join(json.loads(metadata["paths"]))
        if layer in tensors:
            values.append(tensors[layer])
            epochs.append(int(metadata["epoch"]))
            starts = tensors["starts"]
    if not values:
        raise RunError(
            f"{directory} must hold activations of {layer}, but has {known}; "
            "fit with --save-activations LAYER"
        )
    return Activations(layer=layer, epochs=np.array(epochs), starts=starts, values=np.stack(values))


def _files(directory: Path) -> list[Path]:
    return sorted(directory.glob("epoch-*.safetensors"))


def _key(path: Path) -> str:
    try:
        return read_tensors(path)[1].get("key", "")
    except RunError:  # half of it: written by another program
        return ""
