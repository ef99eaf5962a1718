import pytest

from cellwise._extension import num_threads
from cellwise.architecture import Architecture
from cellwise.training import Experiment, Member, TrainingSettings
from cellwise.training._probe import PieceSeconds, Probe


def test_pieces_are_timed_on_the_threads_that_training_uses(tiny_data):
    threads = num_threads()
    experiment = Experiment(
        architecture=Architecture.parse("lstm(2)"),
        members=(Member(fold=0, seed=0, learning_rate=0.01),),
        settings=TrainingSettings(epochs=1, steps_per_epoch=2),
    )
    seconds = Probe(experiment, tiny_data).measure()
    assert 0 < seconds.step < 5 and 0 < seconds.validation < 5 and 0 < seconds.scoring < 5
    assert num_threads() == threads


def test_of_two_times_the_shorter_one_is_kept_for_each_piece():
    one = PieceSeconds(step=1.0, validation=5.0, scoring=2.0)
    other = PieceSeconds(step=2.0, validation=4.0, scoring=2.0)
    shortest = one.shortest(other)
    assert (shortest.step, shortest.validation, shortest.scoring) == pytest.approx((1, 4, 2))
    assert one.shortest(None) == one
