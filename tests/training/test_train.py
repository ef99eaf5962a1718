import numpy as np
import pytest
import torch

from cellwise._extension import load_extension
from cellwise.training import Member, _train, train_cohort


class PulledPlugError(Exception):
    pass


def same(a, b):
    assert str(a.members) == str(b.members)
    assert a.kept == b.kept
    assert np.array_equal(a.weights, b.weights)
    for one, other in zip(a.scores, b.scores, strict=True):
        assert np.array_equal(one.window_errors, other.window_errors)
        assert np.array_equal(one.lead_errors, other.lead_errors)
        assert one.score == other.score


@pytest.fixture
def experiment(make_experiment, twelve):
    return make_experiment(twelve, epochs=4, halving=(1, 2))


@pytest.mark.parametrize("epoch", [1, 2, 3, 4])
def test_interrupted_and_continued_is_uninterrupted(
    epoch, experiment, tiny_data, tmp_path, monkeypatch
):
    monkeypatch.setattr(_train, "_CHECKPOINT_SECONDS", -1.0)
    path, seen = tmp_path / "checkpoint", []

    def pull(report):
        if report.epoch == epoch:
            raise PulledPlugError("pulled")

    with pytest.raises(PulledPlugError, match="pulled"):
        train_cohort(experiment, tiny_data, checkpoint=path, key="k", on_epoch=pull)
    continued = train_cohort(
        experiment, tiny_data, checkpoint=path, key="k", on_epoch=lambda r: seen.append(r.epoch)
    )
    assert seen == list(range(epoch + 1, 5))
    same(continued, train_cohort(experiment, tiny_data))


def test_plateau_is_continued_where_it_was(
    make_experiment, twelve, tiny_data, tmp_path, monkeypatch
):
    monkeypatch.setattr(_train, "_CHECKPOINT_SECONDS", -1.0)
    settings = {"epochs": 12, "halving": (3,), "schedule": "plateau", "patience": 0}
    experiment = make_experiment(twelve, **settings)

    def pull(report):
        if report.epoch == 9:
            raise PulledPlugError("pulled")

    with pytest.raises(PulledPlugError, match="pulled"):
        train_cohort(experiment, tiny_data, checkpoint=tmp_path / "c", key="k", on_epoch=pull)
    continued = train_cohort(experiment, tiny_data, checkpoint=tmp_path / "c", key="k")
    same(continued, train_cohort(experiment, tiny_data))
    plain = train_cohort(make_experiment(twelve, **settings | {"schedule": "constant"}), tiny_data)
    assert plain.members != continued.members  # somebody's rate was lowered


def test_final_training_lowers_its_rate_when_it_is_told_to(make_experiment, twelve, tiny_data):
    def final(**settings):
        return train_cohort(make_experiment(twelve[:1], retrain=True, **settings), tiny_data)

    constant, never = final(schedule="constant"), final(schedule="plateau")
    once = final(schedule="plateau", drops=(2,))
    assert np.array_equal(constant.weights, never.weights)
    assert once.members[0].train_curve[:2] == never.members[0].train_curve[:2]
    assert not np.array_equal(once.weights, never.weights)


@pytest.mark.parametrize("threads", [2, 3, 5, 16])
def test_results_do_not_depend_on_the_number_of_threads(threads, experiment, tiny_data):
    one = train_cohort(experiment, tiny_data, threads=1)
    many = train_cohort(experiment, tiny_data, threads=threads)
    assert one.kept == many.kept
    assert np.array_equal(one.weights, many.weights)
    assert [m.state for m in one.members] == [m.state for m in many.members]


def test_the_same_twice_is_the_same(experiment, tiny_data):
    same(train_cohort(experiment, tiny_data), train_cohort(experiment, tiny_data))


def test_observer_is_told_each_epoch(experiment, tiny_data):
    reports = []
    train_cohort(experiment, tiny_data, on_epoch=reports.append)
    assert [r.epoch for r in reports] == [1, 2, 3, 4]
    assert [r.active for r in reports] == [8, 4, 4, 4]
    assert {r.last_epoch for r in reports} == {4}
    assert all(np.isfinite(r.error) and r.seconds > 0 for r in reports)


def test_observer_is_told_of_members_gradients_and_the_leader(experiment, tiny_data):
    reports = []
    result = train_cohort(experiment, tiny_data, on_epoch=reports.append)
    last = reports[-1]
    assert [len(m.val_curve) for m in last.members] == [len(m.val_curve) for m in result.members]
    assert last.gradients.norms.shape[1] == len(last.gradients.members) == 4
    assert last.members[last.leader].error == min(m.error for m in result.members)
    np.testing.assert_array_equal(last.weights, result.weights[result.kept.index(last.leader)])


def test_without_a_sound_recipe_nobody_leads(make_experiment, tiny_data):
    reports = []
    crazy = Member(fold=0, seed=0, learning_rate=1e30)
    train_cohort(make_experiment([crazy]), tiny_data, on_epoch=reports.append)
    assert reports[-1].leader == -1 and reports[-1].weights.shape == (0,)


def test_stop_after_ends_before_the_schedule_does(make_experiment, twelve, tiny_data):
    reports = []
    train_cohort(make_experiment(twelve, stop_after=2), tiny_data, on_epoch=reports.append)
    assert [(r.epoch, r.last_epoch) for r in reports] == [(1, 2), (2, 2)]


def test_threads_of_torch_are_given_back(make_experiment, tiny_data):
    before = torch.get_num_threads()
    train_cohort(make_experiment([Member(fold=0, seed=0, learning_rate=0.01)]), tiny_data)
    assert torch.get_num_threads() == before


def test_scores_are_in_the_order_of_the_members(make_experiment, twelve, tiny_data):
    mixed = (twelve[6], twelve[0], twelve[7])
    result = train_cohort(make_experiment(mixed), tiny_data)
    for record, score in zip(result.members, result.scores, strict=True):
        assert len(score.window_errors) == len(tiny_data.folds[record.fold].val_starts)
        assert score.score.mse == pytest.approx(record.error, rel=1e-5)


def test_no_member_left_gives_no_weights(make_experiment, tiny_data):
    member = Member(fold=0, seed=0, learning_rate=1e38)
    result = train_cohort(make_experiment([member], warmup_steps=0), tiny_data)
    assert result.members[0].state == "non-finite"
    assert len(result.weights) == len(result.kept) == len(result.scores)


def test_memory_of_a_cohort_is_given_back(experiment, tiny_data):
    extension = load_extension()[0]
    if extension is None:
        pytest.skip("the compiled kernels are not there")
    train_cohort(experiment, tiny_data)
    assert extension.unused_memory() == 0
