import threading

import pytest

from cellwise import RunError
from cellwise.search import _crew
from cellwise.search._crew import Crew, Room, Training
from cellwise.search._slices import Slice
from cellwise.testing import engine_experiments

DONE = "done"


@pytest.fixture
def make_training():
    """Give the function that makes a cohort which notes what is done with it."""

    def make(name, notes):
        return Training(
            data=None,
            experiment=engine_experiments()[0],
            key=name,
            checkpoint=b"",
            on_epoch=lambda report: notes.append((name, report)),
            save=lambda content: notes.append((name, content)),
            keep=lambda result: result,
        )

    return make


def script(*slices):
    """Play slices in turn, whoever asks."""
    left = list(slices)
    return lambda work: left.pop(0)


def test_a_cohort_goes_from_checkpoint_to_checkpoint(make_pool, make_training):
    notes = []
    pool = make_pool(
        train=script(
            Slice(reports=("first",), checkpoint=b"1"), Slice(reports=("second",), result=DONE)
        )
    )
    crew, one = Crew(pool), make_training("a", notes)
    crew.add([one])
    assert crew.finish(one) == DONE
    assert notes == [("a", b"1"), ("a", "first"), ("a", "second")]
    assert [work.checkpoint for work in pool.works] == [b"", b"1"]


def test_a_lost_worker_costs_the_slice_alone(make_pool, make_training):
    notes = []
    pool = make_pool(
        train=script(Slice(checkpoint=b"1"), None, None, Slice(checkpoint=b"2"), Slice(result=DONE))
    )
    crew, one = Crew(pool), make_training("a", notes)
    crew.add([one])
    assert crew.finish(one) == DONE
    assert [work.checkpoint for work in pool.works] == [b"", b"1", b"1", b"1", b"2"]
    assert [content for _, content in notes] == [b"1", b"2"]


def test_a_cohort_that_kills_every_worker_is_given_up(make_pool, make_training):
    crew, one = Crew(make_pool(train=script(*[None] * 9))), make_training("a", [])
    crew.add([one])
    with pytest.raises(RunError, match=r"lstm\(2\): 4 workers in a row were lost over it \(gone\)"):
        crew.finish(one)


def test_no_more_run_at_once_than_there_is_room_for(make_pool, make_training):
    pool = make_pool(
        train=lambda work: Slice(result=work.key), room=Room(places=2, threads=3, most=3)
    )
    crew = Crew(pool)
    cohorts = [make_training(name, []) for name in "abcde"]
    crew.add(cohorts)
    assert [crew.finish(one) for one in cohorts] == list("abcde")
    assert pool.most == 2 and {work.threads for work in pool.works} == {3}


def test_a_cohort_in_training_goes_before_one_that_waits(make_pool, make_training):
    slices = script(Slice(checkpoint=b"1"), Slice(result=DONE), Slice(result=DONE))
    pool = make_pool(train=slices, room=Room(places=1, threads=1, most=1))
    crew, cohorts = Crew(pool), [make_training(name, []) for name in "ab"]
    crew.add(cohorts)
    assert [crew.finish(one) for one in cohorts] == [DONE, DONE]
    assert [work.key for work in pool.works] == ["a", "a", "b"]


def test_a_slice_that_no_machine_can_take_any_more_begins_anew(
    make_pool, make_training, monkeypatch
):
    stuck, begun = threading.Event(), []

    def train(work):
        begun.append(work.threads)
        if work.threads == 4:  # as if it waited for a machine that is gone
            stuck.wait(10)
        return Slice(result=DONE)

    monkeypatch.setattr(_crew, "_LOOK", 0.01)
    pool = make_pool(train=train, room=Room(places=2, threads=4, most=4))
    crew, one = Crew(pool), make_training("a", [])
    crew.add([one])
    pool.room = lambda num_cohorts: Room(places=2, threads=2, most=2)
    assert crew.finish(one) == DONE
    assert begun == [4, 2] and pool.cancelled == 1
    stuck.set()


def test_while_one_is_waited_for_the_others_go_on(make_pool, make_training):
    notes = []
    pool = make_pool(
        train=lambda work: Slice(checkpoint=b"1") if not work.checkpoint else Slice(result=work.key)
    )
    crew = Crew(pool)
    first, second = make_training("a", notes), make_training("b", notes)
    crew.add([first])
    crew.add([second])
    crew.finish(second)
    crew.finish(first)
    assert {name for name, _ in notes} == {"a", "b"}


def test_what_is_dropped_is_cancelled_and_never_told(make_pool, make_training):
    notes = []
    pool = make_pool(
        train=lambda work: Slice(reports=("x",), result=DONE),
        room=Room(places=1, threads=1, most=1),
    )
    crew, cohorts = Crew(pool), [make_training(name, notes) for name in "ab"]
    crew.add(cohorts)
    crew.drop(cohorts)
    assert pool.cancelled == 1 and len(pool.works) == 1
    third = make_training("c", notes)
    crew.add([third])
    assert crew.finish(third) == DONE and notes == [("c", "x")]


def test_all_that_ended_is_kept_before_an_observer_can_stop_it(make_pool, make_training):
    class StopError(Exception):
        pass

    def stop(report):
        raise StopError("stop")

    kept = []
    pool = make_pool(train=lambda work: Slice(reports=("x",), result=work.key), instant=True)
    crew, cohorts = Crew(pool), [make_training(name, []) for name in "ab"]
    for one in cohorts:
        one.on_epoch, one.keep = stop, lambda result: kept.append(result) or result
    crew.add(cohorts)
    with pytest.raises(StopError, match="stop"):
        crew.finish(cohorts[0])
    crew.drop(cohorts)
    assert sorted(kept) == ["a", "b"]
