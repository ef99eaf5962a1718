"""What a linear method finds in the same windows: the yardstick of the doctor."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

# First part of the windows is fitted, the rest is forecast
_FITTED = 0.6
_FEWEST = 20
_PENALTIES = 10.0 ** np.arange(-4, 4)
FEW_WINDOWS = "fewer than 34 windows"
"""Why nothing is said where `linear_probe` has too few."""

# A lag is needed if without it the error is this much higher
_NEEDED = 1.05


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearProbe:
    """A ridge regression on windows that it was not fitted to.

    Attributes:
        window_errors: Its mean squared error on each window, ``(n,)``.
        baseline: The lower one of two errors: of the mean of the fitted targets, and of 0.
        held_out: Indices of the windows that these are of, ``(n,)``.
    """

    window_errors: Doubles
    baseline: float
    held_out: NDArray[np.int64]

    @property
    def error(self) -> float:
        """Mean squared error over all windows."""
        return float(self.window_errors.mean())

    @property
    def skill(self) -> float:
        """``1 - error / baseline``: 0 where there is nothing that a linear method finds."""
        return 1.0 - self.error / self.baseline if self.baseline > 0 else 0.0


def linear_probe(inputs: Doubles, targets: Doubles) -> LinearProbe | None:
    """Fit a ridge regression to the first windows and forecast the others.

    Its penalty is the best of eight by the error of leaving one window out.

    Args:
        inputs: What it reads, ``(B, ...)``, in the order of time.
        targets: What it forecasts, ``(B, O)``.

    Returns:
        Its error; ``None`` with fewer than 20 windows to fit or 10 to forecast.

    Reference:
        Hoerl & Kennard (1970); Golub, Heath & Wahba (1979) for the shortcut of leaving one out.
    """
    count = len(inputs)
    stop = int(_FITTED * count)
    held_out = np.arange(stop, count)
    if stop < _FEWEST or len(held_out) < _FEWEST // 2:
        return None
    flat = inputs.reshape(count, -1).astype(np.float64)
    center, mean = flat[:stop].mean(axis=0), targets[:stop].mean(axis=0)
    fitted, left = flat[:stop] - center, flat[held_out] - center
    truth = targets[held_out]
    forecast = _ridge(fitted, targets[:stop] - mean, left) + mean
    return LinearProbe(
        window_errors=np.square(forecast - truth).mean(axis=1),
        baseline=min(_mean_square(truth - mean), _mean_square(truth)),
        held_out=held_out,
    )


def needed_lags(inputs: Doubles, targets: Doubles) -> int:
    """Find how many past steps a linear method needs.

    Args:
        inputs: ``(B, T, F)``, the last step being the last one known.
        targets: ``(B, O)``.

    Returns:
        The fewest last steps, a power of 2 or T, whose error is within 5 % of the lowest; 0 with
        too few windows or where nothing is found.
    """
    steps = inputs.shape[1]
    lengths = sorted({*(2**k for k in range(steps.bit_length()) if 2**k <= steps), steps})
    probes = ((k, linear_probe(inputs[:, steps - k :], targets)) for k in lengths)
    found = {k: probe for k, probe in probes if probe is not None}
    if all(probe.skill < 1 - 1 / _NEEDED for probe in found.values()):
        return 0
    lowest = min(probe.error for probe in found.values())
    return int(min(k for k, probe in found.items() if probe.error <= _NEEDED * lowest))


def _ridge(x: Doubles, y: Doubles, new: Doubles) -> Doubles:
    """Forecast with the best penalty, through the products of windows, which are few."""
    # torch's threads are held at one here; numpy's wait a hundred times longer on a busy machine
    rows, goals = torch.from_numpy(x), torch.from_numpy(y)
    values, vectors = torch.linalg.eigh(rows @ rows.T)
    values = values.clamp_min(0.0)
    scale = max(float(values.mean()), 1e-12)
    best, weights = np.inf, torch.zeros_like(goals)
    for penalty in scale * _PENALTIES:
        inverse = (vectors / (values + penalty)) @ vectors.T
        dual = inverse @ goals
        error = float((dual / inverse.diagonal()[:, None]).square().mean())
        if error < best:
            best, weights = error, dual
    return np.asarray((torch.from_numpy(new) @ (rows.T @ weights)).numpy())


def _mean_square(values: Doubles) -> float:
    return float(np.mean(np.square(values)))
