import numpy as np
import pytest

from cellwise.baselines import baseline_methods, run_baselines


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
    assert "more than its share of" in reasons["auto_ets"]
    assert np.isnan(next(r.error for r in told if r.name == "auto_ets"))
    assert len(told) == len(baseline_methods())
