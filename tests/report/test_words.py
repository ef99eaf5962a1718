import math
from dataclasses import replace

import pytest

from cellwise.records import Evidence, ReachedLimit
from cellwise.report import comparison_sentence, next_steps
from cellwise.report._format import ABSENT
from cellwise.report._words import (
    chosen_word,
    noise_floor_sentence,
    outcome_word,
    reading_sentence,
    reason_words,
    size_words,
    verdict_title,
)


def test_an_accepted_size_in_words(use_network: Evidence) -> None:
    one = replace(use_network.comparisons[1], gain=0.031, p_value=0.002)
    words = comparison_sentence(one, use_network)
    assert words == "8 cells were 3.1 % better than 4 cells (p = 0.002): accepted"


def test_a_worse_size_in_words(use_network: Evidence) -> None:
    words = comparison_sentence(use_network.comparisons[4], use_network)
    assert words == "64 cells were 1.4 % worse than 16 cells (p = 0.830): not accepted"


def test_the_benchmark_is_called_by_its_label(use_network: Evidence) -> None:
    words = comparison_sentence(use_network.comparisons[-1], use_network)
    assert words == (
        "On the test rows, 16 cells were 8.7 % better than linear autoregression (ridge) "
        "(p = 0.003): the network wins"
    )


def test_a_method_is_singular_and_nan_is_left_out(use_network: Evidence) -> None:
    one = replace(use_network.comparisons[0], candidate="ridge", gain=math.nan, p_value=math.nan)
    words = comparison_sentence(one, use_network)
    assert words == "Linear autoregression (ridge) was not comparable with 2 cells: accepted"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lstm(1)", "1 cell"),
        ("gru(8)", "8 GRU cells"),
        ("lstm(16) > lstm(4)", "2 layers (16 + 4 cells)"),
        ("ridge", "linear autoregression (ridge)"),
        ("unheard of", "unheard of"),
    ],
)
def test_sizes_in_words(text: str, words: str, use_network: Evidence) -> None:
    assert size_words(text, use_network) == words


def test_each_verdict_says_what_to_do(
    use_network: Evidence, use_benchmark: Evidence, unfinished: Evidence
) -> None:
    assert "`cellwise predict runs/a TABLE`" in next_steps(use_network, "runs/a")
    assert "Use linear autoregression (ridge)" in next_steps(use_benchmark)
    words = next_steps(unfinished)
    assert "`cellwise resume RUN`" in words
    assert "--budget" in words
    assert "sizes above 2 cells; the test rows" in words


def test_a_refusal_holds_within_the_limits_that_were_reached(use_benchmark: Evidence) -> None:
    assert verdict_title(use_benchmark.verdict) == "Use no LSTM here"
    reached = (
        ReachedLimit(name="max_cells", value=4, reason="lstm(4) was chosen"),
        ReachedLimit(name="epochs", value=9, reason="the last of 9 epochs was the best"),
    )
    verdict = replace(use_benchmark.verdict, reached=reached)
    assert verdict_title(verdict) == "Use no LSTM of at most 4 cells a layer and 9 epochs here"
    words = next_steps(replace(use_benchmark, verdict=verdict))
    assert "An LSTM of at most 4 cells a layer and 9 epochs is not worth" in words
    assert "`--epochs` (the last of 9 epochs was the best)" in words and "`--max-cells`" in words


def test_a_test_error_below_the_floor_is_explained(use_network: Evidence) -> None:
    verdict = replace(use_network.verdict, noise_floor=0.3)  # test errors: .293 and .321
    words = noise_floor_sentence(replace(use_network, verdict=verdict))
    assert "On the test rows the network has 0.293: either these are calmer" in words
    both = replace(use_network, verdict=replace(verdict, noise_floor=0.4))
    assert "and linear autoregression (ridge) has 0.321:" in noise_floor_sentence(both)


def test_floor_and_readings_in_words(use_network: Evidence, empty: Evidence) -> None:
    assert "0.221" in noise_floor_sentence(use_network)
    assert "On the test rows" not in noise_floor_sentence(use_network)
    assert "could not be estimated" in noise_floor_sentence(empty)
    assert reading_sentence(use_network) == "The test rows were scored once, at the very end."
    assert "3 times" in reading_sentence(replace(use_network, test_reads=3))


def test_a_floor_of_nothing_is_no_estimate(use_network: Evidence) -> None:
    none = replace(use_network, verdict=replace(use_network.verdict, noise_floor=0.0))
    assert noise_floor_sentence(none) == "The noise floor could not be estimated."


def test_several_times_the_error_is_not_told_in_percent(use_network: Evidence) -> None:
    one = replace(use_network.comparisons[4], gain=-28.441)
    assert "64 cells had 29 times the error of 16 cells" in comparison_sentence(one, use_network)


def test_a_candidate_that_nothing_decided(use_network: Evidence) -> None:
    first, *others = use_network.candidates
    bare = replace(use_network, comparisons=())
    assert outcome_word(bare, first) == "start" and outcome_word(bare, others[0]) == ABSENT
    assert outcome_word(bare, others[2]) == "chosen" == chosen_word(bare)


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("58.8% better, p = 0.00108", ""),
        ("11.9% worse", ""),
        ("0.0% better, less than the 1% that counts", "less than the 1% that counts"),
        ("8.3% better, but p = 0.43 is not below 0.05", "p is not below 0.05"),
        ("27.1% worse on the test windows, p = 0.998 (Diebold-Mariano)", "test: Diebold-Mariano"),
        ("not within one standard error of the best", "not within one standard error of the best"),
    ],
)
def test_a_reason_does_not_repeat_the_gain(use_network: Evidence, reason: str, left: str) -> None:
    assert reason_words(replace(use_network.comparisons[0], reason=reason)) == left
