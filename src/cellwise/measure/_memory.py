"""Linear memory capacity: how much of the past a line through the state gives back."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cellwise.architecture import Architecture
from cellwise.layers import Network, build
from cellwise.measure._effort import Effort
from cellwise.measure._fit import fit_rows
from cellwise.measure._measurement import Experiment, Measurement, Spent, spread
from cellwise.measure._plan import best_of_seeds, members_of, plan_of, rows_of, sources_of

Doubles = NDArray[np.float64]

SCALES = (0.1, 0.3, 1.0)
"""Sizes of the input: a state that is driven less is closer to linear."""

BATCH_SIZE = 32
_LEAST_SAMPLES, _SAMPLES_PER_CELL = 2000, 100
_TEST_SEED = 1_000_003
EXPERIMENT = Experiment(
    kind="memory",
    unit="past inputs",
    protocol=(
        "independent numbers, even from -1 to 1 times a scale, one a step; trained to give the last n of "
        "them at each step, n the cells of the last layer; then the sum over lags 0 to 2n of the squared "
        "correlation between the number then and its best line through the state of the last layer, "
        "fitted on one half of a fresh series and measured on the other, less what chance gives"
    ),
    source="Jaeger 2001: at most as many as there are cells, for independent inputs",
)


def memory_capacity(inputs: Doubles, states: Doubles, num_lags: int) -> Doubles:
    """Return how well each past input can be read from the state by a line.

    A line per lag is fitted on the first half of the series; the squared correlation is that on the
    second half, less 1/N, what chance gives for N steps, and at least 0. Measured; the definition,
    and the theorem that the sum is at most n for independent inputs, are from memory.

    Args:
        inputs: Inputs u, ``(N,)``.
        states: States, ``(N, n)``.
        num_lags: Lags 0 to ``num_lags`` - 1 are measured.

    Returns:
        MC of each lag, from 0 to 1, ``(num_lags,)``; for independent inputs their sum is at most n.

    Reference:
        Jaeger (2001), "Short term memory in echo state networks", GMD report 152.

    Example:
        >>> u = np.random.default_rng(0).uniform(-1, 1, 4000)
        >>> delays = np.stack([np.roll(u, k) for k in range(5)], axis=1)
        >>> memory_capacity(u, delays, 8).round(2).tolist()
        [1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    """
    known = states[num_lags:]
    design = np.column_stack([known, np.ones(len(known))])
    lags = np.arange(num_lags)
    past = inputs[np.arange(num_lags, len(inputs))[:, None] - lags]  # (N - num_lags, num_lags)
    half = len(design) // 2
    lines = np.linalg.lstsq(design[:half], past[:half], rcond=1e-7)[0]
    return _squared_correlations(design[half:] @ lines, past[half:])


def _squared_correlations(read: Doubles, truth: Doubles) -> Doubles:
    read, truth = read - read.mean(axis=0), truth - truth.mean(axis=0)
    products = (read * truth).sum(axis=0) ** 2
    sizes = (read**2).sum(axis=0) * (truth**2).sum(axis=0)
    found = np.divide(products, sizes, out=np.zeros_like(sizes), where=sizes > 0)
    return np.asarray(np.maximum(0.0, found - 1.0 / len(truth)))


@dataclass(frozen=True, slots=True, kw_only=True)
class LastInputs:
    """The last inputs, to be given at each step: the task of a cohort, a scale per row.

    Attributes:
        network: Reads one number a step and gives n at each of the last ``output_steps``.
        num_lags: Numbers n that are given at a step.
        scales: Size of each row's inputs, ``(M,)``.
        sources: Where each row draws its inputs from.
    """

    network: Network
    num_lags: int
    scales: Tensor
    sources: tuple[torch.Generator, ...]

    def batch(self, rows: Tensor, step: int) -> tuple[Tensor, Tensor]:
        """Return fresh series, and the last n at each step that is read, ``(m, B, S, n)``."""
        length = self.network.output_steps + self.num_lags
        drawn = [
            torch.rand(length, BATCH_SIZE, generator=self.sources[row]) * 2.0 - 1.0
            for row in rows.tolist()
        ]
        numbers = torch.stack(drawn)  # (m, T, B)
        x = (numbers * self.scales[rows][:, None, None])[:, :, None]
        places = torch.arange(self.num_lags, length)[:, None] - torch.arange(self.num_lags)
        return x.permute(0, 3, 1, 2), numbers.permute(0, 2, 1)[:, :, places]

    def losses(self, rows: Tensor, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return mean squared error of each row, as a share of the variance, ``(m,)``."""
        return 3.0 * (outputs - targets).square().mean(dim=(1, 2, 3))

    def solved(self, rows: Tensor, parameters: Tensor) -> Tensor:
        """Return none of them: the more exact, the more it remembers."""
        return torch.zeros(len(rows), dtype=torch.bool)


def measure_memory(architecture: Architecture, effort: Effort) -> Measurement:
    """Measure the linear memory capacity of a network, before and after it learnt to remember.

    Measured, a lower bound; the definition is from memory.

    Args:
        architecture: The network.
        effort: Limits.

    Returns:
        Capacity after training, a value per seed; that of the first weights is in the rows.

    Reference:
        Jaeger (2001), "Short term memory in echo state networks", GMD report 152.
    """
    cells = architecture.hidden_sizes[-1]
    plan = plan_of(effort, SCALES)
    network = build(architecture, input_size=1, output_size=cells, output_steps=cells + 10)
    task = LastInputs(
        network=network,
        num_lags=cells,
        scales=torch.tensor([scale for scale, _, _ in plan]),
        sources=sources_of(plan),
    )
    fitted = fit_rows(network, members_of(plan), task, effort)
    before = network.initial_parameters(tuple(seed for *_, seed in plan))
    untrained = _capacities(network, before, task.scales)
    trained = _capacities(network, fitted.parameters, task.scales)
    rows = rows_of(plan, ["scale"], untrained=untrained, trained=trained)
    best = best_of_seeds(rows, effort, lambda row: max(row["trained"], row["untrained"]))
    return EXPERIMENT.found(
        architecture,
        best,
        num_parameters=network.num_parameters,
        sentence=_sentence(architecture, best, max(untrained), cells),
        rows=rows,
        spent=Spent.of([fitted], effort),
    )


@torch.no_grad()
def _capacities(network: Network, parameters: Tensor, scales: Tensor) -> list[float]:
    """Sum of the memory capacity over lags of each row."""
    last = f"layers.{len(network.architecture.layers) - 1}"
    cells = network.architecture.hidden_sizes[-1]
    count = max(_LEAST_SAMPLES, _SAMPLES_PER_CELL * cells)
    fresh = np.random.default_rng(_TEST_SEED).uniform(-1.0, 1.0, count)
    series = torch.from_numpy(fresh).float()
    found = []
    for row, scale in zip(parameters, scales, strict=True):
        states = network.layer_outputs(row[None], (series * scale)[None, None, :, None])[last]
        lags = memory_capacity(fresh, states[0, 0].double().numpy(), 2 * cells + 1)
        found.append(float(lags.sum()))
    return found


def _sentence(
    architecture: Architecture, best: tuple[float, ...], untrained: float, cells: int
) -> str:
    mean, deviation = spread(best)
    return (
        f"A line through the {cells} cells of the last layer of {architecture} gives back at least "
        f"{max(best):.1f} past inputs (mean of {len(best)} seeds {mean:.1f}, standard deviation "
        f"{deviation:.1f}); with its first weights {untrained:.1f}; no network of {cells} cells can "
        f"give more than {cells}."
    )
