"""All classical methods on the folds, best first."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cellwise.baselines._naive import NAIVE_METHODS
from cellwise.baselines._protocol import Baseline
from cellwise.baselines._ridge import Ridge
from cellwise.baselines._statsforecast import STATSFORECAST_METHODS
from cellwise.data import ForecastData, Metric, all_errors, summarise, window_errors
from cellwise.records import BaselineRecord, Score

# Of the time that is left: predictions may be half of what it takes
_MOST_OF_LEFT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRun:
    """A method with its errors, ready to be compared.

    Attributes:
        method: The method.
        record: What is kept of it.
        errors: For each fold, the decision metric of each window, ``(n,)``; empty if skipped.
    """

    method: Baseline
    record: BaselineRecord
    errors: tuple[NDArray[np.float64], ...]


def baseline_methods() -> tuple[Baseline, ...]:
    """Return every classical method, the simplest first."""
    return (*NAIVE_METHODS, Ridge(), *STATSFORECAST_METHODS)


def run_baselines(
    data: ForecastData,
    metric: Metric,
    *,
    seconds_allowed: float,
    on_result: Callable[[BaselineRecord], None] = lambda _: None,
    recall: Callable[[Baseline], BaselineRun | None] = lambda _: None,
    keep: Callable[[BaselineRun], None] = lambda _: None,
) -> tuple[BaselineRun, ...]:
    """Score every method on the folds.

    Args:
        data: The data.
        metric: Decision metric.
        seconds_allowed: Time for all of them. The cheapest is run first; one that is predicted to
            take more than half of what those before it have left is skipped, the same ones in
            every run.
        on_result: Told of each method.
        recall: Gives what came of a method before; ``None`` if it is to be scored.
        keep: Given each method as soon as it is scored.

    Returns:
        Methods, best first, skipped ones last.
    """
    runs: list[BaselineRun] = []
    costs = [(_cost(method, data), method) for method in baseline_methods()]
    left = seconds_allowed
    for needed, method in sorted(costs, key=lambda pair: pair[0]):
        reason = method.why_not(data)
        if not reason and needed > _MOST_OF_LEFT * left:
            reason = f"would take about {needed:.1f} s, more than half of the {left:.1f} s left"
        run = _skip(method, reason) if reason else recall(method)
        if run is None:
            run = _score(method, data, metric)
            keep(run)
        runs.append(run)
        left -= 0.0 if reason else needed
        on_result(run.record)
    return tuple(sorted(runs, key=_rank))


def _cost(method: Baseline, data: ForecastData) -> float:
    return sum(method.estimated_seconds(data, fold) for fold in data.folds)


def _rank(run: BaselineRun) -> tuple[bool, float]:
    skipped = bool(run.record.skipped)
    return skipped, 0.0 if skipped else run.record.error


def _skip(method: Baseline, reason: str) -> BaselineRun:
    record = BaselineRecord(
        name=method.name,
        label=method.label,
        error=float("nan"),
        error_by_fold=(),
        score=None,
        skipped=reason,
        seconds=0.0,
    )
    return BaselineRun(method=method, record=record, errors=())


def _score(method: Baseline, data: ForecastData, metric: Metric) -> BaselineRun:
    begun = time.monotonic()
    forecasts = [(fold.val_starts, method.forecast(data, fold)) for fold in data.folds]
    errors = tuple(window_errors(metric, data, starts, f) for starts, f in forecasts)
    by_fold = tuple(summarise(metric, e) for e in errors)
    scores = [all_errors(data, starts, f) for starts, f in forecasts]
    record = BaselineRecord(
        name=method.name,
        label=method.label,
        error=float(np.mean(by_fold)),
        error_by_fold=by_fold,
        score=Score(**{k: float(np.mean([s[k] for s in scores])) for k in scores[0]}),
        skipped="",
        seconds=time.monotonic() - begun,
    )
    return BaselineRun(method=method, record=record, errors=errors)
