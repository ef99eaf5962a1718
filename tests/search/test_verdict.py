from dataclasses import replace

import numpy as np
import pytest

from cellwise.records import ComparisonRecord, ReachedLimit, Score
from cellwise.search._final import TestOutcome as Outcome
from cellwise.search._verdict import Findings, judge


def score(value):
    return Score(**dict.fromkeys(Score.__dataclass_fields__, value))


def comparison(gain, p):
    return ComparisonRecord(
        stage="test",
        candidate="lstm(4)",
        incumbent="ridge",
        gain=gain,
        p_value=p,
        alpha=0.05,
        accepted=gain > 0 and p < 0.05,
        reason="",
    )


@pytest.fixture
def findings(make_candidate):
    outcome = Outcome(
        finals=(),
        comparison=comparison(0.2, 0.001),
        network=score(0.4),
        benchmark=score(0.5),
        lead_errors={},
        benchmark_forecasts=None,
    )
    return Findings(
        chosen=make_candidate("lstm(4)", (np.full((2, 5), 0.4),)),
        benchmark="ridge",
        benchmark_label="linear autoregression",
        validation=comparison(0.1, 0.01),
        outcome=outcome,
    )


def with_test(findings, record):
    return replace(findings, outcome=replace(findings.outcome, comparison=record))


def test_network_that_wins_on_folds_and_test_is_used(findings):
    verdict = judge(findings)
    assert verdict.kind == "use_network"
    assert verdict.sentence == (
        "Use lstm(4): one layer of 4 cells, 20.0% better than linear autoregression on unseen rows."
    )
    assert verdict.p_value == 0.001 and verdict.benchmark == "ridge"
    assert verdict.network_test == score(0.4) and verdict.benchmark_test == score(0.5)
    assert len(verdict.reasons) == 2 and verdict.missing == ()


@pytest.mark.parametrize(("gain", "p"), [(-0.1, 0.9), (0.1, 0.2)])
def test_network_not_shown_to_win_on_the_test_rows_is_not_used(findings, gain, p):
    verdict = judge(with_test(findings, comparison(gain, p)))
    assert verdict.kind == "use_benchmark"
    assert verdict.sentence.startswith("Use linear autoregression: the network lstm(4)")


def test_network_worse_on_the_folds_is_not_used(findings):
    verdict = judge(replace(findings, validation=comparison(-0.1, 0.9)))
    assert verdict.kind == "use_benchmark"


def test_network_is_used_where_no_benchmark_could_run(findings):
    lone = replace(with_test(findings, None), benchmark="", validation=None)
    verdict = judge(lone)
    assert verdict.kind == "use_network"
    assert verdict.sentence == "Use lstm(4): one layer of 4 cells."
    assert np.isnan(verdict.p_value)


def test_layers_are_counted_in_words(findings, make_candidate):
    chosen = make_candidate("lstm(8, to_output) > lstm(2)", (np.full((2, 5), 0.4),))
    verdict = judge(replace(findings, chosen=chosen))
    assert ": 2 layers of 8 and 2 cells," in verdict.sentence


def test_cut_short_and_not_shown_to_win_is_no_answer(findings):
    cut = replace(with_test(findings, comparison(-0.1, 0.9)), missing=("the time ended",))
    verdict = judge(cut)
    assert verdict.kind == "no_answer"
    assert "not everything was tried" in verdict.sentence
    assert verdict.missing == ("the time ended",)


def test_cut_short_but_already_better_is_used_and_says_what_is_missing(findings):
    verdict = judge(replace(findings, missing=("the time ended",)))
    assert verdict.kind == "use_network" and verdict.missing == ("the time ended",)


def test_a_refusal_says_within_which_limits_it_holds(findings):
    reached = (ReachedLimit(name="epochs", value=4, reason="the last was the best"),)
    lost = replace(with_test(findings, comparison(-0.1, 0.9)), reached=reached)
    verdict = judge(lost)
    assert verdict.reached == reached
    assert "so no LSTM of at most 4 epochs is needed here." in verdict.sentence


@pytest.mark.parametrize("absent", ["chosen", "outcome"])
def test_nothing_chosen_or_tested_is_no_answer(findings, absent):
    verdict = judge(replace(findings, **{absent: None}))
    assert verdict.kind == "no_answer"
    assert verdict.sentence == "The run ended before an answer."
    assert verdict.missing == ("the search was not finished",)


@pytest.mark.parametrize(("reached", "words"), [(True, "reaches"), (False, "does not reach")])
def test_goal_is_spoken_of(findings, reached, words):
    verdict = judge(replace(findings, goal=0.5, reached_goal=reached))
    assert verdict.reasons[0] == f"The network {words} the goal of 0.5 on the validation rows."
