from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest

from cellwise.search import Budget, LocalEngine, Observer, SearchSettings, Workplace
from cellwise.search._afresh import FinalTraining
from cellwise.search._foresight import Foresight
from cellwise.training import TrainingSettings

SIZES = ("lstm(2)", "lstm(4)")
TRAINING = TrainingSettings(epochs=2, steps_per_epoch=3, warmup_steps=0)


@pytest.fixture
def trained(tiny_prepared, make_candidate, tmp_path):
    """Give a function that trains two sizes afresh, and says what it did and told."""

    def make(left):
        notes = []

        class Watch(Observer):
            def on_note(self, text):
                notes.append(text)

        engine = LocalEngine(tiny_prepared.data, "", tmp_path)
        place = Workplace(prepared=tiny_prepared, engine=engine)
        foresight = Foresight()
        training = FinalTraining(
            settings=SearchSettings(final_seeds=3),
            place=lambda _: place,
            budget=Budget(left),
            foresight=foresight,
            observer=Watch(),
            on_trial=lambda _: None,
        )
        wanted = {
            role: make_candidate(text, (np.ones((1, 4)),), training=TRAINING)
            for role, text in zip(("chosen", "larger"), SIZES, strict=True)
        }
        found = training.run(wanted)
        return SimpleNamespace(found=found, notes=notes, costs=foresight.costs)

    return make


def seeds(found):
    return [len(one.experiment.members) for one in found]


def test_with_time_everything_is_trained_with_all_seeds(trained):
    ended = trained(0.0)
    assert [one.role for one in ended.found] == ["chosen", "larger"]
    assert seeds(ended.found) == [3, 3] and ended.notes == []
    assert [cost.stage for cost in ended.costs] == ["final", "final"]


def test_without_time_the_choice_has_one_seed_and_others_are_left_out(trained):
    ended = trained(2.0)
    assert [one.role for one in ended.found] == ["chosen"] and seeds(ended.found) == [1]
    assert ended.notes[0] == "time is left for 1 of 3 fresh seeds of the final training"
    assert ended.notes[1] == "no time is left to retrain the larger network"


def test_what_was_trained_before_costs_no_time(trained):
    trained(0.0)
    ended = trained(2.0)
    assert seeds(ended.found) == [3, 3] and ended.notes == []


def test_all_are_asked_for_before_the_first_is_done(trained, monkeypatch):
    """An engine with room for several trains them together; one without waits for their turn."""
    order, run_all = [], LocalEngine.run_all

    @contextmanager
    def noted(engine, experiments, on_epoch):
        names = " ".join(str(one.architecture) for one in experiments)
        order.append(f"asked for {names}")
        with run_all(engine, experiments, on_epoch) as results:
            yield (order.append(f"trained {names}") or result for result in results)

    monkeypatch.setattr(LocalEngine, "run_all", noted)
    trained(0.0)
    asked, done = ([f"{word} {size}" for size in SIZES] for word in ("asked for", "trained"))
    assert order == asked + done
