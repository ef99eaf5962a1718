"""Data whose right answer is known: a teacher LSTM, pure noise, a random walk."""

import math

import numpy as np
import torch
from numpy.typing import NDArray

from cellwise.kernels import choose_kernel

# Teachers are drawn until every cell matters by at least this share of the signal's variance
_LEAST_SHARE = 0.02


def teacher_table(
    cells: int, *, rows: int, noise: float, seed: int
) -> dict[str, NDArray[np.float64]]:
    """Make a target that a teacher LSTM computes from two random inputs, plus noise.

    Args:
        cells: Cells of the teacher.
        rows: Length of the series.
        noise: Standard deviation of the noise in units of the signal's.
        seed: Seed of teacher, inputs and noise.

    Returns:
        Columns ``u``, ``v`` (the inputs, autocorrelated) and ``y``; ``y`` at a row depends on the
        inputs up to and including that row.
    """
    generator = torch.Generator().manual_seed(seed)
    inputs = _smooth(torch.randn(rows, 2, generator=generator))
    signal = _signal(inputs, cells, generator)
    signal = (signal - signal.mean()) / signal.std()
    y = signal + noise * torch.randn(rows, generator=generator)
    values = {"u": inputs[:, 0], "v": inputs[:, 1], "y": y}
    return {name: value.double().numpy() for name, value in values.items()}


def noise_table(rows: int, *, seed: int, walk: bool = False) -> dict[str, NDArray[np.float64]]:
    """Make a column ``y`` of independent normal values, or of their running sum.

    Args:
        rows: Length of the series.
        seed: Seed.
        walk: Whether it is a random walk.

    Returns:
        The column.
    """
    values = np.random.default_rng(seed).standard_normal(rows)
    return {"y": values.cumsum() if walk else values}


def _smooth(values: torch.Tensor, decay: float = 0.5) -> torch.Tensor:
    smoothed = torch.zeros_like(values)
    for t in range(1, len(values)):
        smoothed[t] = decay * smoothed[t - 1] + math.sqrt(1 - decay**2) * values[t]
    return smoothed


def _signal(inputs: torch.Tensor, cells: int, generator: torch.Generator) -> torch.Tensor:
    """Sum of the teacher's cells; redrawn until none of them is idle or a copy of the others."""
    kernel = choose_kernel("lstm")
    zeros = torch.zeros(1, 1, cells)
    for _ in range(1000):
        weight_ih = torch.randn(1, 4 * cells, 2, generator=generator)
        weight_hh = torch.randn(1, 4 * cells, cells, generator=generator) / math.sqrt(cells)
        bias = torch.randn(1, 4 * cells, generator=generator)
        y, _ = kernel(inputs[None, None], (zeros, zeros), weight_ih, weight_hh, bias)
        hidden = y[0, 0].double()
        hidden = (hidden - hidden.mean(0)) / hidden.std(0).clamp_min(1e-9)
        values = torch.linalg.eigvalsh(hidden.T @ hidden / len(hidden))
        if values[0] > _LEAST_SHARE * cells:
            break
    signs = torch.where(torch.rand(cells, generator=generator) < 0.5, -1.0, 1.0).double()
    return torch.as_tensor((hidden @ signs).float())
