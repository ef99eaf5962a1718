import threading

import numpy as np
import pytest

from cellwise.architecture import Architecture
from cellwise.search import (
    Crew,
    CrewEngine,
    LocalEngine,
    SearchSettings,
    SharedEngine,
    SharedStore,
    candidate_experiment,
)
from cellwise.training import TrainingSettings


def experiment_of(text):
    settings = SearchSettings(training=TrainingSettings(epochs=2), num_seeds=1)
    return candidate_experiment(Architecture.parse(text), settings, 2, 0.01)


@pytest.fixture
def experiment():
    return experiment_of("lstm(2)")


@pytest.fixture
def driver(database, tiny_data, tmp_path):
    """Give a function that makes a driver with a run directory: its engine, store and notes."""
    stores = []

    def make(name):
        store, notes = SharedStore(database, "waves"), []
        stores.append(store)
        local = LocalEngine(tiny_data, "these data", tmp_path / name)
        return SharedEngine(local, store, notes.append), store, notes

    yield make
    for store in stores:
        store.close()


def refuse(report):
    raise AssertionError("it was trained again")


def test_what_one_has_trained_the_other_recalls(driver, experiment):
    (one, *_), (two, *_) = driver("one"), driver("two")
    assert not two.knows(experiment)
    result = one.run(experiment, lambda report: None)
    assert two.knows(experiment)
    again = two.run(experiment, refuse)
    assert again.members == result.members and again.seconds == result.seconds
    assert np.array_equal(again.weights, result.weights)


def test_own_result_that_was_not_shared_yet_is_shared(driver, experiment):
    (one, *_), (two, *_) = driver("one"), driver("two")
    one._local.run(experiment, lambda report: None)
    one.run(experiment, refuse)
    two.run(experiment, refuse)


def test_cohort_that_another_trains_is_waited_for(driver, experiment):
    (one, *_), (two, _, notes) = driver("one"), driver("two")
    begun, go_on = threading.Event(), threading.Event()

    def pause(report):
        begun.set()
        assert go_on.wait(20)
        assert not two.knows(experiment)

    first = threading.Thread(target=one.run, args=(experiment, pause))
    first.start()
    assert begun.wait(20)
    second = threading.Thread(target=two.run, args=(experiment, refuse))
    second.start()
    second.join(0.7)
    assert second.is_alive()
    go_on.set()
    first.join(20)
    second.join(20)
    assert notes == ["waiting for lstm(2), in training elsewhere"]
    assert two._local.knows(experiment)


def test_cohort_of_a_driver_that_failed_is_trained_here(driver, experiment):
    (one, *_), (two, *_) = driver("one"), driver("two")

    def stop(report):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        one.run(experiment, stop)
    epochs = []
    two.run(experiment, epochs.append)
    assert len(epochs) == 2


def test_drivers_divide_cohorts_that_do_not_depend_on_each_other(driver):
    """While one is in its first cohort the other goes through all that are left."""
    (one, *_), (two, *_) = driver("one"), driver("two")
    several = [experiment_of(text) for text in ("lstm(2)", "lstm(3)", "lstm(4)")]
    begun, told = threading.Event(), {"one": set(), "two": set()}
    left = set(several[1:])

    def slow(report):
        told["one"].add(report.experiment)
        begun.set()
        while not all(two._local.knows(experiment) for experiment in left):
            begun.wait(0.05)

    def quick(report):
        told["two"].add(report.experiment)

    results = {}

    def work(name, engine, on_epoch):
        with engine.run_all(several, on_epoch) as found:
            results[name] = [result.members for result in found]

    first = threading.Thread(target=work, args=("one", one, slow))
    first.start()
    assert begun.wait(20)
    work("two", two, quick)
    first.join(20)
    assert told == {"one": {several[0]}, "two": left}
    assert results["one"] == results["two"]


def test_driver_with_room_for_several_claims_them_together_and_leaves_the_others(driver, make_pool):
    (one, *_), (two, *_) = driver("one"), driver("two")
    one._local = CrewEngine(one._local, Crew(make_pool()))
    several = [experiment_of(text) for text in ("lstm(2)", "lstm(3)", "lstm(4)")]
    claimed, claim = [], one._store.claim
    one._store.claim = lambda key: claimed.append(key) or claim(key)

    def look(report):
        if report.experiment in several[:2]:  # in training there, both of them
            assert len(claimed) == 2 and not two._store.claim(claimed[0])
            assert not two._store.claim(claimed[1])

    with one.run_all(several, look) as results:
        found = [result.members for result in results]
    assert claimed == [one._local.shelf.key(experiment) for experiment in several]
    with two.run_all(several, refuse) as results:
        assert [result.members for result in results] == found
