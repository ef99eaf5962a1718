"""The same data with shuffled labels: what is learnt where there is nothing to learn."""

from itertools import product

import numpy as np
import torch
from torch import Tensor

from cellwise.architecture import Architecture
from cellwise.data import ForecastData
from cellwise.measure._effort import Effort
from cellwise.measure._fit import fit_rows, members_of
from cellwise.measure._measurement import LOWER_BOUND, Measurement, Spent, spread
from cellwise.measure._windows import Regression, Windows, take_windows

RATES = (0.01, 0.03)
MOST_WINDOWS = 512
_SMALLEST = 4
_ENOUGH = 0.99
_PROTOCOL = (
    "windows whose targets share no row; subsets of 4, 8, 16 ... of them, once with their own "
    "targets, once with the targets dealt out anew among the windows; learnt by heart if 99 % of the "
    "targets' variance is explained on the windows of training"
)
_SOURCE = "Zhang et al. 2017, randomisation test; theory.md 12.4"


def measure_shuffled(architecture: Architecture, data: ForecastData, effort: Effort) -> Measurement:
    """Measure how much of a data set a network learns by heart when its labels are shuffled.

    Args:
        architecture: The network.
        data: The data; at most 512 windows of the first fold are used.
        effort: Limits.

    Returns:
        The largest number of targets learnt by heart, a value per seed; that of the true labels is
        in the rows.

    Raises:
        SettingsError: If there are too few windows.

    Reference:
        Zhang, Bengio, Hardt, Recht & Vinyals (2017), "Understanding deep learning requires
        rethinking generalization", ICLR.
    """  # noqa: DOC502  raised by take_windows
    windows = take_windows(architecture, data, most=MOST_WINDOWS, seed=effort.seed)
    sizes = _sizes(len(windows.targets))
    plan = list(product(sizes, ("true", "shuffled"), RATES, effort.all_seeds))
    task = Regression(
        windows=windows,
        targets=torch.stack(
            [_dealt(windows, size, labels, seed) for size, labels, _, seed in plan]
        ),
        counts=torch.tensor([size for size, *_ in plan]),
        enough=_ENOUGH,
    )
    fitted = fit_rows(windows.network, members_of(plan), task, effort)
    explained = task.explained(torch.arange(len(plan)), fitted.parameters).tolist()
    rows = tuple(
        {"windows": size, "labels": labels, "learning_rate": rate, "seed": seed, "r2": r2}
        for (size, labels, rate, seed), r2 in zip(plan, explained, strict=True)
    )
    horizon = windows.targets.shape[1]
    learnt = {
        labels: tuple(horizon * _largest(rows, labels, seed) for seed in effort.all_seeds)
        for labels in ("true", "shuffled")
    }
    return Measurement(
        kind="shuffled",
        architecture=str(architecture),
        num_parameters=windows.network.num_parameters,
        value=float(max(learnt["shuffled"])),
        unit="targets",
        replicates=tuple(map(float, learnt["shuffled"])),
        sentence=_sentence(architecture, learnt, windows),
        bound=LOWER_BOUND,
        protocol=_PROTOCOL,
        source=_SOURCE,
        rows=rows,
        spent=Spent.of([fitted], effort),
    )


def _sizes(most: int) -> list[int]:
    sizes = [_SMALLEST]
    while 2 * sizes[-1] <= most:
        sizes.append(2 * sizes[-1])
    return sizes


def _dealt(windows: Windows, size: int, labels: str, seed: int) -> Tensor:
    """Targets ``(N, horizon)``, those of the first ``size`` windows as they are or shuffled."""
    targets = windows.targets.clone()
    if labels == "shuffled":
        order = np.random.default_rng([seed, size]).permutation(size)
        targets[:size] = windows.targets[torch.from_numpy(order)]
    return targets


def _largest(rows: tuple[dict[str, int | float | str], ...], labels: str, seed: int) -> int:
    sizes = (
        row["windows"]
        for row in rows
        if row["labels"] == labels and row["seed"] == seed and float(row["r2"]) >= _ENOUGH
    )
    return int(max(sizes, default=0))


def _sentence(
    architecture: Architecture, learnt: dict[str, tuple[int, ...]], windows: Windows
) -> str:
    mean, deviation = spread(learnt["shuffled"])
    return (
        f"{architecture} learns at least {max(learnt['shuffled']):,} shuffled targets by heart (mean "
        f"of {len(learnt['shuffled'])} seeds {mean:,.0f}, standard deviation {deviation:,.0f}), and "
        f"{max(learnt['true']):,} true ones, of {windows.targets.numel():,}: the nearer the two, the "
        "less of what it learns is structure."
    )
