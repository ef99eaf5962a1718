"""The same data with shuffled labels: what is learnt where there is nothing to learn."""

import numpy as np
import torch
from torch import Tensor

from cellwise.architecture import Architecture
from cellwise.data import ForecastData
from cellwise.measure._effort import Effort
from cellwise.measure._fit import fit_rows
from cellwise.measure._measurement import Experiment, Measurement, Spent, spread
from cellwise.measure._plan import best_of_seeds, members_of, plan_of, rows_of
from cellwise.measure._windows import Regression, Windows, take_windows

MOST_WINDOWS = 512
_SMALLEST = 4
_ENOUGH = 0.99
EXPERIMENT = Experiment(
    kind="shuffled",
    unit="targets",
    protocol=(
        "windows whose targets share no row; subsets of 4, 8, 16 ... of them, once with their own "
        "targets, once with the targets dealt out anew among the windows; learnt by heart if 99 % of the "
        "targets' variance is explained on the windows of training"
    ),
    source="Zhang et al. 2017, randomisation test; theory.md 12.4",
)


def measure_shuffled(architecture: Architecture, data: ForecastData, effort: Effort) -> Measurement:
    """Measure how much of a data set a network learns by heart when its labels are shuffled.

    Measured, a lower bound; the control is from memory.

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
    plan = plan_of(effort, sizes, ("true", "shuffled"))
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
    rows = rows_of(plan, ["windows", "labels"], r2=explained)
    horizon = windows.targets.shape[1]
    learnt = {
        labels: best_of_seeds(
            (row for row in rows if row["labels"] == labels),
            effort,
            lambda row: horizon * row["windows"] if row["r2"] >= _ENOUGH else 0,
        )
        for labels in ("true", "shuffled")
    }
    return EXPERIMENT.found(
        architecture,
        learnt["shuffled"],
        num_parameters=windows.network.num_parameters,
        sentence=_sentence(architecture, learnt, windows),
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


def _sentence(
    architecture: Architecture, learnt: dict[str, tuple[float, ...]], windows: Windows
) -> str:
    mean, deviation = spread(learnt["shuffled"])
    return (
        f"{architecture} learns at least {max(learnt['shuffled']):,.0f} shuffled targets by heart "
        f"(mean of {len(learnt['shuffled'])} seeds {mean:,.0f}, standard deviation "
        f"{deviation:,.0f}), and {max(learnt['true']):,.0f} true ones, of "
        f"{windows.targets.numel():,}: the nearer the two, the less of what it learns is structure."
    )
