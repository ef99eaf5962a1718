from dataclasses import replace

import pytest

from cellwise.search import rate_trials


@pytest.fixture
def record(make_candidate, make_member):
    members = (
        make_member(rate=0.01, seed=0, error=0.4, curve=(0.8, 0.4)),
        make_member(rate=0.01, seed=1, error=0.6, curve=(0.6, 0.6, 0.9)),
        make_member(rate=0.003, state="halved", error=0.9),
    )
    return replace(make_candidate("lstm(2) > lstm(4)", ()).record, members=members)


def test_each_rate_is_a_trial_with_its_members(record):
    low, high = rate_trials(record)
    assert [m.seed for m in high.members] == [0, 1] and len(low.members) == 1
    assert high.params == {"num_cells": 6, "num_layers": 2, "learning_rate": 0.01}
    assert low.name == "width | lstm(2) > lstm(4) | 0.003"
    assert (low.state, high.state) == ("halved", "complete")
    assert high.error == pytest.approx(0.5)


def test_layers_that_are_not_recurrent_do_not_count(record):
    low, _ = rate_trials(replace(record, architecture="lstm(2) > dropout(0.1) > gru(4)"))
    assert low.params["num_layers"] == 2


def test_curves_are_means_over_the_members_that_got_that_far(record):
    _, high = rate_trials(record)
    assert high.val_curve == pytest.approx({1: 0.7, 2: 0.5, 3: 0.9})
    assert high.train_curve == pytest.approx({1: 0.9, 2: 0.6})


def test_settings_make_a_trial_of_their_own(record):
    other = replace(record, settings={"dropout": 0.2, "learning_rate": 0.5})
    for trial in rate_trials(other):
        assert trial.name.endswith('| {"dropout": 0.2, "learning_rate": 0.5}')
        assert trial.params["dropout"] == 0.2 and trial.params["learning_rate"] in (0.003, 0.01)


def test_one_member_without_numbers_is_enough(record, make_member):
    bad = make_member(rate=0.01, state="non-finite")
    (trial,) = rate_trials(replace(record, members=(bad, make_member(rate=0.01))))
    assert trial.state == "non-finite"


def test_start_from_trained_weights_is_a_trial_of_its_own(record):
    warm = rate_trials(replace(record, started_from="lstm(2)"))
    assert [t.name for t in warm] == [f"{t.name} | from lstm(2)" for t in rate_trials(record)]
