import pytest
import torch

from cellwise._threads import torch_threads
from cellwise.search import OwnBatches, Ranges, SearchSettings, Space
from cellwise.search._batches import BRACKETS, bracket


@pytest.fixture
def batches():
    """Give a function that sets up batches of the random sampler."""

    def make(**settings):
        space = Space(SearchSettings(**settings), Ranges.model_validate({}), (48,))
        return OwnBatches("random", space)

    return make


def test_all_trials_are_in_batches_of_one_shape(batches):
    made, asked = batches(num_trials=34), []
    while batch := made.next():
        asked.append((len(batch.trials), tuple(batch.rungs)))
        assert len({one.shape for _, one in batch.trials}) == 1
    assert asked == [*BRACKETS, *BRACKETS, (6, BRACKETS[0][1])]
    assert len(made.study.trials) == 34


@pytest.mark.parametrize(
    ("trials", "sizes"), [(1, [2]), (8, [2]), (16, [4, 2]), (31, [4, 2]), (32, [8, 4, 2])]
)
def test_few_trials_come_in_small_batches_so_that_several_shapes_are_seen(trials, sizes):
    assert [bracket(trials, i)[0] for i in range(2 * len(sizes))] == sizes * 2


def hyperband(most, factor):
    """Counts and resources of each bracket, by the book (theory.md 9.4)."""
    last = 0
    while factor ** (last + 1) <= most:
        last += 1
    return [
        [
            (-(-(last + 1) * factor**s // (s + 1)) // factor**i, most / factor ** (s - i))
            for i in range(s + 1)
        ]
        for s in range(last, -1, -1)
    ]


def test_worked_schedule_of_hyperband():
    assert hyperband(81, 3) == [
        [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)],
        [(34, 3), (11, 9), (3, 27), (1, 81)],
        [(15, 9), (5, 27), (1, 81)],
        [(8, 27), (2, 81)],
        [(5, 81)],
    ]
    totals = [sum(count * units for count, units in one) for one in hyperband(81, 3)]
    assert totals == [405, 363, 351, 378, 405]
    # 243 = 3^5: six brackets, which a quotient of logarithms in floats misses
    assert len(hyperband(243, 3)) == 6


def test_brackets_are_halved_where_hyperband_halves_them():
    # epochs in quarters; how many configurations a bracket begins with is this project's own choice
    for (size, rungs), by_the_book in zip(BRACKETS, hyperband(4, 2), strict=True):
        assert [*rungs, 1.0] == [units / 4 for _, units in by_the_book]
        left = [size // 2**i for i in range(len(rungs) + 1)]
        assert left[-1] == 2 and all(count % 2 == 0 for count in left)


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
