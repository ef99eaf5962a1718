import pytest

from cellwise import SettingsError
from cellwise.search import Ledger, Ranges, SearchSettings, SharedBatches, SharedStore, Space


@pytest.fixture
def driver(database):
    """Give a function that makes a driver: its batches and its store."""
    opened = []

    def make(sampler="random", **settings):
        store = SharedStore(database, "waves")
        ledger = Ledger(store)
        opened.extend((ledger, store))
        space = Space(
            SearchSettings(**{"num_trials": 34, **settings}), Ranges.model_validate({}), (48,)
        )
        return SharedBatches(sampler, space, ledger, store), store

    yield make
    for one in opened:
        one.close()


def tell(batches, batch, value=1.0):
    for trial, _ in batch.trials:
        batches.study.tell(trial.number, value, skip_if_finished=True)


def recipes(batch):
    return [configuration.recipe for _, configuration in batch.trials]


def test_two_drivers_are_given_different_batches(driver):
    (one, _), (two, _) = driver(), driver()
    mine, theirs = one.next(), two.next()
    assert (len(mine.trials), len(theirs.trials)) == (8, 4)
    assert set(recipes(mine)).isdisjoint(recipes(theirs))
    states = [t.state.name for t in one.study.trials]
    assert states == ["RUNNING"] * 12


def test_what_one_has_finished_the_other_recalls(driver):
    (one, _), (two, _) = driver(), driver()
    mine = one.next()
    tell(one, mine)
    assert recipes(two.next()) == recipes(mine)
    assert len(two.next().trials) == 4


def test_batch_of_a_driver_that_died_is_taken_over_by_one(driver):
    (one, store), (two, _), (three, _) = driver(), driver(), driver()
    lost = one.next()
    store.close()
    taken = two.next()
    assert recipes(taken) == recipes(lost) and list(taken.rungs) == list(lost.rungs)
    assert [t.number for t, _ in taken.trials] == [t.number for t, _ in lost.trials]
    assert set(recipes(three.next())).isdisjoint(recipes(lost))
    tell(two, taken)
    assert [t.state.name for t in two.study.trials[:8]] == ["COMPLETE"] * 8


def test_all_drivers_end_with_the_same_trials(driver):
    (one, _), (two, _) = driver(), driver()
    seen = ([], [])
    for _ in range(7):  # a batch at a time: each is asked for by one and recalled by the other
        for mine, batches in zip(seen, (one, two), strict=True):
            if batch := batches.next():
                mine += recipes(batch)
                tell(batches, batch)
    assert one.next() is None and two.next() is None
    assert len(seen[0]) == len(seen[1]) == 34
    assert set(seen[0]) == set(seen[1])


def test_trial_that_was_being_asked_for_is_void(driver):
    (one, store), (two, _) = driver(), driver()
    one.study.ask()
    store.close()
    batch = two.next()
    assert [t.number for t, _ in batch.trials] == list(range(1, 9))
    assert two.study.trials[0].state.name == "FAIL"


def test_what_is_known_is_asked_for_once(driver):
    (one, _), (two, _) = driver(known=("lstm(5)",)), driver(known=("lstm(5)",))
    drawn = [b.next().trials[0][1] for b in (one, two)]
    assert str(drawn[0].architecture) == "lstm(5)"
    assert drawn[0].recipe.learning_rate == 0.01 != drawn[1].recipe.learning_rate


def test_another_space_is_refused(driver):
    driver(max_cells=16)
    with pytest.raises(SettingsError, match=r"max_cells must be 16 as in postgresql.*, got 32"):
        driver(max_cells=32)
