"""The alpha rule as people use it, walked with measurements beside it."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cellwise.capacity import alpha_cells, disjoint_windows
from cellwise.data import ForecastData
from cellwise.diagnosis import OVERFIT, lower_bound
from cellwise.records import AlphaStep, CandidateRecord
from cellwise.search._candidate import Candidate

ALPHAS = range(2, 11)

TrialOfWidth = Callable[[int], Candidate]
"""``trial(cells) -> candidate`` of one layer with the settings so far."""


def alpha_walk(data: ForecastData, trial: TrialOfWidth, max_cells: int) -> tuple[AlphaStep, ...]:
    """Raise alpha from 2 until training error is no longer much lower than validation error.

    A sample N_s is a training window of the first fold, as people count; beside it stands the
    number of cells where only windows that share no row count. N_i is the features per step and
    N_o the values that the network gives.

    Args:
        data: The data.
        trial: Trains one layer.
        max_cells: Widest layer that is trained.

    Returns:
        A step for each alpha; after the walk has ended, without measurements.
    """
    steps: list[AlphaStep] = []
    ended, before = "", 0
    for step in _as_written(data):
        cells = math.floor(step.cells_by_windows)
        if ended:
            steps.append(replace(step, reason=ended))
        elif reason := _passed_over(cells, before, max_cells):
            steps.append(replace(step, reason=reason))
        else:
            steps.append(_measured(step, cells, trial(cells)))
            ended = steps[-1].reason if not steps[-1].reason.startswith("overfits") else ""
        before = cells
    return tuple(steps)


def _as_written(data: ForecastData) -> list[AlphaStep]:
    windows = len(data.folds[0].train_starts)
    apart = disjoint_windows(windows, length=data.context_length + data.horizon, stride=1)

    def cells(samples: int, alpha: int) -> float:
        return alpha_cells(
            samples=samples, inputs=data.input_size, outputs=data.output_size, alpha=alpha
        )

    return [
        AlphaStep(
            alpha=alpha,
            cells_by_windows=cells(windows, alpha),
            cells_by_independent=cells(apart, alpha),
        )
        for alpha in ALPHAS
    ]


def _passed_over(cells: int, before: int, max_cells: int) -> str:
    if cells < 1:
        return "less than one cell: too few data for the rule"
    if cells > max_cells:
        return f"more than the {max_cells} cells that are allowed"
    return "as many cells as the step before" if cells == before else ""


def _measured(step: AlphaStep, cells: int, candidate: Candidate) -> AlphaStep:
    record = candidate.record
    gaps = relative_gaps(record, candidate.configuration.training.metric)
    gap = float(np.mean(gaps)) if len(gaps) else math.nan
    bound = lower_bound(gaps)
    if candidate.failed:
        reason = "training ended with non-finite numbers"
    elif not len(gaps):
        reason = "training error is not measured in this metric"
    elif bound > OVERFIT:
        reason = f"overfits: the gap is above {OVERFIT:.0%} for sure"
    else:
        reason = f"the gap is not above {OVERFIT:.0%} for sure: the walk ends"
    return replace(step, cells=cells, error=record.error, gap=gap, gap_bound=bound, reason=reason)


def relative_gaps(record: CandidateRecord, metric: str) -> np.ndarray:
    """Return ``(validation - training) / validation`` error of each fold.

    Args:
        record: A trained candidate.
        metric: Decision metric; the training loss is in its units for ``mse`` and ``mae``, and
            its square for ``rmse``.

    Returns:
        Means over seeds, ``(K,)``; empty for other metrics or a failed candidate.
    """
    if metric not in ("mse", "mae", "rmse") or not math.isfinite(record.error):
        return np.zeros(0)
    folds: dict[int, list[float]] = {}
    for member in (m for m in record.members if m.best_epoch and m.state != "halved"):
        loss = member.train_curve[member.best_epoch - 1]
        error = loss**0.5 if metric == "rmse" else loss
        folds.setdefault(member.fold, []).append((member.error - error) / member.error)
    return np.array([np.mean(folds[fold]) for fold in sorted(folds)])
