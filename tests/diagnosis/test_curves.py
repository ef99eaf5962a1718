import math

import pytest

from cellwise.diagnosis import (
    check_early_stop,
    check_epochs,
    check_exploding_loss,
    check_flat,
    check_non_finite,
    rate_test,
)
from cellwise.diagnosis._curves import _late_fall

FLAT = (1.0, 0.9, 0.8, 0.799, 0.798, 0.798)


def falling(*values):
    return {"train_curve": values, "val_curve": values}


def test_a_loss_that_is_no_number_is_found(make_member):
    bad = make_member(state="non-finite", train_curve=(1.0, math.nan), val_curve=(1.0, math.nan))
    found = check_non_finite([bad, bad], "step 12, layer 1")
    assert (found.key, found.severity, found.where) == (
        "non_finite_loss",
        "fault",
        "step 12, layer 1",
    )
    assert "fold 1, seed 0, rate 0.01) in epoch 2" in found.seen


def test_a_rate_that_lost_anyway_is_a_note(make_member):
    bad = make_member(state="non-finite", learning_rate=1.0)
    assert check_non_finite([make_member(), bad]).severity == "note"
    assert check_non_finite([make_member()]) is None


def test_a_loss_that_explodes_is_found(make_member):
    found = check_exploding_loss([make_member(), make_member(train_curve=(1.0, 0.1, 0.9, 0.1))])
    assert (found.value, found.severity) == (pytest.approx(9), "fault")
    assert found.where == "fold 1, seed 0, epoch 3"


def test_a_loss_that_falls_does_not_explode(make_member):
    assert check_exploding_loss([make_member(), make_member(train_curve=(1.0,))]) is None


def test_a_loss_that_explodes_in_few_networks_is_a_note(make_member):
    members = [make_member(), make_member(), make_member(train_curve=(1.0, 0.1, 0.9, 0.1))]
    found = check_exploding_loss(members)
    assert found.severity == "note" and found.seen.endswith("(1 of 3 networks)")


def test_flat_because_of_the_rate(make_member):
    found = check_flat([make_member(**falling(*FLAT))], by_rate={0.01: 0.8, 0.1: 0.4}, floor=0.2)
    assert found.key == "flat_loss" and "it is the learning rate" in found.seen
    assert found.do == "a learning rate of 0.1"


def test_flat_because_of_the_scaling(make_member):
    found = check_flat([make_member(**falling(*FLAT))], by_rate={}, input_size=300.0)
    assert "it is the scaling" in found.seen


def test_flat_because_nothing_is_left(make_member):
    found = check_flat([make_member(**falling(*FLAT))], by_rate={0.01: 0.8, 0.1: 0.9}, floor=0.75)
    assert found.severity == "note" and "noise floor" in found.seen


def test_flat_for_no_known_reason(make_member):
    found = check_flat([make_member(**falling(*FLAT))], by_rate={0.01: 0.8, 0.1: 0.9}, floor=0.1)
    assert found.severity == "fault" and found.confidence == "possible"


def test_a_loss_that_moves_or_is_good_is_not_flat(make_member):
    assert check_flat([make_member()], by_rate={}) is None
    assert check_flat([make_member(**falling(*FLAT))], by_rate={}, reference=0.8) is None
    assert "3 epochs" in check_flat([make_member(**falling(1.0, 0.9))], by_rate={})


def test_too_few_epochs_are_found(make_member):
    steep = make_member(**falling(1.0, 0.8, 0.6, 0.5, 0.4, 0.32, 0.25, 0.2))
    assert check_epochs([steep, steep], 8).key == "too_few_epochs"


def test_enough_epochs_are_not(make_member):
    assert check_epochs([make_member(), make_member()], 6) is None
    assert check_epochs([make_member()], 12) is None
    assert "tell nothing" in check_epochs([make_member()], 2)


def test_a_first_epoch_that_was_the_best_is_found(make_member):
    worse = make_member(**falling(0.5, 0.6, 0.7, 0.8))
    assert check_early_stop([worse, worse]).key == "early_stop_at_edge"
    assert check_early_stop([worse, worse], reference=0.5) is None
    assert check_early_stop([make_member()]) is None


def test_a_rate_test_is_read_off_the_curves(make_member):
    halved = make_member(learning_rate=0.1, val_curve=(1.0, 0.3), state="halved")
    failed = make_member(learning_rate=1.0, val_curve=(1.0, math.nan))
    found = rate_test([make_member(), halved, failed])
    assert found == {0.01: 0.6, 0.1: 0.3, 1.0: math.inf}


def test_curves_that_begin_at_nothing_neither_fall_nor_rise(make_member):
    exact = make_member(**falling(*[0.0] * 8), best_epoch=8)
    assert check_epochs([exact, exact], 8) is None
    assert _late_fall(exact.train_curve) == 0.0
