import math

import pytest

from cellwise import Architecture, ArchitectureError, Observer, SettingsError, compare
from cellwise.run._compare import _more_runs
from cellwise.search import Paired, holm

OPTIONS = {"target": "y", "horizon": 2, "context_length": 8, "folds": 2, "epochs": 2}


def test_architectures_are_ranked_and_tested_against_the_best(make_table):
    told = []

    class Watch(Observer):
        def on_candidate(self, record):
            told.append(record.architecture)

    given = ["lstm(2)", Architecture.parse("gru(4)"), "lstm(2) > lstm(2)"]
    result = compare(given, make_table(), observer=Watch(), **OPTIONS)
    assert told == [str(g) for g in given]
    errors = [c.error for c in result.candidates]
    assert errors == sorted(errors) and all(map(math.isfinite, errors))
    assert {c.architecture for c in result.candidates} == set(told)
    best = result.candidates[0].architecture
    assert {c.candidate for c in result.comparisons} == {best}
    assert [c.incumbent for c in result.comparisons] == [
        c.architecture for c in result.candidates[1:]
    ]
    assert {c.alpha for c in result.comparisons} == {0.05}
    assert {c.stage for c in result.candidates} == {"compare"} and result.metric == "mse"


def test_p_values_of_a_family_are_adjusted(make_table):
    many = compare(["lstm(2)", "gru(2)", "rnn(2)"], make_table(), **OPTIONS)
    best, *others = (c.architecture for c in many.candidates)
    alone = [compare([best, other], make_table(), **OPTIONS).comparisons[0] for other in others]
    assert [c.p_value for c in many.comparisons] == pytest.approx(holm([c.p_value for c in alone]))


def test_a_gain_that_is_not_shown_names_the_runs_that_would_show_it():
    # 9 runs with a standard error of .01: a deviation of .03, an effect of 1/2
    pair = Paired(gain=0.02, difference=0.015, standard_error=0.01, p_value=0.1)
    assert _more_runs(pair, 9, 0.05) == (
        "were it real, about 27 paired runs would show it, 9 were made"
    )
    tiny = Paired(gain=0.001, difference=1e-5, standard_error=0.01, p_value=0.5)
    assert "more than 1,000 paired runs" in _more_runs(tiny, 9, 0.05)


@pytest.mark.parametrize("given", [[], ["lstm(2)"], ["lstm(2)", "lstm( 2 )"]])
def test_two_different_architectures_are_needed(given, make_table):
    with pytest.raises(SettingsError, match="compare needs at least two different architectures"):
        compare(given, make_table(), **OPTIONS)


def test_text_that_is_no_architecture_is_refused(make_table):
    with pytest.raises(ArchitectureError, match="lstm"):
        compare(["lstm(2)", "lstm(two)"], make_table(), **OPTIONS)


def test_groups_of_columns_are_compared_by_name(make_table):
    frame = make_table()
    frame = frame.with_columns(a=frame["y"] * 2, b=-frame["y"])
    given = ["[y: lstm(2) | b: lstm(2)]", "[y,a: lstm(2)]"]
    result = compare(given, frame, **OPTIONS, past_covariates=("a", "b"))
    weights = {c.architecture: c.num_parameters for c in result.candidates}
    # 2 * (4 * 2 * (1 + 2 + 1)) + 2 * 5, and 4 * 2 * (2 + 2 + 1) + 2 * 3
    assert weights == {given[0]: 74, given[1]: 46}


def test_absent_column_is_told_before_anything_is_trained(make_table):
    told = []

    class Watch(Observer):
        def on_trial(self, stage, architecture):
            told.append(architecture)

    with pytest.raises(ArchitectureError, match=r"one column .b., got 0; its columns are y$"):
        compare(["lstm(2)", "[b: lstm(2)]"], make_table(), observer=Watch(), **OPTIONS)
    assert not told
