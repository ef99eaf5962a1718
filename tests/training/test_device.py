"""Training on a device that is not main memory: without a card, on one that only says so."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from cellwise._files import read_tensors
from cellwise.architecture import Architecture
from cellwise.testing import ELSEWHERE, Elsewhere, assert_same_result
from cellwise.training import (
    Experiment,
    Member,
    TrainingSettings,
    _cohort,
    _optimizer,
    _train,
    train_cohort,
)

ARCHITECTURES = (
    "lstm(3)",
    "2*gru(3) > dense(4, relu)",
    "bilstm(3, merge=sum) > rnn(4, dropout=0.2)",
    "lstm(4, recurrent_dropout=0.2) > lstm(4, residual)",
    "lstm(4, zoneout=0.2, peephole, proj=2)",
    "lstm(3, learn_state) > gru(3, ln=lean, residual)",
    "lstm(3, stateful)",
    "conv(3, 4) > lstm(4) > attention(2)",
    "norm > dropout(0.1) > lstm(3)",
    "encoder(lstm(3)) > decoder(lstm(3), attention=additive, teacher_forcing=0.5)",
    "encoder(bigru(2)) > decoder(gru(4), attention=dot)",
    "lstm(4, proj=3, skip=2) > gru(3, from_input)",
)


@pytest.fixture
def elsewhere(monkeypatch):
    """Give a function that trains a cohort there; the steps in main memory are made of torch, too."""
    monkeypatch.setattr(_optimizer, "load_extension", lambda: (None, "left out"))
    devices = []

    def train(experiment, data, **options):
        with monkeypatch.context() as patched, Elsewhere() as device:
            patched.setattr(_cohort, "choose_device", lambda name: ELSEWHERE)
            devices.append(device)
            return train_cohort(experiment, data, **options)

    train.devices = devices
    return train


@pytest.fixture
def members():
    return tuple(
        Member(fold=fold, seed=3, learning_rate=rate, **more)
        for fold in (0, 1)
        for rate, more in ((0.003, {}), (0.01, {"l1": 1e-4, "l2": 1e-3, "dropout": 0.3}))
    )


def experiment_of(text, members, **settings):
    options = {"epochs": 2, "batch_size": 16, "steps_per_epoch": 3, "backend": "reference"}
    return Experiment(
        architecture=Architecture.parse(text),
        members=members,
        settings=TrainingSettings(**{**options, **settings}),
        keeps_weights=True,
    )


@pytest.mark.parametrize("text", ARCHITECTURES)
def test_every_layer_trains_there_as_in_main_memory(text, members, tiny_data, elsewhere):
    experiment = experiment_of(text, members)
    assert_same_result(elsewhere(experiment, tiny_data), train_cohort(experiment, tiny_data))


@pytest.mark.parametrize("schedule", ["plateau", "one_cycle"])
def test_all_rules_of_the_optimizer_do(schedule, tiny_data, elsewhere):
    kinds = [{"optimizer": name} for name in ("adam", "nadam", "rmsprop", "sgd")]
    kinds += [{"optimizer": "sgd", "momentum": 0.9, "nesterov": True}]
    members = tuple(Member(fold=0, seed=1, learning_rate=0.01, **kind) for kind in kinds)
    experiment = replace(
        experiment_of("lstm(3)", members, epochs=4, schedule=schedule), halving=(1, 2)
    )
    assert_same_result(elsewhere(experiment, tiny_data), train_cohort(experiment, tiny_data))


def test_a_checkpoint_goes_from_one_to_the_other(
    members, tiny_data, tmp_path, elsewhere, monkeypatch
):
    monkeypatch.setattr(_train, "_CHECKPOINT_SECONDS", -1.0)
    experiment, path = experiment_of("lstm(3)", members, epochs=4), tmp_path / "checkpoint"

    def stop(report):
        if report.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        elsewhere(experiment, tiny_data, checkpoint=path, key="k", on_epoch=stop)
    here = train_cohort(experiment, tiny_data, checkpoint=path, key="k")
    with pytest.raises(KeyboardInterrupt):
        train_cohort(
            experiment, tiny_data, checkpoint=path.with_suffix(".2"), key="k", on_epoch=stop
        )
    there = elsewhere(experiment, tiny_data, checkpoint=path.with_suffix(".2"), key="k")
    assert_same_result(here, there)
    assert_same_result(here, train_cohort(experiment, tiny_data))


def test_activations_are_the_same(members, tiny_data, tmp_path, elsewhere):
    experiment = replace(experiment_of("lstm(3) > gru(2)", members), watch=("0", "head"))
    elsewhere(experiment, tiny_data, activations=tmp_path / "there", key="k")
    train_cohort(experiment, tiny_data, activations=tmp_path / "here", key="k")
    files = sorted((tmp_path / "here").iterdir())
    assert len(files) == 3
    for file in files:
        (here, about), (there, their) = (
            read_tensors(f) for f in (file, tmp_path / "there" / file.name)
        )
        assert about == their
        assert all(np.array_equal(here[name], there[name]) for name in here | there)


def test_a_step_waits_for_nothing(members, tiny_data, elsewhere):
    """How often values come back does not grow with the steps of an epoch."""
    waits = []
    for steps in (2, 12):
        experiment = experiment_of(
            "lstm(3, dropout=0.1) > gru(3)", members, epochs=1, steps_per_epoch=steps, batch_size=4
        )
        elsewhere(experiment, tiny_data)
        waits.append(sum(elsewhere.devices[-1].waits.values()))
    assert waits[0] == waits[1] > 0


@pytest.mark.parametrize("text", ["lstm(3) > gru(2)", "gru(3, stateful) > rnn(2, dropout=0.2)"])
def test_the_kernels_of_a_card_train_alike(text, members, tiny_data, monkeypatch):
    """In Triton's interpreter, whose tensors lie in main memory."""
    pytest.importorskip("triton", reason="triton has builds for Linux only")
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    options = {"epochs": 1, "batch_size": 8, "steps_per_epoch": 2}
    found, expected = (
        train_cohort(experiment_of(text, members[:2], **options, backend=backend), tiny_data)
        for backend in ("cuda", "reference")
    )
    np.testing.assert_allclose(found.weights, expected.weights, rtol=1e-4, atol=1e-6)
    assert [m.state for m in found.members] == [m.state for m in expected.members]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("text", ARCHITECTURES)
def test_a_card_agrees_with_main_memory(text, members, tiny_data):
    here = experiment_of(text, members, backend="auto")
    card = replace(here, settings=replace(here.settings, device="cuda"))
    found, expected = (train_cohort(one, tiny_data) for one in (card, here))
    assert found.kept == expected.kept
    np.testing.assert_allclose(found.weights, expected.weights, rtol=1e-2, atol=1e-4)
    assert np.isfinite(found.peak_bytes) and found.peak_bytes > 0
