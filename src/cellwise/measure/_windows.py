"""Windows of a data set whose targets share no row, and learning targets of one's own on them."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cellwise._errors import SettingsError
from cellwise.architecture import Architecture
from cellwise.data import ForecastData, Rows, WindowReader
from cellwise.layers import Network
from cellwise.training import Experiment, TrainingSettings

BATCH_SIZE = 64
_LEAST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Windows as the network reads them, in random order.

    Attributes:
        network: Reads them.
        inputs: ``(T, F, N)``.
        targets: What the network is to learn, in its own units, ``(N, horizon)``.
    """

    network: Network
    inputs: Tensor
    targets: Tensor


def take_windows(
    architecture: Architecture, data: ForecastData, *, most: int, seed: int
) -> Windows:
    """Take training windows of the first fold whose targets share no row.

    Args:
        architecture: The network.
        data: The data.
        most: Largest number of windows.
        seed: Seed of the order.

    Returns:
        The windows.

    Raises:
        SettingsError: If there are fewer than 8.
    """
    starts = apart(data.folds[0].train_starts, data)
    if len(starts) < _LEAST:
        raise SettingsError(
            f"the data must have at least {_LEAST} training windows whose targets share no row, "
            f"got {len(starts)}"
        )
    order = np.random.default_rng(seed).permutation(len(starts))[:most]
    reader, chosen = WindowReader(data), starts[order][None]
    x, anchor = reader.read(chosen)
    experiment = Experiment(architecture=architecture, members=(), settings=TrainingSettings())
    return Windows(
        network=experiment.network(data),
        inputs=torch.from_numpy(x[0]),
        targets=torch.from_numpy(reader.scaled_targets(chosen, anchor)[0]),
    )


def apart(starts: Rows, data: ForecastData) -> Rows:
    """Return windows of which no two have a target row in common.

    Args:
        starts: First rows of windows, ``(n,)``.
        data: Says how long the horizon is and where a series ends.

    Returns:
        As many of them as there are, in order.
    """
    kept, series, last = [], -1, 0
    for start, index in zip(starts.tolist(), data.series_of(starts).tolist(), strict=True):
        if index != series or start >= last + data.horizon:
            kept.append(start)
            series, last = index, start
    return np.array(kept, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """Targets of one's own on the same windows: the task of a cohort.

    Attributes:
        windows: The windows.
        targets: Targets of each row, ``(M, N, horizon)``.
        counts: How many of the windows each row learns, the first ones, ``(M,)``.
        enough: Share of the targets' variance whose explanation is enough; above 1 never.
    """

    windows: Windows
    targets: Tensor
    counts: Tensor
    enough: float = 2.0

    def batch(self, rows: Tensor, step: int) -> tuple[Tensor, Tensor]:
        """Return the next windows of each row, round and round, as `Task.batch`."""
        size = min(BATCH_SIZE, int(self.counts.min()))
        places = (step * size + torch.arange(size)) % self.counts[rows][:, None]  # (m, B)
        x = self.windows.inputs[:, :, places].permute(2, 0, 1, 3).contiguous()  # (m, T, F, B)
        return x.permute(0, 3, 1, 2), self.targets[rows[:, None], places]

    def losses(self, rows: Tensor, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return mean squared error of each row, ``(m,)``."""
        return (outputs.flatten(2) - targets).square().mean(dim=(1, 2))

    def solved(self, rows: Tensor, parameters: Tensor) -> Tensor:
        """Return which rows explain enough of their targets, ``(m,)``."""
        if self.enough > 1.0:
            return torch.zeros(len(rows), dtype=torch.bool)
        return self.explained(rows, parameters) >= self.enough

    @torch.no_grad()
    def fits(self, rows: Tensor, parameters: Tensor) -> Tensor:
        """Return what each row gives for every window.

        Args:
            rows: Rows, ``(m,)``.
            parameters: ``(m, P)``.

        Returns:
            ``(m, N, horizon)``.
        """
        x = self.windows.inputs.permute(2, 0, 1).expand(len(rows), -1, -1, -1)
        return self.windows.network(parameters, x).flatten(2)

    def explained(self, rows: Tensor, parameters: Tensor) -> Tensor:
        """Return the share of the variance of its targets that each row explains.

        Args:
            rows: Rows, ``(m,)``.
            parameters: ``(m, P)``.

        Returns:
            R squared on the windows that the row learns, ``(m,)``.
        """
        learnt = torch.arange(self.targets.shape[1]) < self.counts[rows][:, None]  # (m, N)
        weight = learnt[:, :, None].float()
        truth, total = self.targets[rows], weight.sum(1, keepdim=True)
        mean = (truth * weight).sum(1, keepdim=True) / total
        left = ((truth - self.fits(rows, parameters)).square() * weight).sum(dim=(1, 2))
        return 1.0 - left / ((truth - mean).square() * weight).sum(dim=(1, 2)).clamp_min(1e-30)
