from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.data import ForecastTask, prepare
from cellwise.training import Member, network_for, train_cohort

MEMBER = Member(fold=0, seed=1, learning_rate=0.01)


@pytest.fixture
def experiment(make_experiment):
    return make_experiment([MEMBER])


def test_replicates_share_a_recipe_but_neither_fold_nor_seed(make_experiment):
    faster = replace(MEMBER, learning_rate=0.1)
    members = [MEMBER, faster, replace(MEMBER, fold=1), replace(faster, seed=7)]
    found = make_experiment(members).replicates
    assert found == {MEMBER.recipe: [0, 2], faster.recipe: [1, 3]}


def test_same_experiment_has_the_same_key(experiment, make_experiment):
    assert experiment.key("data") == make_experiment([MEMBER]).key("data")
    assert len(experiment.key("data")) == 20


def test_key_changes_with_the_data(experiment):
    assert experiment.key("data") != experiment.key("other")


@pytest.mark.parametrize(
    "changes",
    [
        {"architecture": Architecture.parse("lstm(4)")},
        {"architecture": Architecture.parse("gru(3)")},
        {"architecture": Architecture.parse("lstm(3, to_output) > lstm(3)")},
        {"members": (MEMBER, MEMBER)},
        {"halving": (1,)},
        {"retrain": True},
        {"keeps_weights": True},
        {"first_weights": np.zeros((1, 5), np.float32)},
    ],
    ids=str,
)
def test_key_changes_with_every_field(experiment, changes):
    assert replace(experiment, **changes).key("data") != experiment.key("data")


def test_taps_make_another_key(experiment):
    keys = {
        replace(experiment, architecture=Architecture.parse(text)).key("data")
        for text in ("lstm(3) > lstm(3)", "lstm(3, to_output) > lstm(3)")
    }
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fold", 1),
        ("seed", 2),
        ("learning_rate", 0.02),
        ("dropout", 0.1),
        ("weight_decay", 0.1),
        ("l1", 0.1),
        ("l2", 0.1),
        ("clip_norm", 2.0),
    ],
)
def test_key_changes_with_everything_of_a_member(experiment, name, value):
    changed = replace(experiment, members=(replace(MEMBER, **{name: value}),))
    assert changed.key("data") != experiment.key("data")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("metric", "mae"),
        ("loss", "mae"),
        ("huber_delta", 2.0),
        ("quantile", 0.4),
        ("batch_size", 16),
        ("epochs", 9),
        ("stop_after", 2),
        ("steps_per_epoch", 9),
        ("patience", 1),
        ("schedule", "constant"),
        ("warmup_steps", 9),
    ],
)
def test_key_changes_with_every_setting(experiment, name, value):
    changed = replace(experiment, settings=replace(experiment.settings, **{name: value}))
    assert changed.key("data") != experiment.key("data")


def test_network_fits_the_data(experiment, tiny_data):
    layout = experiment.network(tiny_data).layout
    # 4 gates x 3 cells x (1 feature + 3 cells + bias), then 2 outputs x (3 cells + bias)
    assert layout.num_parameters == 4 * 3 * (1 + 3 + 1) + 2 * (3 + 1)


def test_retraining_learns_from_the_test_fold_without_its_windows(experiment, tiny_data):
    (fold,) = replace(experiment, retrain=True).folds(tiny_data)
    assert len(fold.val_starts) == 0
    assert list(fold.train_starts) == list(tiny_data.test.train_starts)
    # 60 + 20 % of 300 rows; a window is 10 rows
    assert fold.train_starts.max() + 10 <= 240


def test_a_decoder_forecasts_step_by_step(make_experiment, tiny_data):
    members = [Member(fold=0, seed=seed, learning_rate=0.01) for seed in (0, 1)]
    arch = "encoder(lstm(3)) > decoder(lstm(3), attention=dot)"
    experiment = make_experiment(members, arch=arch, epochs=2)
    network = experiment.network(tiny_data)
    assert network.output_steps == tiny_data.horizon
    result = train_cohort(experiment, tiny_data)
    assert all(np.isfinite(m.error) for m in result.members)
    assert result.scores[0].lead_errors.shape == (tiny_data.horizon,)


PULSES = (np.arange(600) % 11 == 0) + 0.05 * np.random.default_rng(0).normal(size=600)


@pytest.fixture(scope="module")
def pulses():
    """Give a pulse every 11 steps, and windows of 4 steps, which mostly show none."""
    task = ForecastTask(target="y", horizon=1, context_length=4, num_folds=2)
    return prepare(pl.DataFrame({"y": PULSES}), task).data


def test_a_stateful_network_learns_what_no_window_shows(make_experiment, pulses):
    """A window without a pulse does not say when the next one comes: its variance is 1."""
    errors = {}
    for arch in ("lstm(8)", "lstm(8, stateful)"):
        member = Member(fold=1, seed=0, learning_rate=0.02)
        options = {"epochs": 20, "batch_size": 16, "steps_per_epoch": 40, "patience": 0}
        result = train_cohort(make_experiment([member], arch=arch, **options), pulses)
        errors[arch] = result.members[0].error
    assert errors["lstm(8)"] > 0.7
    assert errors["lstm(8, stateful)"] < 0.3


def test_a_stateful_member_is_the_same_alone_and_after_a_stop(make_experiment, pulses, tmp_path):
    members = [Member(fold=f, seed=s, learning_rate=0.01) for f in (0, 1) for s in (0, 1)]
    arch = "lstm(3, stateful, dropout=0.1) > gru(2)"
    together = train_cohort(make_experiment(members, arch=arch), pulses)
    alone = train_cohort(make_experiment(members[2:3], arch=arch), pulses)
    np.testing.assert_allclose(together.weights[2], alone.weights[0], rtol=1e-4, atol=1e-6)

    def stop(report):
        if report.epoch == 1:
            raise KeyboardInterrupt

    checkpoint = tmp_path / "c.safetensors"
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("cellwise.training._train._CHECKPOINT_SECONDS", -1.0)
        experiment = make_experiment(members, arch=arch)
        train_cohort(experiment, pulses, checkpoint=checkpoint, key="k", on_epoch=stop)
    went_on = train_cohort(experiment, pulses, checkpoint=checkpoint, key="k")
    assert np.array_equal(went_on.weights, together.weights)


def test_a_branch_reads_the_columns_that_it_names(tiny_data):
    names = {"past_names": ("a", "b"), "past": np.zeros((len(tiny_data.target), 2), np.float32)}
    network = network_for(Architecture.parse("[b: lstm(2)]"), replace(tiny_data, **names))
    x = torch.randn(1, 4, 8, 3, requires_grad=True)
    parameters = torch.randn(1, network.num_parameters)
    (gradient,) = torch.autograd.grad(network(parameters, x).sum(), x)
    assert (gradient.abs().amax(dim=(0, 1, 2)) > 0).tolist() == [False, False, True]
