"""A trained network as a folder that forecasts."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise._errors import RunError
from cellwise._files import read_tensors, write_tensors, write_text_atomically
from cellwise.architecture import Architecture
from cellwise.data import (
    ForecastTask,
    FutureWindows,
    Scaling,
    WindowReader,
    future_windows,
    to_original,
)
from cellwise.layers import Network, build_forecaster, forecast

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecasts:
    """Forecasts of one window per series.

    Attributes:
        series: Name of each series, ``(n,)``; an empty text for one unnamed series.
        times: Times of the horizon, ``(n, horizon)``; ``None`` without a time column.
        values: Forecasts in original units, ``(n, horizon)``.
        notes: What was repaired on the way.
    """

    series: tuple[str, ...]
    times: NDArray[Any] | None
    values: NDArray[np.float64]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedModel:
    """A trained network with all that forecasting needs.

    Attributes:
        architecture: What it is.
        task: What it forecasts, columns resolved.
        scaling: What it remembers of its data.
        weights: Its row of the parameter matrix, ``(1, P)``.
    """

    architecture: Architecture
    task: ForecastTask
    scaling: Scaling
    weights: Tensor

    @property
    def network(self) -> Network:
        """The network, as `layers.build` makes it."""
        scaling = self.scaling
        return build_forecaster(
            self.architecture,
            columns=scaling.columns,
            horizon=scaling.horizon,
            over_horizon=bool(scaling.known_names),
        )

    def save(self, directory: Path) -> None:
        """Write ``architecture.json``, ``weights.safetensors`` and ``scaling.json``.

        Args:
            directory: Folder to write to; made if absent.

        Raises:
            RunError: If it cannot be written.
        """  # noqa: DOC502  raised by the writers
        directory.mkdir(parents=True, exist_ok=True)
        views = self.network.layout.views(self.weights)
        write_tensors(
            directory / "weights.safetensors",
            {name: view[0].numpy() for name, view in views.items()},
            {"format": "cellwise", "architecture": str(self.architecture)},
        )
        _write_json(directory / "scaling.json", self.scaling.to_dict())
        what = {
            "schema_version": SCHEMA_VERSION,
            "text": str(self.architecture),
            "architecture": self.architecture.to_dict(),
            "task": self.task.to_dict(),
        }
        _write_json(directory / "architecture.json", what)

    @classmethod
    def load(cls, directory: Path) -> "SavedModel":
        """Read what `save` wrote.

        Args:
            directory: Folder of the model.

        Returns:
            The model.

        Raises:
            RunError: If it is absent, damaged or of a newer schema.
        """
        what = _read_json(directory / "architecture.json")
        scaling = _read_json(directory / "scaling.json")
        tensors, _ = read_tensors(directory / "weights.safetensors")
        try:
            _check_schema(directory, what["schema_version"])
            model = cls(
                architecture=Architecture.from_dict(what["architecture"]),
                task=ForecastTask.from_dict(what["task"]),
                scaling=Scaling.from_dict(scaling),
                weights=torch.zeros(0),
            )
            slots = model.network.layout.slots
            parts = [torch.from_numpy(tensors[one.name]).reshape(one.shape) for one in slots]
            row = torch.cat([part.flatten() for part in parts])
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise RunError(f"{directory} cannot be read as a Cellwise model: {error}") from error
        return replace(model, weights=row[None])

    def future_windows(self, source: Any, future: Any = None) -> FutureWindows:
        """Prepare the window behind the last known value of each series.

        Args:
            source: As for `predict`.
            future: As for `predict`.

        Returns:
            The windows, with all that lies before them if the network carries its state.

        Raises:
            DataError: If the table cannot be used.
            ColumnError: If a column is not in the table.
        """  # noqa: DOC502  raised by future_windows
        remembers = bool(self.network.stateful)
        return future_windows(source, self.task, self.scaling, future, with_history=remembers)

    def predict(self, source: Any, future: Any = None) -> Forecasts:
        """Forecast the window behind the last known value of each series.

        Args:
            source: Path or data frame with the history.
            future: Path or data frame with known covariates of the horizon, if they are not in
                trailing rows of ``source``.

        Returns:
            The forecasts.

        Raises:
            DataError: If the table cannot be used.
            ColumnError: If a column is not in the table.
        """  # noqa: DOC502  raised by future_windows
        windows, network = self.future_windows(source, future), self.network
        reader = WindowReader(windows.data)
        standardised = forecast(network, self.weights, reader, windows.starts)[0]
        return Forecasts(
            series=windows.series,
            times=windows.times,
            values=to_original(windows.data, windows.starts, standardised),
            notes=windows.notes,
        )


def _check_schema(directory: Path, version: int) -> None:
    if version > SCHEMA_VERSION:
        raise RunError(
            f"{directory} has schema version {version}, this Cellwise reads up to "
            f"{SCHEMA_VERSION}; use a newer Cellwise"
        )


def _write_json(path: Path, plain: dict[str, Any]) -> None:
    write_text_atomically(path, json.dumps(plain, indent=1) + "\n")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise RunError(f"{path} must exist, but there is no such file") from error
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read as a Cellwise model: {error}") from error
