from dataclasses import replace

import numpy as np
import pytest
import torch

from cellwise.training import Member, train_cohort
from cellwise.training._cohort import Cohort


@pytest.fixture
def cohort(tiny_data):
    """Give a function that sets up a cohort."""
    return lambda experiment: Cohort(experiment, tiny_data)


def run(cohort, epochs):
    for _ in range(epochs):
        cohort.run_epoch()


@pytest.mark.parametrize(
    ("arch", "settings"),
    [
        ("lstm(3)", {}),
        ("gru(2) > gru(3)", {"loss": "huber", "metric": "mae"}),
        ("lstm(2, to_output) > lstm(2, dropout=0.3)", {"schedule": "constant"}),
    ],
)
def test_twelve_together_are_twelve_trained_alone(
    arch, settings, make_experiment, twelve, tiny_data
):
    together = train_cohort(make_experiment(twelve, arch=arch, **settings), tiny_data)
    assert together.kept == tuple(range(12))
    for index, member in enumerate(twelve):
        alone = train_cohort(make_experiment([member], arch=arch, **settings), tiny_data)
        np.testing.assert_allclose(
            together.weights[index], alone.weights[0], rtol=1e-3, atol=2e-5, err_msg=str(member)
        )
        np.testing.assert_allclose(
            together.members[index].val_curve, alone.members[0].val_curve, rtol=1e-4
        )
        assert together.members[index].best_epoch == alone.members[0].best_epoch
        assert together.scores[index].score.mse == pytest.approx(
            alone.scores[0].score.mse, rel=1e-4
        )


def test_training_lowers_the_error(make_experiment, tiny_data):
    member = Member(fold=0, seed=0, learning_rate=0.03)
    (record,) = train_cohort(make_experiment([member], epochs=15), tiny_data).members
    assert record.error < 0.8 * record.val_curve[0]


def test_kept_weights_are_those_of_the_best_epoch(cohort, make_experiment):
    member = Member(fold=0, seed=0, learning_rate=0.3)
    one = cohort(make_experiment([member], epochs=8, schedule="constant", patience=0))
    rows = []
    for _ in range(8):
        one.run_epoch()
        rows.append(one.parameters[0].clone())
    one.finish()
    (record,) = one.records()
    assert record.error == min(record.val_curve)
    assert record.best_epoch == 1 + record.val_curve.index(record.error)
    assert torch.equal(one.kept[0], rows[record.best_epoch - 1])


def test_halving_keeps_the_better_half_of_the_rates(cohort, make_experiment, twelve):
    c = cohort(make_experiment(twelve))
    run(c, 1)
    errors = {
        rate: np.mean([r.error for r in c.records() if r.learning_rate == rate])
        for rate in (0.003, 0.01, 0.03)
    }
    worst = max(errors, key=errors.get)
    c.halve()
    assert {r.learning_rate for r in c.records() if r.state == "halved"} == {worst}
    assert len(c.active) == 8 and len(c.parameters) == 8 and len(c.optimizer.mean) == 8
    run(c, 1)
    c.halve()
    best = min(set(errors) - {worst}, key=lambda r: errors_now(c)[r])
    c.finish()
    assert {r.learning_rate for r in c.records() if r.state == "finished"} == {best}
    assert sorted(c.kept) == [i for i, m in enumerate(twelve) if m.learning_rate == best]


def errors_now(cohort):
    found = {}
    for record in cohort.records():
        found.setdefault(record.learning_rate, []).append(record.error)
    return {rate: np.mean(errors) for rate, errors in found.items()}


def test_rows_left_after_halving_train_as_before(make_experiment, twelve, tiny_data):
    """Halving takes rows away; what it leaves is what full training would have made of them."""
    halved = train_cohort(make_experiment(twelve, halving=(1,)), tiny_data)
    full = train_cohort(make_experiment(twelve), tiny_data)
    for row, index in enumerate(halved.kept):
        np.testing.assert_allclose(halved.weights[row], full.weights[index], rtol=1e-3, atol=2e-5)


def test_halving_drops_rates_that_had_stopped_before(cohort, make_experiment):
    members = [Member(fold=0, seed=0, learning_rate=r) for r in (0.01, 1e-9)]
    c = cohort(make_experiment(members))
    run(c, 1)
    c.progress[1].error = 100.0
    c._retire({1: "stopped"})
    assert 1 in c.kept
    c.halve()
    assert c.records()[1].state == "halved"
    assert list(c.kept) == [] and c.active == [0]


def test_a_member_stops_after_its_own_patience(cohort, make_experiment):
    members = [Member(fold=0, seed=0, learning_rate=r) for r in (0.01, 1e-12)]
    c = cohort(make_experiment(members, epochs=6, patience=2, schedule="constant"))
    c.progress[1].error = 0.0  # the second one can never improve
    run(c, 2)
    states = [r.state for r in c.records()]
    assert states == ["running", "stopped"]
    assert len(c.records()[1].val_curve) == 2 and c.active == [0]


def test_patience_0_never_stops(cohort, make_experiment):
    c = cohort(make_experiment([Member(fold=0, seed=0, learning_rate=1e-12)], patience=0))
    c.progress[0].error = 0.0
    run(c, 3)
    assert c.active == [0]


def test_a_crazy_rate_ends_non_finite_while_the_others_go_on(make_experiment, tiny_data):
    good = Member(fold=0, seed=0, learning_rate=0.01)
    crazy = replace(good, learning_rate=1e38)
    experiment = make_experiment([good, crazy], warmup_steps=0)
    result = train_cohort(experiment, tiny_data)
    assert [m.state for m in result.members] == ["finished", "non-finite"]
    alone = train_cohort(make_experiment([good], warmup_steps=0), tiny_data)
    np.testing.assert_allclose(result.weights[0], alone.weights[0], rtol=1e-3, atol=2e-5)


def test_nan_weights_end_a_member(cohort, make_experiment):
    members = [Member(fold=0, seed=s, learning_rate=0.01) for s in (0, 1)]
    c = cohort(make_experiment(members))
    c.parameters[0] = float("nan")
    run(c, 1)
    assert [r.state for r in c.records()] == ["non-finite", "running"]
    assert c.active == [1] and 0 not in c.kept


def test_halving_ranks_a_rate_with_a_failed_member_last(cohort, make_experiment):
    members = [Member(fold=0, seed=s, learning_rate=r) for r in (0.01, 0.02) for s in (0, 1)]
    c = cohort(make_experiment(members))
    c.parameters[0] = float("nan")
    run(c, 1)
    c.halve()
    assert [r.state for r in c.records()] == ["halved", "halved", "running", "running"]


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_checkpoint_continues_bit_for_bit(stop, cohort, make_experiment, twelve, tmp_path):
    members = [replace(m, dropout=0.2) for m in twelve]
    members[5] = replace(members[5], learning_rate=1e38)
    experiment = make_experiment(members, epochs=4, halving=(2,))

    def go(c, epochs):
        while c.epoch < epochs:
            c.run_epoch()
            if c.epoch in experiment.halving:
                c.halve()

    whole, first, second = (cohort(experiment) for _ in range(3))
    go(whole, 4)
    go(first, stop)
    first.save(tmp_path / "c.safetensors", "key", 1.5)
    assert second.load(tmp_path / "c.safetensors", "key") == 1.5
    go(second, 4)
    for c in (whole, second):
        c.finish()
    assert str(second.records()) == str(whole.records())
    assert sorted(second.kept) == sorted(whole.kept)
    for index, row in whole.kept.items():
        assert torch.equal(second.kept[index], row)


def test_checkpoint_of_another_experiment_is_not_used(cohort, make_experiment, twelve, tmp_path):
    c = cohort(make_experiment(twelve))
    run(c, 1)
    c.save(tmp_path / "c", "one", 9.0)
    other = cohort(make_experiment(twelve))
    assert other.load(tmp_path / "c", "two") == 0.0
    assert other.epoch == 0


@pytest.mark.parametrize("content", [None, b"", b"rubbish" * 100])
def test_absent_or_damaged_checkpoint_starts_afresh(
    content, cohort, make_experiment, twelve, tmp_path
):
    if content is not None:
        (tmp_path / "c").write_bytes(content)
    c = cohort(make_experiment(twelve))
    assert c.load(tmp_path / "c", "key") == 0.0
    assert c.epoch == 0


def test_cut_off_checkpoint_starts_afresh(cohort, make_experiment, twelve, tmp_path):
    c = cohort(make_experiment(twelve))
    c.save(tmp_path / "c", "key", 1.0)
    (tmp_path / "c").write_bytes((tmp_path / "c").read_bytes()[:-50])
    assert cohort(make_experiment(twelve)).load(tmp_path / "c", "key") == 0.0


def test_retraining_keeps_the_last_weights_and_has_no_scores(cohort, make_experiment, tiny_data):
    experiment = make_experiment(
        [Member(fold=0, seed=0, learning_rate=0.01)], retrain=True, stop_after=2, patience=0
    )
    c = cohort(experiment)
    run(c, 2)
    assert c.done
    last = c.parameters[0].clone()
    c.finish()
    assert torch.equal(c.kept[0], last)
    assert c.records()[0].val_curve == () and c.records()[0].best_epoch == 2
    assert train_cohort(experiment, tiny_data).scores == ()


def test_members_begin_with_the_weights_that_they_are_given(cohort, make_experiment):
    member = Member(fold=0, seed=0, learning_rate=0.01)
    drawn = cohort(make_experiment([member])).parameters
    given = replace(make_experiment([member]), first_weights=drawn.numpy() + 1)
    one = cohort(given)
    assert torch.equal(one.parameters, drawn + 1)
    one.run_epoch()
    assert np.array_equal(given.first_weights, drawn.numpy() + 1)
