"""Networks with weights that are set by hand or trained for a second, and records by hand."""

import numpy as np
import polars as pl
import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.data import ForecastTask, prepare
from cellwise.diagnosis import Patient, Windows
from cellwise.layers import build
from cellwise.records import CandidateRecord, MemberRecord, Score
from cellwise.training import Experiment, Member, TrainingSettings, train_cohort


def member_of(**given):
    fields = {
        "fold": 0,
        "seed": 0,
        "learning_rate": 0.01,
        "state": "finished",
        "train_curve": (1.0, 0.5, 0.3, 0.25, 0.22, 0.2),
        "val_curve": (1.0, 0.6, 0.4, 0.33, 0.31, 0.305),
    } | given
    curve = fields["val_curve"]
    fields.setdefault("best_epoch", int(np.argmin(curve)) + 1)
    fields.setdefault("error", min(curve))
    return MemberRecord(**fields)


def candidate_of(architecture="lstm(8)", members=None, folds=(0.3, 0.31), **given):
    score = Score(mse=0.3, mae=0.4, mase=1.0, smape=10.0, original_mse=0.3, original_mae=0.4)
    fields = {
        "stage": "width",
        "architecture": architecture,
        "num_parameters": 300,
        "num_cells": 8,
        "learning_rate": 0.01,
        "error": float(np.mean(folds)),
        "standard_error": 0.01,
        "seed_deviation": 0.01,
        "error_by_fold": tuple(folds),
        "score": score,
        "members": tuple(members or (member_of(), member_of(seed=1))),
        "seconds": 1.0,
    } | given
    return CandidateRecord(**fields)


def wave_table(rows=1200, period=12, noise=0.3, seed=0):
    steps = np.arange(rows)
    shocks = np.random.default_rng(seed).normal(size=rows)
    return pl.DataFrame({"y": 5 + np.sin(steps * 2 * np.pi / period) + noise * shocks})


def data_of(table, context=24, horizon=3, **task):
    task = ForecastTask(target="y", horizon=horizon, context_length=context, num_folds=2, **task)
    return prepare(table, task).data


def trained(text, data, epochs=8, rate=0.01, seed=0, **member):
    experiment = Experiment(
        architecture=Architecture.parse(text),
        members=(Member(fold=0, seed=seed, learning_rate=rate, **member),),
        settings=TrainingSettings(epochs=epochs, patience=0),
    )
    result = train_cohort(experiment, data, threads=1)
    return Patient(
        network=experiment.network(data),
        weights=torch.from_numpy(result.weights[:1].copy()),
        windows=Windows.of(data, data.folds[0].train_starts),
    )


def patient_of(text, inputs, targets, *, seed=0, output_steps=0, **windows):
    """Make a network that was not trained, on arrays; its output layer is drawn."""
    output_size = 1 if output_steps else targets.shape[1]
    network = build(
        Architecture.parse(text),
        input_size=inputs.shape[2],
        output_size=output_size,
        output_steps=output_steps,
    )
    weights = network.initial_parameters((seed,))
    head = network.layout.views(weights)["head.weight"]
    head.normal_(generator=torch.Generator().manual_seed(seed))
    return Patient(
        network=network,
        weights=weights,
        windows=Windows(inputs=inputs, targets=targets, context_length=inputs.shape[1], **windows),
    )


@pytest.fixture(scope="session")
def make_member():
    """Give the function that makes the record of a healthy network, with changes."""
    return member_of


@pytest.fixture(scope="session")
def make_candidate():
    """Give the function that makes the record of a healthy candidate, with changes."""
    return candidate_of


@pytest.fixture(scope="session")
def make_wave():
    """Give the function that makes a wave with noise."""
    return wave_table


@pytest.fixture(scope="session")
def make_data():
    """Give the function that cuts a table into windows and folds."""
    return data_of


@pytest.fixture(scope="session")
def train():
    """Give the function that trains a network on data."""
    return trained


@pytest.fixture(scope="session")
def make_patient():
    """Give the function that makes a network that was not trained, on arrays."""
    return patient_of


@pytest.fixture(scope="session")
def wave_data():
    """Give windows of a wave: period 12, context 24, horizon 3."""
    return data_of(wave_table())


@pytest.fixture(scope="session")
def healthy(wave_data):
    """Give lstm(6) trained on the wave."""
    return trained("lstm(6)", wave_data, epochs=60, rate=0.03)


@pytest.fixture(scope="session")
def noise():
    """Give inputs without any structure, (64, 20, 2), and targets, (64, 1)."""
    generator = torch.Generator().manual_seed(0)
    return (
        torch.randn(64, 20, 2, generator=generator),
        torch.randn(64, 1, generator=generator),
    )
