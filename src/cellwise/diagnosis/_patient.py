"""What is examined: a trained network and windows that it reads."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise.architecture import Dense, Dropout, Norm, RecurrentLayer, place_words
from cellwise.data import ForecastData, Rows, WindowReader
from cellwise.diagnosis._linear import LinearProbe, linear_probe
from cellwise.layers import Network, every_step

Doubles = NDArray[np.float64]

# Windows that are looked at: enough for figures of two digits, few enough for seconds
MOST_WINDOWS = 256


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Windows as a network reads them, in the order of time.

    Attributes:
        inputs: ``(B, T, F)``.
        targets: What the network was to put out, in the units of its outputs, ``(B, O)``.
        last: Last value of the context in those units, ``(B,)``; ``None`` where there is none.
        names: Names of the input columns, the target first; empty for none.
        context_length: Steps before the first that is forecast.
    """

    inputs: Tensor
    targets: Tensor
    last: Tensor | None = None
    names: tuple[str, ...] = ()
    context_length: int

    @classmethod
    def of(cls, data: ForecastData, starts: Rows, most: int = MOST_WINDOWS) -> Self:
        """Read windows of a data set, evenly spread.

        Args:
            data: The data.
            starts: First rows of windows, ``(n,)``.
            most: Windows at most.

        Returns:
            The windows.
        """
        index = np.linspace(0, len(starts) - 1, min(most, len(starts))).round().astype(np.int64)
        picked = starts[index]
        reader = WindowReader(data)
        x, anchor = reader.read(picked[None])
        last = data.target[picked + data.context_length - 1]
        return cls(
            inputs=torch.from_numpy(x[0]).permute(2, 0, 1).contiguous(),
            targets=torch.from_numpy(reader.scaled_targets(picked[None], anchor)[0]),
            last=torch.from_numpy((last - anchor[0]) * np.float32(data.output_gain)),
            names=data.columns,
            context_length=data.context_length,
        )

    @property
    def input_size(self) -> float:
        """Root mean square of the inputs; about 1 where they are scaled."""
        return float(self.inputs.double().square().mean().sqrt())

    @property
    def context(self) -> Doubles:
        """Inputs up to the last step that is known, ``(B, T, F)``."""
        return np.asarray(self.inputs[:, : self.context_length].double().numpy())

    @property
    def truth(self) -> Doubles:
        """``targets`` as an array, ``(B, O)``."""
        return np.asarray(self.targets.double().numpy())

    @cached_property
    def linear(self) -> LinearProbe | None:
        """A linear method, fitted to the first of them; ``None`` where they are too few."""
        return linear_probe(self.context, self.truth)

    def column(self, index: int) -> str:
        """Return the name of an input column.

        Args:
            index: Which one.

        Returns:
            Its name, or its number.
        """
        return self.names[index] if index < len(self.names) else f"column {index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A trained network and windows that it reads.

    Attributes:
        network: The network.
        weights: Its row of the parameter matrix, ``(1, P)``.
        windows: What it reads; for a forecast, windows that it was trained on.
    """

    network: Network
    weights: Tensor
    windows: Windows

    @property
    def layer_texts(self) -> dict[str, str]:
        """Path of each layer of the outermost chain to its text form."""
        return {one.path: str(one.layer) for one in self.network.chain.placed}

    def where(self, path: str) -> str:
        """Say where a layer is.

        Args:
            path: Such as ``layers.0``.

        Returns:
            Such as ``layer 1, lstm(8)``.
        """
        return f"{place_words(path)}, {self.layer_texts[path]}"

    @property
    def goes_forward(self) -> bool:
        """Whether every layer reads the past alone, step by step, so that a pass can be cut."""
        return all(
            isinstance(layer, Dense | Dropout | Norm)
            or (isinstance(layer, RecurrentLayer) and not layer.bidirectional)
            for layer in self.network.architecture.layers
        )

    @property
    def opens_up(self) -> bool:
        """Whether every layer hands on a sequence that can be looked at step by step."""
        return all(
            isinstance(layer, Dense | Dropout | Norm | RecurrentLayer)
            for layer in self.network.architecture.layers
        )

    def outputs(self) -> Tensor:
        """Run the network.

        Returns:
            ``(B, O)``.
        """
        with torch.no_grad():
            return self.network(self.weights, self.windows.inputs[None])[0].flatten(1)

    def window_errors(self) -> Doubles:
        """Measure the network.

        Returns:
            Mean squared error of each window, ``(B,)``.
        """
        return np.asarray(np.square(self.outputs().double().numpy() - self.windows.truth).mean(1))

    @property
    def every_step(self) -> Network:
        """The same network, its last layer handing on every step."""
        return every_step(self.network, self.windows.inputs.shape[1])

    def states(self) -> dict[str, Tensor]:
        """Return what each recurrent layer hands on at every step.

        Returns:
            Path to ``(B, T, W)``.
        """
        with torch.no_grad():
            seen = self.every_step.layer_outputs(self.weights, self.windows.inputs[None])
        recurrent = {
            one.path for one in self.network.chain.placed if isinstance(one.layer, RecurrentLayer)
        }
        return {path: values[0] for path, values in seen.items() if path in recurrent}
