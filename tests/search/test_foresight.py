import math
from dataclasses import replace

import pytest

from cellwise.architecture import Architecture
from cellwise.search import SearchSettings, candidate_experiment
from cellwise.search._foresight import USUAL_SHARE, Foresight, with_cost
from cellwise.training import CohortCost, CohortResult, CostModel, TrainingSettings, train_cohort

# a second for each step, nothing for all else
SECOND = CostModel(
    training=(1.0, *(0.0,) * 8), forward=(0.0,) * 9, scoring=(0.0, 0.0), per_cohort=0.0
)


def experiment_of(text="lstm(2)", **training):
    training = {"epochs": 8, "steps_per_epoch": 5, "warmup_steps": 0, "patience": 3, **training}
    settings = SearchSettings(num_seeds=2, training=TrainingSettings(**training))
    return candidate_experiment(Architecture.parse(text), settings, 2, 0.01)


def result_of(experiment, make_member, *, epochs, seconds):
    member = make_member(curve=(0.5,) * epochs)
    members = tuple(
        type(member)(
            **{n: getattr(member, n) for n in member.__slots__ if n != "train_curve"},
            train_curve=(0.5,) * epochs,
        )
        for _ in experiment.members
    )
    return CohortResult(members=members, kept=(), weights=None, seconds=seconds, peak_bytes=5e6)


def test_a_prediction_lies_between_the_earliest_stop_and_none(tiny_data):
    foresight = Foresight(model=SECOND)
    found = foresight.predict("width", experiment_of(), tiny_data)
    # 4 and 8 epochs of 2 steps: the folds have no windows for 5
    steps = found.most_seconds / 8
    assert found.least_seconds == pytest.approx(4 * steps)
    assert found.predicted_seconds == pytest.approx(USUAL_SHARE * found.most_seconds)
    assert (found.stage, found.architecture, found.num_models) == ("width", "lstm(2)", 12)
    assert found.predicted_bytes > 0 and math.isnan(found.seconds)


def test_without_patience_there_is_no_range(tiny_data):
    found = Foresight(model=SECOND).predict("width", experiment_of(patience=0), tiny_data)
    assert found.least_seconds == found.predicted_seconds == found.most_seconds


def test_pace_and_share_are_learned_apart(tiny_data, make_member):
    experiment, foresight = experiment_of(), Foresight(model=SECOND)
    before = foresight.predict("width", experiment, tiny_data)
    # half of the epochs, each four times as slow
    result = result_of(experiment, make_member, epochs=4, seconds=2 * before.most_seconds)
    known = foresight.learn(before, experiment, tiny_data, result)
    assert known.seconds == result.seconds and foresight.costs == [known]
    assert known.measured_bytes == 5e6
    assert foresight.pace == pytest.approx(math.sqrt(1.0 * 4.0))
    assert foresight.share == pytest.approx(math.sqrt(USUAL_SHARE * 0.5))
    for _ in range(20):
        foresight.learn(before, experiment, tiny_data, result)
    after = foresight.predict("width", experiment, tiny_data)
    assert after.predicted_seconds == pytest.approx(result.seconds, rel=1e-3)


def test_one_cohort_that_was_held_up_changes_little(tiny_data, make_member):
    experiment, foresight = experiment_of(), Foresight(model=SECOND)
    before = foresight.predict("width", experiment, tiny_data)
    result = result_of(experiment, make_member, epochs=8, seconds=100 * before.most_seconds)
    foresight.learn(before, experiment, tiny_data, result)
    assert foresight.pace == pytest.approx(2.0)


def test_training_without_patience_says_nothing_of_early_stopping(tiny_data, make_member):
    experiment, foresight = experiment_of(patience=0), Foresight(model=SECOND)
    before = foresight.predict("width", experiment, tiny_data)
    result = result_of(experiment, make_member, epochs=8, seconds=before.most_seconds)
    foresight.learn(before, experiment, tiny_data, result)
    assert foresight.share == USUAL_SHARE and foresight.pace == pytest.approx(1.0)


def test_final_training_is_foreseen_while_the_size_is_under_trial(tiny_data):
    foresight, experiment = Foresight(model=SECOND), experiment_of()
    seconds = foresight.retraining_seconds(experiment, tiny_data, 5)
    steps = math.ceil(len(tiny_data.test.train_starts) / 64)
    assert seconds == pytest.approx(math.ceil(USUAL_SHARE * 8) * min(5, steps))


def test_candidates_of_a_cohort_share_what_was_expected(tiny_data, make_candidate):
    foreseen = Foresight(model=SECOND).predict("width", experiment_of(), tiny_data)
    record = make_candidate("lstm(2)", ()).record
    one = with_cost(record, replace(foreseen, measured_bytes=48e6))
    assert one.predicted_seconds == pytest.approx(foreseen.predicted_seconds / 12)
    assert one.predicted_bytes == pytest.approx(foreseen.predicted_bytes / 12)
    assert one.measured_bytes == pytest.approx(4e6)


def test_trained_cohort_is_within_its_bounds_of_work(tiny_data):
    experiment, foresight = experiment_of(), Foresight()
    cost = CohortCost.of(foresight.model, experiment, tiny_data)
    result = train_cohort(experiment, tiny_data)
    done = cost.seconds(cost.rows_of(result))
    assert done <= cost.seconds(cost.planned_rows()) * (1 + 1e-9)
    assert done >= cost.seconds(cost.shortest_rows()[:2])
