import math
from dataclasses import replace
from types import SimpleNamespace

import pytest

from cellwise.architecture import Architecture
from cellwise.search import Budget, LocalEngine, Observer, SearchSettings, candidate_experiment
from cellwise.search._budget import BudgetEndedError, TooDearError
from cellwise.search._foresight import Foresight
from cellwise.search._size_trials import SizeTrials
from cellwise.training import TrainingSettings

SIZES = [Architecture.parse("lstm(2)"), Architecture.parse("lstm(3)")]


@pytest.fixture
def make_trials(tiny_data, tmp_path):
    """Give a function that makes trials within a budget, and what they told."""

    def make(limit=0.0):
        told = []

        class Watch(Observer):
            def on_trial(self, stage, architecture):
                told.append(("trial", stage, architecture))

            def on_candidate(self, record):
                told.append(("candidate", record.architecture))

        trials = SizeTrials(
            data=tiny_data,
            settings=SearchSettings(
                num_seeds=1, training=TrainingSettings(epochs=2, steps_per_epoch=3, warmup_steps=0)
            ),
            engine=LocalEngine(tiny_data, "", tmp_path),
            budget=Budget(limit),
            foresight=Foresight(),
            observer=Watch(),
            add_to_ledger=lambda record: told.append(("ledger", record.architecture)),
            on_candidate=lambda one: told.append(("kept", str(one.architecture))),
            on_trial=lambda text: None,
            incumbent=lambda: None,
        )
        return SimpleNamespace(trials=trials, told=told)

    return make


def test_each_size_is_told_recorded_and_kept_in_order(make_trials):
    made = make_trials()
    found = list(made.trials(SIZES, "grid", 0.01))
    assert [str(one.architecture) for one in found] == ["lstm(2)", "lstm(3)"]
    assert [one for one in made.told if one[-1] == "lstm(3)"] == [
        ("trial", "grid", "lstm(3)"),
        ("ledger", "lstm(3)"),
        ("candidate", "lstm(3)"),
        ("kept", "lstm(3)"),
    ]
    assert made.trials.stage == "grid"


def test_a_prediction_stands_beside_what_was_measured(make_trials):
    made = make_trials()
    record = made.trials.one(SIZES[0], "width", 0.01).record
    assert record.predicted_seconds > 0 and record.seconds > 0
    assert [cost.stage for cost in made.trials.foresight.costs] == ["width"]


def test_without_time_nothing_is_trained(make_trials):
    made = make_trials(limit=1e-6)
    with pytest.raises(BudgetEndedError):
        made.trials.one(SIZES[0], "width", 0.01)
    assert made.told == []


def test_the_first_is_tried_although_it_seems_too_dear(make_trials):
    made = make_trials(limit=60.0)
    made.trials.foresight.pace = 1e6
    with pytest.raises(BudgetEndedError):
        list(made.trials(SIZES, "grid", 0.01))
    assert [one for one in made.told if one[0] == "kept"] == [("kept", "lstm(2)")]


def test_what_is_known_needs_no_time(make_trials):
    make_trials().trials.one(SIZES[0], "width", 0.01)
    again = make_trials(limit=1e-6)
    with pytest.raises(BudgetEndedError):
        again.trials.one(SIZES[1], "width", 0.01)
    assert str(again.trials.one(SIZES[0], "width", 0.01).architecture) == "lstm(2)"


def test_a_batch_may_take_a_share_of_the_time_that_is_left(make_trials):
    trials = make_trials(limit=100.0).trials
    experiment = candidate_experiment(SIZES[0], trials.settings, len(trials.data.folds), 0.01)
    foreseen = trials.foresight.predict("tpe", experiment, trials.data)
    foreseen = replace(foreseen, predicted_seconds=30.0)
    trials.check_tuning(foreseen, experiment, trials.engine, 1.0)
    with pytest.raises(TooDearError):
        trials.check_tuning(foreseen, experiment, trials.engine, 0.25)
    trials.foresight.pace = 1e6  # what follows would not end in time either
    with pytest.raises(TooDearError):  # something smaller may be tried
        trials.check_tuning(foreseen, experiment, trials.engine, 1.0)
    trials.check_tuning(foreseen, experiment, trials.engine, math.inf)
    assert trials.budget.reserve == 0.0
    trials.foresight.costs.append(foreseen)
    with pytest.raises(BudgetEndedError) as ended:
        trials.check_tuning(foreseen, experiment, trials.engine, 1.0)
    assert ended.type is BudgetEndedError
