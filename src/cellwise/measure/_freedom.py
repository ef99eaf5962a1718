"""Generalised degrees of freedom: how much a training bends to each of its targets."""

import math
import statistics
from itertools import product

import numpy as np
import torch
from torch import Tensor

from cellwise.architecture import Architecture
from cellwise.capacity import expected_error
from cellwise.data import ForecastData
from cellwise.measure._effort import Clock, Effort
from cellwise.measure._fit import fit_rows
from cellwise.measure._measurement import Experiment, Measurement, Spent, spread
from cellwise.measure._windows import Regression, Windows, take_windows
from cellwise.training import Member

LEARNING_RATE = 0.01
MOST_WINDOWS = 512
NUM_NOISES = 8
# size of the noise, in standard deviations of what the training left unexplained
_SIZE = 0.5
EXPERIMENT = Experiment(
    kind="freedom",
    unit="degrees of freedom",
    protocol=(
        "windows whose targets share no row; each training is repeated with noise added to its targets "
        "and with the same noise taken away; the sum of slopes of fit on noise, over 8 draws of noise of "
        "half the residual's standard deviation; the same first weights and batches in all of a seed"
    ),
    source="Ye 1998; Efron 2004; symmetric differences in place of a regression on the noise",
    bound=(
        "An estimate for a training of this length, and a lower bound on what the network can bend to: "
        "longer training bends further."
    ),
    summary=statistics.fmean,
)


def freedom_of(noise: Tensor, plus: Tensor, minus: Tensor) -> Tensor:
    """Return the generalised degrees of freedom from one draw of noise.

    Theorem for linear fits, derived; heuristic for networks:
    ``sum_i e_i (yhat_i(y + e) - yhat_i(y - e)) / (2 tau^2)``, whose expectation is
    ``sum_i d yhat_i / d y_i``: for a linear fit the trace of its hat matrix.

    Args:
        noise: Noise e of size tau, ``(..., N)``.
        plus: Fit to targets with the noise added, ``(..., N)``.
        minus: Fit to targets with the noise taken away, ``(..., N)``.

    Returns:
        ``(...)``.

    Reference:
        Ye (1998), "On Measuring and Correcting the Effects of Data Mining and Model Selection",
        JASA 93; Ramani, Blu & Unser (2008) for the estimate from one draw.
    """
    return (noise * (plus - minus)).sum(-1) / (2.0 * noise.square().mean(-1))


def measure_freedom(
    architecture: Architecture,
    data: ForecastData,
    effort: Effort,
    *,
    learning_rate: float = LEARNING_RATE,
) -> Measurement:
    """Measure the degrees of freedom that a training spends on a data set.

    Measured, an estimate; the definition is from memory.

    Args:
        architecture: The network.
        data: The data; at most 512 windows of the first fold are used.
        effort: Limits; the steps are those of each training.
        learning_rate: Rate of every member.

    Returns:
        Degrees of freedom, a value per seed.

    Raises:
        SettingsError: If there are too few windows.
    """  # noqa: DOC502  raised by take_windows
    clock = Clock(effort)
    windows = take_windows(architecture, data, most=MOST_WINDOWS, seed=effort.seed)
    members = [Member(fold=0, seed=s, learning_rate=learning_rate) for s in effort.all_seeds]
    share = 1.0 / (1 + 2 * NUM_NOISES)
    plain = _task(windows, torch.zeros(len(members), *windows.targets.shape))
    first = fit_rows(windows.network, tuple(members), plain, effort.part(share))
    everyone = torch.arange(len(members))
    left = plain.targets - plain.fits(everyone, first.parameters)
    noises = _noises(effort, float(left.std()) * _SIZE, windows)  # (S, J, N, horizon)
    signed = torch.stack([noises, -noises], dim=2)
    task = _task(windows, signed.flatten(0, 2))
    repeated = tuple(one for one in members for _ in range(2 * NUM_NOISES))
    second = fit_rows(windows.network, repeated, task, effort.part(clock.share_left))
    fits = task.fits(torch.arange(len(repeated)), second.parameters).view_as(signed).flatten(3)
    found = freedom_of(noises.flatten(2), fits[:, :, 0], fits[:, :, 1])  # (S, J)
    replicates = tuple(found.mean(dim=1).tolist())
    explained = plain.explained(everyone, first.parameters).tolist()
    rows = (
        {"seed": seed, "draw": draw, "freedom": float(found[i, draw]), "r2": explained[i]}
        for (i, seed), draw in product(enumerate(effort.all_seeds), range(NUM_NOISES))
    )
    return EXPERIMENT.found(
        architecture,
        replicates,
        num_parameters=windows.network.num_parameters,
        sentence=_sentence(architecture, replicates, windows, float(left.square().mean())),
        rows=tuple(rows),
        spent=Spent.of([first, second], effort),
    )


def _task(windows: Windows, noise: Tensor) -> Regression:
    counts = torch.full((len(noise),), len(windows.targets))
    return Regression(windows=windows, targets=windows.targets + noise, counts=counts)


def _noises(effort: Effort, size: float, windows: Windows) -> Tensor:
    shape = (NUM_NOISES, *windows.targets.shape)
    drawn = [np.random.default_rng([seed, 1]).normal(0.0, size, shape) for seed in effort.all_seeds]
    return torch.from_numpy(np.stack(drawn)).float()


def _sentence(
    architecture: Architecture, replicates: tuple[float, ...], windows: Windows, error: float
) -> str:
    mean, deviation = spread(replicates)
    weights, targets = windows.network.num_parameters, windows.targets.numel()
    foreseen = expected_error(training_error=error, freedom=max(0.0, mean), targets=targets)
    says = f"{foreseen:.3g}" if math.isfinite(foreseen) else "without limit"
    return (
        f"Training {architecture} on {targets:,} targets spends {mean:.1f} degrees of freedom "
        f"(standard deviation over {len(replicates)} seeds {deviation:.1f}): {mean / weights:.2f} "
        f"for each of its {weights:,} weights, {mean / targets:.2f} for each target. Squared error, "
        f"1 being that of the anchor alone: {error:.3g} in training, about {says} on new targets at the "
        "same inputs."
    )
