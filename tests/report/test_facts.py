import math
from dataclasses import replace

import pytest

from cellwise.report._facts import (
    also,
    benchmark_of,
    decision_error,
    kept_members,
    metric_label,
    outcome_of,
    parsed,
    relative_gain,
)


def test_benchmark_is_the_named_one_else_the_best(use_network):
    unnamed = replace(use_network, verdict=replace(use_network.verdict, benchmark=""))
    named = replace(use_network, verdict=replace(use_network.verdict, benchmark="auto_theta"))
    assert benchmark_of(unnamed).name == "ridge"
    assert benchmark_of(named).name == "auto_theta"


def test_a_method_that_was_skipped_is_no_benchmark(use_network):
    skipped = tuple(one for one in use_network.baselines if one.skipped)
    assert benchmark_of(replace(use_network, baselines=skipped)) is None


def test_outcomes_follow_the_comparisons(use_network):
    found = [outcome_of(use_network, one) for one in use_network.candidates[:6]]
    assert found == ["start", "accepted", "accepted", "accepted", "rejected", "rejected"]


def test_replicates_are_those_at_the_rate_that_won(use_network):
    one = use_network.candidates[0]
    kept = kept_members(one)
    assert {m.learning_rate for m in kept} == {one.learning_rate}
    assert all(m.state != "halved" for m in kept)


@pytest.mark.parametrize(("metric", "value"), [("mse", 0.09), ("rmse", 0.3), ("mae", 0.24)])
def test_decision_error_is_in_the_metric(use_network, metric, value):
    score = replace(use_network.baselines[0].score, mse=0.09, mae=0.24)
    assert decision_error(score, metric) == pytest.approx(value)


def test_nothing_scored_is_nan():
    assert math.isnan(decision_error(None, "mse"))
    assert math.isnan(relative_gain(1.0, 0.0))


def test_gain_is_the_share_below_the_reference():
    assert relative_gain(0.75, 1.0) == 0.25
    assert relative_gain(1.25, 1.0) == -0.25


def test_words_of_metrics():
    assert also("mse") == ("mae",)
    assert also("mase") == ("mse", "mae")
    assert metric_label("mae") == "MAE, standardised units"
    assert metric_label("smape") == "sMAPE, %"


def test_a_method_is_no_architecture():
    assert parsed("ridge") is None
    assert str(parsed("2*lstm(4)")) == "lstm(4) > lstm(4)"
