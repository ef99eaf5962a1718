import dataclasses
import json

import pytest

from cellwise.architecture import Architecture
from cellwise.capacity import Budget, Case, Question, appraise, consult

QUESTION = Question(inputs=8, outputs=1, length=50, samples=5000)


@pytest.fixture(scope="module")
def answer():
    two, four = map(Architecture.parse, ("2*lstm(64)", "4*lstm(32)"))
    return consult(two, QUESTION, against=four)


def test_question_of_the_source(answer):
    first, second = answer.appraisals
    assert (first.name, second.name) == ("2*lstm(64)", "4*lstm(32)")
    assert (first.value("weights"), second.value("weights")) == (51_777, 30_241)
    # equal summaries, unequal ceilings
    assert first.value("state") == second.value("state") == 256
    assert first.value("vc_cap") / second.value("vc_cap") == pytest.approx(51_777 / 30_241)


def test_equal_networks_stay_within_the_budget(answer):
    assert answer.budget.amount == 51_777
    assert [one.case.architecture.num_layers for one in answer.equal] == [1, 2, 3, 4, 6, 8]
    assert all(one.case.weights <= 51_777 for one in answer.equal)
    assert "2*lstm(64)" in [one.name for one in answer.equal]


@pytest.mark.parametrize("text", ["lstm(3)", "2*gru(4)", "rnn(2) > lstm(3)", "64*lstm(1)"])
@pytest.mark.parametrize("numbers", [{}, {"task": "classification", "outputs": 5}, {"stride": 1}])
def test_every_statement_is_complete(text, numbers):
    question = dataclasses.replace(QUESTION, **numbers)
    found = appraise(Architecture.parse(text), question).statements
    assert len(found) > 40
    for key, one in found.items():
        assert one.key == key and one.name and one.unit and one.assumptions and one.source
        assert one.kind in ("exact", "theorem", "heuristic", "measured")
        assert one.checked in ("found", "memory", "derived", "measured")
        assert one.value is not None or one.log2_value is not None or one.silence


def test_bounds_above_one_say_nothing(answer):
    for one in answer.appraisals:
        for key in ("occam_32", "occam_16", "occam_5", "cover"):
            assert one.value(key) > 1 and not one.statements[key].says


@pytest.mark.parametrize("length", [1, 10**6])
@pytest.mark.parametrize("samples", [1, 10**9])
@pytest.mark.parametrize("text", ["lstm(1)", "8*lstm(1000000)"])
def test_extremes_have_an_answer_that_json_can_hold(text, samples, length):
    question = Question(inputs=10**9, outputs=10**9, length=length, samples=samples)
    found = consult(Architecture.parse(text), question)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))


def test_layers_out_of_the_ordinary_are_answered_in_part(monkeypatch):
    monkeypatch.setattr(Case, "is_plain", property(lambda _: False))
    found = consult(Architecture.parse("2*lstm(8)"), QUESTION).appraisals[0]
    silent = {
        key for key, one in found.statements.items() if one.silence == "not stated for this layer"
    }
    assert {"cover", "chen_score", "vc_lower", "vc_upper"} <= silent
    assert found.statements["vc_cap"].says and found.value("weights") > 0


def test_budget_can_be_given():
    found = consult(
        Architecture.parse("lstm(8)"), QUESTION, budget=Budget(kind="flops", amount=1e6)
    )
    assert found.budget.kind == "flops"
    assert all(one.case.training_flops <= 1e6 for one in found.equal)


def test_mixed_layers_keep_their_names():
    found = appraise(Architecture.parse("lstm(8) > lstm(4)"), QUESTION)
    assert found.name == "lstm(8) > lstm(4)"


def test_plain_values_hold_everything(answer):
    plain = answer.to_dict()
    assert plain["question"]["inputs"] == 8
    assert [one["architecture"] for one in plain["architectures"]] == ["2*lstm(64)", "4*lstm(32)"]
    row = plain["equal_budget"][0]
    assert row["num_layers"] == 1 and "occam_32" in row["silent"]
    assert row["values"]["weights"] <= plain["budget"]["amount"]
