"""A stack of recurrent layers with the member axis, as a function of its parameter matrix."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from cellwise.architecture import Architecture
from cellwise.kernels import NUM_STATES, Backend, choose_kernel
from cellwise.layers._initial import initial_parameters
from cellwise.layers._layout import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropout:
    """Dropout for one forward pass of a cohort.

    Attributes:
        rates: Rate of each member and layer, ``(M, L)``.
        generators: A source of masks per member, so that a member's masks do not depend on its
            neighbours.
    """

    rates: Tensor
    generators: Sequence[torch.Generator]

    def __call__(self, values: Tensor, layer: int) -> Tensor:
        """Zero values at random and scale up the rest.

        Args:
            values: Outputs of a layer, ``(M, B, ..., H)``.
            layer: Index of the layer.

        Returns:
            Values of the same shape and mean.
        """
        keep = (1.0 - self.rates[:, layer]).view(-1, *[1] * (values.dim() - 1))
        draws = [torch.rand(values.shape[1:], generator=g) for g in self.generators]
        return torch.where(torch.stack(draws) < keep, values / keep, torch.zeros(()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What `build` makes of an architecture: a function from ``(M, P)`` and windows to outputs.

    Attributes:
        architecture: What the network is.
        layout: Where each weight lies in a row of the parameter matrix.
        output_steps: Steps at the end of the sequence that the output layer reads, one after the
            other; 0 reads the final state once.
        backend: Kernels to run on.
    """

    architecture: Architecture
    layout: Layout
    output_steps: int = 0
    backend: Backend = "auto"

    @property
    def num_parameters(self) -> int:
        """Weights of one model, P."""
        return self.layout.num_parameters

    def initial_parameters(self, seeds: tuple[int, ...]) -> Tensor:
        """Draw the first weights.

        Args:
            seeds: A seed per model.

        Returns:
            Parameter matrix, ``(M, P)``.
        """
        return initial_parameters(self.layout, seeds)

    def __call__(self, parameters: Tensor, x: Tensor, dropout: Dropout | None = None) -> Tensor:
        """Run M models over their windows.

        Args:
            parameters: ``(M, P)``, a row is a model.
            x: Input sequence of each model, ``(M, B, T, F)``.
            dropout: Rates and masks; ``None`` outside training.

        Returns:
            ``(M, B, O)`` from the final state, or ``(M, B, S, O)`` from each of the last S =
            ``output_steps`` steps.
        """
        weights = self.layout.views(parameters)
        seen, values = [], x
        for index in range(self.architecture.num_layers):
            sequence, final = self._layer(index, weights, values)
            values = sequence if dropout is None else dropout(sequence, index)
            if index in self.architecture.output_layers:
                seen.append(self._tap(values, final, dropout is None))
        read = torch.cat(seen, dim=-1)  # (M, B, [S,] W)
        flat = read.flatten(1, -2)  # (M, B S, W)
        out = torch.baddbmm(
            weights["head.bias"][:, None], flat, weights["head.weight"].transpose(1, 2)
        )
        return out.view(*read.shape[:-1], -1)

    def _layer(self, index: int, weights: dict[str, Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
        layer = self.architecture.layers[index]
        prefix = f"layers.{index}."
        own = [tensor for name, tensor in weights.items() if name.startswith(prefix)]
        zeros = x.new_zeros(x.shape[0], x.shape[1], layer.hidden_size)
        kernel = choose_kernel(layer.cell, self.backend)
        y, state = kernel(x, (zeros,) * NUM_STATES[layer.cell], *own)
        return y, state[0]

    def _tap(self, sequence: Tensor, final: Tensor, plain: bool) -> Tensor:
        if self.output_steps:
            return sequence[:, :, -self.output_steps :]
        # the final state spares a gradient over the whole sequence where no mask lies between
        return final if plain else sequence[:, :, -1]


def build(
    architecture: Architecture,
    *,
    input_size: int,
    output_size: int,
    output_steps: int = 0,
    backend: Backend = "auto",
) -> Network:
    """Build the network of an architecture.

    Args:
        architecture: What the network is.
        input_size: Input features F.
        output_size: Outputs O of the output layer.
        output_steps: Steps at the end that the output layer reads; 0 reads the final state once.
        backend: Kernels to run on.

    Returns:
        The network; it holds no weights.

    Example:
        >>> net = build(Architecture.parse("lstm(3)"), input_size=2, output_size=1)
        >>> tuple(net(net.initial_parameters((0, 1)), torch.zeros(2, 5, 7, 2)).shape)
        (2, 5, 1)
    """
    layout = Layout.of(architecture, input_size=input_size, output_size=output_size)
    return Network(
        architecture=architecture, layout=layout, output_steps=output_steps, backend=backend
    )
