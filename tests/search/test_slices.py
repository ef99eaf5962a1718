import pytest

from cellwise.search._slices import train_slice
from cellwise.testing import assert_same_result, engine_data, engine_experiments
from cellwise.training import _train, train_cohort


@pytest.fixture
def work():
    return engine_data(), engine_experiments()[0]


def test_slices_end_where_training_in_one_go_ends(work, monkeypatch):
    data, experiment = work
    alone = train_cohort(experiment, data)
    monkeypatch.setattr(_train, "_CHECKPOINT_SECONDS", 0.0)  # after each epoch
    found = [train_slice(data, experiment, "key", b"", 1)]
    while found[-1].result is None:
        found.append(train_slice(data, experiment, "key", found[-1].checkpoint, 1))
    assert len(found) == 4  # three epochs, and the scores
    assert [[r.epoch for r in one.reports] for one in found] == [[1], [2], [3], []]
    assert_same_result(alone, found[-1].result)


def test_a_slice_done_again_is_the_same(work, monkeypatch):
    data, experiment = work
    monkeypatch.setattr(_train, "_CHECKPOINT_SECONDS", 0.0)
    first = train_slice(data, experiment, "key", b"", 1)
    again = [train_slice(data, experiment, "key", first.checkpoint, 1) for _ in range(2)]
    assert again[0].reports[0].members == again[1].reports[0].members


def test_what_is_short_is_one_slice(work):
    data, experiment = work
    found = train_slice(data, experiment, "key", b"", 1)
    assert found.result is not None and len(found.reports) == 3 and found.checkpoint == b""
