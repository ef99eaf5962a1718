from dataclasses import replace

import numpy as np
import pytest
import torch

from cellwise.data import Fold, WindowReader, window_errors
from cellwise.layers import forecast
from cellwise.training import Member, TrainingSettings
from cellwise.training._optimizer import RowOptimizer
from cellwise.training._rows import MONITORED, RowTrainer, monitored, steps_per_epoch

HOST = torch.device("cpu")


def fold_of(train, val):
    return Fold(
        name="f",
        train_starts=np.arange(train),
        val_starts=np.arange(val),
        history_stops=np.array([train]),
    )


def test_few_validation_windows_are_all_looked_at():
    assert len(monitored(fold_of(1, 10))) == 10


def test_many_validation_windows_are_looked_at_evenly():
    starts = monitored(fold_of(1, 10 * MONITORED))
    assert len(starts) == MONITORED
    assert starts[0] == 0 and starts[-1] == 10 * MONITORED - 1
    assert set(np.diff(starts)) <= {9, 10, 11}


def test_an_epoch_passes_over_the_longest_fold_once():
    settings = TrainingSettings(batch_size=10, steps_per_epoch=100)
    assert steps_per_epoch(settings, [fold_of(31, 1), fold_of(95, 1)]) == 10


def test_an_epoch_has_at_most_the_steps_allowed():
    settings = TrainingSettings(batch_size=10, steps_per_epoch=3)
    assert steps_per_epoch(settings, [fold_of(95, 1)]) == 3


@pytest.fixture
def trainer(make_experiment, twelve, tiny_data):
    def make(members=twelve, **settings):
        experiment = make_experiment(members, **settings)
        return RowTrainer(
            network=experiment.network(tiny_data),
            reader=WindowReader(tiny_data),
            folds=tiny_data.folds,
            settings=experiment.settings,
            members=experiment.members,
            num_steps=4,
        )

    return make


def test_order_of_windows_depends_on_seed_fold_and_epoch_alone(trainer, twelve):
    rows = trainer()._orders(0).starts  # ordered by fold, seed, rate
    assert np.array_equal(rows[0], rows[1]) and np.array_equal(rows[0], rows[2])
    assert not np.array_equal(rows[0], rows[3])
    assert not np.array_equal(rows[0], rows[6])
    assert not np.array_equal(rows[0], trainer()._orders(1).starts[0])
    assert np.array_equal(rows[7], trainer(twelve[7:8])._orders(0).starts[0])


def test_every_window_trained_on_is_one_of_the_fold(trainer, tiny_data):
    rows = trainer()._orders(0).starts
    assert set(rows[0].ravel()) <= set(tiny_data.folds[0].train_starts)
    assert set(rows[6].ravel()) <= set(tiny_data.folds[1].train_starts)


def test_no_masks_are_drawn_without_dropout(trainer):
    assert trainer()._dropout(0, HOST) is None


def test_members_rate_of_dropout_goes_before_the_architectures(trainer, twelve):
    members = (replace(twelve[0], dropout=0.5), twelve[0])
    assert trainer(members, arch="lstm(3, dropout=0.2)")._dropout(0, HOST).rates.tolist() == [
        [pytest.approx(0.5)],
        [pytest.approx(0.2)],
    ]


def test_masks_of_a_member_do_not_depend_on_its_neighbours(trainer, twelve):
    members = tuple(replace(m, dropout=0.3) for m in twelve)
    ones = torch.ones(12, 5, 6, 3)
    together = trainer(members)._dropout(2, HOST)(ones, 0)
    alone = trainer(members[8:9])._dropout(2, HOST)(ones[:1], 0)
    assert torch.equal(together[8], alone[0])


def test_validation_error_is_that_of_the_forecasts(trainer, twelve, tiny_data):
    one = trainer(twelve[6:7])
    parameters = one.network.initial_parameters((0,)) + 0.1
    starts = tiny_data.folds[1].val_starts
    forecasts = forecast(one.network, parameters, one.reader, starts)[0]
    expected = ((forecasts - tiny_data.targets(starts)) ** 2).mean(axis=1)
    np.testing.assert_allclose(one.validation_errors(parameters)[0], expected, rtol=1e-5)


def test_training_loss_is_in_standardised_units(trainer, twelve, tiny_data):
    settings = {"batch_size": 10**6, "schedule": "constant", "warmup_steps": 0}
    one = replace(trainer(twelve[:1], **settings), num_steps=1)
    parameters = one.network.initial_parameters((0,))
    optimizer = RowOptimizer.of(
        twelve[:1], one.network.layout.learning_rate_scale(), one.network.layout.decays()
    )
    starts = one._orders(0).starts[0, 0]
    before = forecast(one.network, parameters, one.reader, starts)[0]
    (loss,) = one.train_epoch(parameters, optimizer, 0)
    assert loss == pytest.approx(window_errors("mse", tiny_data, starts, before).mean(), rel=1e-4)


def test_loss_of_a_row_that_blew_up_is_nan_and_the_others_go_on(trainer, twelve):
    one = trainer(twelve[:2])
    parameters = one.network.initial_parameters((0, 0))
    parameters[1] = float("nan")
    layout = one.network.layout
    optimizer = RowOptimizer.of(twelve[:2], layout.learning_rate_scale(), layout.decays())
    good, bad = one.train_epoch(parameters, optimizer, 0)
    assert np.isfinite(good) and np.isnan(bad)


def test_members_must_have_a_fold_that_exists(trainer):
    with pytest.raises(IndexError, match="index out of range"):
        trainer((Member(fold=9, seed=0, learning_rate=0.1),))._orders(0)


def test_windows_of_a_stateful_network_go_on_where_they_were_left(trainer, twelve, tiny_data):
    orders = trainer(twelve, arch="lstm(3, stateful)")._orders(0)
    for member in (0, 6):
        starts, fresh = orders.starts[member], orders.fresh[member]
        assert (starts[1:] - starts[:-1])[~fresh[1:]].tolist().count(8) == (~fresh[1:]).sum() > 0
        assert set(starts.ravel()) <= set(tiny_data.folds[twelve[member].fold].train_starts)
    assert not trainer()._orders(0).fresh.any()
