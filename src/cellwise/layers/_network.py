"""A stack of recurrent layers with the member axis, as a function of its parameter matrix."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from cellwise.architecture import Architecture
from cellwise.kernels import NUM_STATES, Backend, State, choose_kernel
from cellwise.layers._initial import initial_parameters
from cellwise.layers._layout import Layout

# Steps of a forward pass at a time where no gradient is wanted
CHUNK_STEPS = 64


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
        draws = torch.stack([torch.rand(_reversed(values), generator=g) for g in self.generators])
        kept = draws.permute(0, *range(values.dim() - 1, 0, -1)) < keep
        return torch.where(kept, values / keep, torch.zeros(()))


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
        return self.run(self.layout.views(parameters), x, dropout)

    def run(self, weights: dict[str, Tensor], x: Tensor, dropout: Dropout | None = None) -> Tensor:
        """Run M models over their windows, with weights that are apart.

        Args:
            weights: As `Layout.views` gives them.
            x: Input sequence of each model, ``(M, B, T, F)``.
            dropout: Rates and masks; ``None`` outside training.

        Returns:
            As a call.
        """
        states = self._zero_states(x)
        if torch.is_grad_enabled() or x.shape[2] <= CHUNK_STEPS:
            seen = self._walk(weights, x, states, dropout)
        else:  # only what is read at the end is kept: memory does not grow with T
            tail = max(self.output_steps, 1)
            head = x.shape[2] - tail
            for first in range(0, head, CHUNK_STEPS):
                chunk = x[:, :, first : min(first + CHUNK_STEPS, head)]
                self._walk(weights, chunk, states, dropout)
            seen = self._walk(weights, x[:, :, head:], states, dropout)
        return self._head(weights, seen)

    def _walk(
        self,
        weights: dict[str, Tensor],
        x: Tensor,
        states: list[State],
        dropout: Dropout | None,
    ) -> Tensor:
        """Run the layers; replaces the states and returns what the output layer reads."""
        seen, values = [], x
        for index in range(self.architecture.num_layers):
            values, states[index] = self._layer(index, weights, values, states[index])
            if dropout is not None:
                values = dropout(values, index)
            if index in self.architecture.output_layers:
                seen.append(self._tap(values, states[index][0], dropout is None))
        return seen[0] if len(seen) == 1 else torch.cat(seen, dim=-1)

    def _layer(
        self, index: int, weights: dict[str, Tensor], x: Tensor, state: State
    ) -> tuple[Tensor, State]:
        prefix = f"layers.{index}."
        own = [tensor for name, tensor in weights.items() if name.startswith(prefix)]
        kernel = choose_kernel(self.architecture.layers[index].cell, self.backend)
        return kernel(x, state, *own)

    def _zero_states(self, x: Tensor) -> list[State]:
        zero = x.new_zeros(())
        return [
            (zero.expand(x.shape[0], x.shape[1], layer.hidden_size),) * NUM_STATES[layer.cell]
            for layer in self.architecture.layers
        ]

    def _tap(self, sequence: Tensor, final: Tensor, plain: bool) -> Tensor:
        if self.output_steps:
            # in the order of memory, so that the gradient comes back in it
            return sequence.permute(0, 2, 3, 1)[:, -self.output_steps :].permute(0, 3, 1, 2)
        # the final state spares a gradient over the whole sequence where no mask lies between
        return final if plain else sequence[:, :, -1]

    def _head(self, weights: dict[str, Tensor], seen: Tensor) -> Tensor:
        """The output layer on ``(M, B, [S,] W)``, the rows of the batch side by side."""
        width_by_batch = seen.movedim(1, -1)  # (M, [S,] W, B)
        weight, bias = weights["head.weight"], weights["head.bias"]
        if self.output_steps:
            weight, bias = weight[:, None], bias[:, None]
        return (weight @ width_by_batch + bias[..., None]).movedim(-1, 1)


def _reversed(values: Tensor) -> tuple[int, ...]:
    """Shape of one member's values as the kernels lay them: the rows of the batch last."""
    return tuple(reversed(values.shape[1:]))


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
