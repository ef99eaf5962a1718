import pytest
import torch

from cellwise._threads import torch_threads
from cellwise.search import OwnBatches, Ranges, SearchSettings, Space
from cellwise.search._batches import BRACKETS


@pytest.fixture
def batches():
    """Give a function that sets up batches of the random sampler."""

    def make(**settings):
        space = Space(SearchSettings(**settings), Ranges.model_validate({}), (48,))
        return OwnBatches("random", space)

    return make


def test_all_trials_are_in_batches_of_one_shape(batches):
    made, asked = batches(num_trials=16), []
    while batch := made.next():
        asked.append((len(batch.trials), tuple(batch.rungs)))
        assert len({one.shape for _, one in batch.trials}) == 1
    assert asked == [*BRACKETS, (2, BRACKETS[0][1])]
    assert len(made.study.trials) == 16


def test_what_is_known_comes_first_and_alone(batches):
    made = batches(num_trials=8, known=("lstm(5)", "lstm(7) > lstm(3)"))
    first, second = made.next(), made.next()
    assert [str(c.architecture) for _, c in first.trials] == ["lstm(5)"]
    assert {str(c.architecture) for _, c in second.trials} == {"lstm(7) > lstm(3)"}


def test_seed_decides_what_is_asked(batches):
    def first(seed):
        return [configuration for _, configuration in batches(seed=seed).next().trials]

    assert first(1) == first(1) != first(2)


def test_asking_takes_one_thread_of_torch(batches, monkeypatch):
    threads, draw = [], Space.draw
    monkeypatch.setattr(
        Space, "draw", lambda *a: threads.append(torch.get_num_threads()) or draw(*a)
    )
    with torch_threads(3):
        batches().next()
        assert set(threads) == {1} and torch.get_num_threads() == 3
