import math

import pytest

from cellwise.capacity._growth import chen_statements, first_beta


def test_growth_with_which_training_begins():
    assert first_beta("lstm") == pytest.approx(1 / (1 + math.exp(-1)) + 0.25)
    assert first_beta("rnn") == 1.0


def test_stack_says_that_it_was_composed(make_case):
    single, double = (chen_statements(make_case(text))[1] for text in ("lstm(4)", "2*lstm(4)"))
    assert "layers composed here" in double.assumptions
    assert "layers composed here" not in single.assumptions
    assert single.kind == double.kind == "heuristic"


@pytest.mark.parametrize("text", ["gru(4)", "lstm(4) > rnn(4)", "lstm(4, to_output) > lstm(4)"])
def test_other_layers_are_not_stated(make_case, text):
    for one in chen_statements(make_case(text)):
        assert one.value is None and one.silence == "not stated for this layer"


def test_score_shrinks_with_samples(make_case):
    few, many = (chen_statements(make_case(samples=s))[1].value for s in (100, 10_000))
    assert few == pytest.approx(10 * many)
