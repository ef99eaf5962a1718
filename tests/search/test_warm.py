from dataclasses import replace

import numpy as np
import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.search import Configuration, begin_from, candidate_experiment, evaluate
from cellwise.search._candidate import warm_experiment
from cellwise.search._settings import SearchSettings
from cellwise.search._warm import Trained, holds
from cellwise.training import Member, TrainingSettings, train_cohort

SETTINGS = SearchSettings(
    num_seeds=2,
    warm=True,
    training=TrainingSettings(epochs=3, steps_per_epoch=4, batch_size=32, warmup_steps=2),
)


def sizes(text):
    return Architecture.parse(text)


@pytest.fixture(scope="module")
def start(tiny_data):
    """Give a trained size of two cells whose weights are kept."""
    experiment, _ = warm_experiment(
        candidate_experiment(sizes("lstm(2)"), SETTINGS, 2, 0.01), None, tiny_data
    )
    return evaluate(experiment, train_cohort(experiment, tiny_data), "width", tiny_data)


def larger(text, start, tiny_data):
    cold = candidate_experiment(sizes(text), SETTINGS, 2, 0.01)
    return warm_experiment(cold, start, tiny_data)


@pytest.mark.parametrize(
    ("small", "large", "expected"),
    [
        ("lstm(2)", "lstm(4)", True),
        ("lstm(8)", "lstm(8, to_output) > lstm(2)", True),
        ("lstm(8)", "lstm(5) > lstm(5)", False),
        ("lstm(8, to_output) > lstm(2)", "lstm(16)", False),
    ],
)
def test_what_a_size_can_begin_from(small, large, expected):
    assert holds(sizes(small), sizes(large)) is expected


@pytest.mark.parametrize("text", ["lstm(4)", "lstm(2, to_output) > lstm(2)"])
def test_each_member_begins_as_the_one_with_its_fold_and_seed_ended(text, start, tiny_data):
    experiment, origin = larger(text, start, tiny_data)
    assert origin is start
    before = replace(experiment, architecture=start.architecture).network(tiny_data)
    after = experiment.network(tiny_data)
    x = torch.randn(1, 5, 8, tiny_data.input_size)
    ended = {
        (m.fold, m.seed): before(torch.from_numpy(row[None]), x)
        for m, row in zip(start.trained.members, start.trained.weights, strict=True)
    }
    assert len(ended) == 4
    for member, row in zip(experiment.members, experiment.first_weights, strict=True):
        begins = after(torch.from_numpy(row[None]), x)
        torch.testing.assert_close(begins, ended[member.fold, member.seed], rtol=1e-6, atol=1e-6)


def test_a_warm_member_trains_as_it_does_alone(start, tiny_data):
    experiment, _ = larger("lstm(4)", start, tiny_data)
    experiment = replace(experiment, halving=())
    alone = replace(
        experiment, members=experiment.members[5:6], first_weights=experiment.first_weights[5:6]
    )
    together, one = (train_cohort(each, tiny_data) for each in (experiment, alone))
    np.testing.assert_allclose(together.weights[5], one.weights[0], rtol=1e-3, atol=2e-5)


def test_the_key_covers_where_members_began(start, tiny_data):
    experiment, _ = larger("lstm(4)", start, tiny_data)
    again, _ = larger("lstm(4)", start, tiny_data)
    moved = replace(experiment, first_weights=experiment.first_weights + np.float32(1e-3))
    cold = replace(experiment, first_weights=None)
    keys = {one.key("data") for one in (experiment, moved, cold)}
    assert len(keys) == 3 and again.key("data") in keys


def test_a_candidate_says_what_it_began_from(start, tiny_data):
    experiment, origin = larger("lstm(4)", start, tiny_data)
    found = evaluate(experiment, train_cohort(experiment, tiny_data), "width", tiny_data, origin)
    assert found.record.started_from == "lstm(2)" and start.record.started_from == ""
    assert found.lineage == (start, found)
    assert found.trained.weights.shape[0] == 4


def test_a_size_that_does_not_hold_the_incumbent_begins_anew(start, tiny_data):
    experiment, origin = larger("lstm(1) > lstm(1)", start, tiny_data)
    assert origin is None and experiment.first_weights is None and experiment.keeps_weights


def test_members_without_a_counterpart_are_left_out(tiny_data):
    network = candidate_experiment(sizes("lstm(2)"), SETTINGS, 2, 0.01).network(tiny_data)
    trained = Trained(
        architecture=sizes("lstm(2)"),
        members=(Member(fold=1, seed=0, learning_rate=0.01),),
        weights=network.initial_parameters((0,)).numpy(),
    )
    cold = candidate_experiment(sizes("lstm(3)"), SETTINGS, 2, 0.01)
    warm = begin_from(cold, trained, tiny_data)
    assert {(m.fold, m.seed) for m in warm.members} == {(1, 0)}
    assert len(warm.first_weights) == len(warm.members) == 3


def test_a_cold_candidate_keeps_no_weights(tiny_data):
    experiment = candidate_experiment(sizes("lstm(2)"), SETTINGS, 2, 0.01)
    found = evaluate(experiment, train_cohort(experiment, tiny_data), "width", tiny_data)
    assert found.trained is None and isinstance(found.configuration, Configuration)
