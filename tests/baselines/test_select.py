import numpy as np
import pytest

from cellwise.baselines import _select, baseline_methods, run_baselines


@pytest.fixture
def runs(data_of, autoregression):
    return run_baselines(data_of(autoregression[:300]), "mse", seconds_allowed=60)


def test_best_first_skipped_last(runs):
    errors = [run.record.error for run in runs if not run.record.skipped]
    assert errors == sorted(errors)
    assert [bool(run.record.skipped) for run in runs] == sorted(
        bool(r.record.skipped) for r in runs
    )


def test_linear_data_are_for_ridge_or_arima(runs):
    assert runs[0].record.name in ("ridge", "auto_arima")


def test_all_are_scored_on_the_same_windows(runs, data_of, autoregression):
    counts = [len(f.val_starts) for f in data_of(autoregression[:300]).folds]
    assert all([len(e) for e in run.errors] == counts for run in runs if not run.record.skipped)


def test_too_dear_a_method_is_skipped_with_its_reason(data_of, autoregression):
    told = []
    runs = run_baselines(
        data_of(autoregression[:300]), "mae", seconds_allowed=0.5, on_result=told.append
    )
    reasons = {run.record.name: run.record.skipped for run in runs}
    assert "more than half of the 0.5 s left" in reasons["auto_ets"]
    assert np.isnan(next(r.error for r in told if r.name == "auto_ets"))
    assert len(told) == len(baseline_methods())


class Priced:
    """A method that is given what it costs, and forecasts nothing."""

    label = "priced"

    def __init__(self, name, cost):
        self.name, self.cost = name, cost

    def why_not(self, data):
        return ""

    def estimated_seconds(self, data, fold):
        return self.cost / len(data.folds)

    def forecast(self, data, fold):
        return np.zeros((len(fold.val_starts), data.horizon), dtype=np.float32)


def test_a_cheap_method_is_not_skipped_for_a_dear_one_before_it(
    data_of, autoregression, monkeypatch
):
    methods = Priced("dear", 40.0), Priced("middle", 3.5), Priced("cheap", 1.0)
    monkeypatch.setattr(_select, "baseline_methods", lambda: methods)
    told = []
    run_baselines(data_of(autoregression[:300]), "mae", seconds_allowed=9, on_result=told.append)
    assert [(one.name, one.skipped) for one in told] == [
        ("cheap", ""),
        ("middle", ""),
        ("dear", "would take about 40.0 s, more than half of the 4.5 s left"),
    ]
