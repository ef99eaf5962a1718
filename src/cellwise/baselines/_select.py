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
    """Return every classical method, cheapest first."""
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
        seconds_allowed: Time for all of them; each has an equal share of what is left, held
            against its predicted cost, so that the same methods are skipped in every run.
        on_result: Told of each method.
        recall: Gives what came of a method before; ``None`` if it is to be scored.
        keep: Given each method as soon as it is scored.

    Returns:
        Methods, best first, skipped ones last.
    """
    runs: list[BaselineRun] = []
    methods, left = baseline_methods(), seconds_allowed
    for index, method in enumerate(methods):
        needed = sum(method.estimated_seconds(data, fold) for fold in data.folds)
        share = left / (len(methods) - index)
        reason = method.why_not(data)
        if not reason and needed > share:
            reason = f"would take about {needed:.0f} s, more than its share of {share:.0f} s"
        run = _skip(method, reason) if reason else recall(method)
        if run is None:
            run = _score(method, data, metric)
            keep(run)
        runs.append(run)
        left -= 0.0 if reason else needed
        on_result(runs[-1].record)
    return tuple(sorted(runs, key=_rank))


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
