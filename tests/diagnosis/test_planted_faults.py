"""The doctor on real data: it finds what was planted, and nothing where nothing was.

Slow: some minutes. Every fault is planted in data, weights or settings of a network that is trained
here; what is found is read off `diagnose` where `cellwise diagnose` would read it, and off the check
itself where `fit` cannot have the fault.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.baselines import _select
from cellwise.data import ForecastTask, prepare
from cellwise.diagnosis import (
    Patient,
    Trials,
    Windows,
    check_alpha,
    check_carried_state,
    check_leak,
    check_one_class,
    check_order,
    check_padding,
    diagnose,
)
from cellwise.layers import build
from cellwise.records import CandidateRecord, Score
from cellwise.run import fit
from cellwise.search._alpha import alpha_walk
from cellwise.training import Experiment, Member, TrainingSettings, train_cohort

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

DATA = Path(__file__).parents[3] / "shared" / "data"
MOST_ROWS = 6000

RUNS = {
    "airline": ("univariate/airline-passengers.csv", "Passengers", "Month", 6),
    "temperatures": ("univariate/daily-min-temperatures.csv", "Temp", "Date", 7),
    "sunspots": ("univariate/monthly-sunspots.csv", "Sunspots", "Month", 12),
    "births": ("univariate/daily-total-female-births.csv", "Births", "Date", 7),
    "household": (
        "univariate/household_power_consumption_days.csv",
        "Global_active_power",
        "datetime",
        7,
    ),
    "etth1": ("forecast_long/ETTh1.csv", "OT", "date", 24),
    "exchange": ("forecast_long/exchange_rate.csv", "OT", "date", 14),
    "weather": ("forecast_long/WTH.csv", "WetBulbCelsius", "date", 24),
    "bikes": ("tabular_hourly/bike_sharing_hour.csv", "cnt", None, 24),
    "cash": ("nn5_daily.csv", "NN5-001", "date", 14),
}


def table_of(name: str) -> pl.DataFrame:
    path, target, time, _ = RUNS[name]
    if not (DATA / path).is_file():
        pytest.skip(f"{DATA / path} is not on this machine")
    frame = pl.read_csv(DATA / path, infer_schema_length=10_000, ignore_errors=True)
    columns = [one for one in (time, target) if one]
    return frame.select(columns).head(MOST_ROWS)


NO_SCORE = Score(**dict.fromkeys(Score.__dataclass_fields__, float("nan")))


@cache
def data_of(name, context=None, horizon=None, **task):
    _, target, time, ahead = RUNS[name]
    return prepare(
        table_of(name),
        ForecastTask(
            target=target,
            time=time,
            horizon=horizon or ahead,
            context_length=context,
            num_folds=2,
            missing="interpolate",
            **task,
        ),
    ).data


def settings_of(**given):
    return TrainingSettings(**{"epochs": 12, "patience": 0, "steps_per_epoch": 30} | given)


def candidate_of(text, data, rates=(0.01,), settings=None, seeds=2, **member):
    """Train a cohort; its first rate is the one that is kept."""
    experiment = Experiment(
        architecture=Architecture.parse(text),
        members=tuple(
            Member(fold=fold, seed=seed, learning_rate=rate, **member)
            for rate in rates
            for fold in range(2)
            for seed in range(seeds)
        ),
        settings=settings or settings_of(),
    )
    result = train_cohort(experiment, data, threads=1)
    kept = [m for m in result.members if m.learning_rate == rates[0]]
    folds = tuple(float(np.mean([m.error for m in kept if m.fold == fold])) for fold in range(2))
    record = CandidateRecord(
        stage="width",
        architecture=text,
        num_parameters=result.weights.shape[1],
        num_cells=experiment.architecture.num_cells,
        learning_rate=rates[0],
        error=float(np.mean(folds)),
        standard_error=float("nan"),
        seed_deviation=float("nan"),
        error_by_fold=folds,
        score=NO_SCORE,
        members=result.members,
        seconds=result.seconds,
    )
    if not len(result.weights):
        return record, None
    patient = Patient(
        network=experiment.network(data),
        weights=torch.from_numpy(result.weights[:1].copy()),
        windows=Windows.of(data, data.folds[0].train_starts),
    )
    return record, patient


def of_records(record, *others, baselines=(), epochs=12):
    trials = Trials(candidates=(record, *others), chosen=record, baselines=baselines, epochs=epochs)
    return diagnose("planted", None, trials).findings


def of_network(patient, data=None):
    starts = None if data is None else data.folds[0].train_starts
    return diagnose("planted", patient, data=data, starts=starts).findings


@cache
def sound():
    """A network that is healthy: the faults of weights are planted in it."""
    return candidate_of("lstm(8)", data_of("bikes", context=48), seeds=1)[1]


def changed(patient, **changes):
    weights = patient.weights.clone()
    views = patient.network.layout.views(weights)
    for name, change in changes.items():
        view = next(v for k, v in views.items() if k.endswith(name))
        change(view)
    return replace(patient, weights=weights)


def non_finite():
    return of_records(candidate_of("lstm(4)", data_of("sunspots"), (1e30,))[0])


def exploding_loss():
    settings = settings_of(schedule="constant", warmup_steps=300)
    data = data_of("sunspots")
    return of_records(candidate_of("rnn(8)", data, (30.0,), settings, clip_norm=0.0)[0])


def unscaled():
    data = data_of("etth1")
    covariate = (1000 * data.target[:, None]).astype(np.float32)
    data = replace(data, past=covariate, past_names=("load",))
    return of_network(candidate_of("lstm(4)", data, seeds=1)[1])


def vanishing():
    data = data_of("bikes", context=48, horizon=1)
    patient = candidate_of("rnn(6)", data, seeds=1)[1]
    return of_network(changed(patient, weight_hh=lambda w: w.mul_(0.05)))


def exploding_gradient():
    data = data_of("sunspots")
    patient = candidate_of("rnn(4, activation=relu)", data, seeds=1)[1]
    grown = {"weight_hh": lambda w: w.copy_(1.4 * torch.eye(4)[None])}
    return of_network(changed(patient, **grown))


def saturated():
    return of_network(changed(sound(), weight_ih=lambda w: w.mul_(0), bias=lambda b: b.mul_(30)))


def dead():
    def kill(view):
        view.view(1, 4, 8, -1)[:, :, :2] = 0.0

    cut = dict.fromkeys(("layers.0.weight_ih", "layers.0.weight_hh", "layers.0.bias"), kill)
    return of_network(changed(sound(), **cut))


def duplicates():
    def copy(view):
        view.view(1, 4, 8, -1)[:, :, 1] = view.view(1, 4, 8, -1)[:, :, 0]

    cut = dict.fromkeys(("layers.0.weight_ih", "layers.0.weight_hh", "layers.0.bias"), copy)
    return of_network(changed(sound(), **cut))


def low_rank():
    """Every cell is the first one, with other gains: no copies, but hardly a direction more."""

    def spread(view):
        gates = view.view(1, 4, 8, -1)
        gains = torch.linspace(0.5, 1.5, 8)[None, None, :, None]
        gates.copy_(gates[:, :, :1] * gains)

    cut = dict.fromkeys(("layers.0.weight_ih", "layers.0.weight_hh", "layers.0.bias"), spread)
    return of_network(changed(sound(), **cut))


def stuck():
    return of_network(candidate_of("lstm(4)", data_of("bikes"), (1e-8,), seeds=1)[1])


def last_value():
    return of_network(candidate_of("lstm(4)", data_of("bikes"), (1e-5,), seeds=1)[1])


def mean():
    data = data_of("bikes", anchor="none")
    return of_network(candidate_of("lstm(4)", data, (1e-5,), seeds=1)[1])


def flat():
    data = data_of("sunspots")
    return of_records(candidate_of("lstm(4)", data, (1e-6, 1e-2))[0])


def overfit():
    data = data_of("births")
    settings = settings_of(epochs=80, schedule="constant")
    record = candidate_of("lstm(64)", data, (0.03,), settings)[0]
    return of_records(record, epochs=80)


def last_kept(record):
    """What it would have been without early stopping: the weights of the last epoch are kept."""
    members = tuple(
        replace(m, best_epoch=len(m.val_curve), error=m.val_curve[-1]) for m in record.members
    )
    folds = [[m.error for m in members if m.fold == fold] for fold in range(2)]
    error = float(np.mean(folds))
    return replace(record, members=members, error=error, error_by_fold=tuple(map(np.mean, folds)))


def alpha():
    """Every size of the walk learns by heart, and the network is larger than all of them."""
    data = data_of("births")
    settings = settings_of(epochs=80, schedule="constant")

    def trial(cells):
        record = last_kept(candidate_of(f"lstm({cells})", data, (0.03,), settings)[0])
        training = SimpleNamespace(metric="mse")
        return SimpleNamespace(
            record=record, failed=False, configuration=SimpleNamespace(training=training)
        )

    return [check_alpha(alpha_walk(data, trial, max_cells=32), trial(64).record)]


def underfit():
    data, settings = data_of("bikes"), settings_of(epochs=4)
    return of_network(candidate_of("lstm(1)", data, (1e-3,), settings, seeds=1)[1])


def deeper():
    data, settings = data_of("sunspots"), settings_of(epochs=8)
    shallow = candidate_of("rnn(8)", data, (0.01,), settings)[0]
    deep = candidate_of(" > ".join(["rnn(8)"] * 12), data, (0.01,), settings)[0]
    return of_records(shallow, deep, epochs=8)


def few_epochs():
    data = data_of("bikes")
    settings = settings_of(epochs=6, schedule="constant", steps_per_epoch=10)
    return of_records(candidate_of("lstm(8)", data, (2e-3,), settings)[0], epochs=6)


def edge():
    settings = settings_of(schedule="constant", warmup_steps=360)
    return of_records(candidate_of("lstm(8)", data_of("sunspots"), (3.0,), settings)[0])


def short_window():
    data = data_of("bikes", context=6, horizon=6, calendar="none")
    return of_network(candidate_of("lstm(8)", data, seeds=1)[1], data)


def padding():
    windows = Windows.of(data_of("sunspots"), data_of("sunspots").folds[0].train_starts)
    inputs, steps = windows.inputs.clone(), windows.inputs.shape[1]
    for row in range(0, len(inputs), 3):
        inputs[row, steps - 4 - row % 11 :] = 0.0
    return [check_padding(inputs)]


def leak():
    windows = Windows.of(data_of("sunspots"), data_of("sunspots").folds[0].train_starts)
    network = build(Architecture.parse("bilstm(4)"), input_size=1, output_size=1, output_steps=20)
    weights = network.initial_parameters((0,))
    network.layout.views(weights)["head.weight"].fill_(1.0)
    inputs = windows.inputs[:, :20, :1]
    given = Windows(inputs=inputs, targets=inputs[..., 0], context_length=20)
    return [check_leak(Patient(network=network, weights=weights, windows=given))]


def classes():
    data = data_of("bikes")
    labels = torch.from_numpy((data.target[:500] > 0).astype(np.int64))
    return [check_one_class(torch.tensor([[2.0, 0.0]]).expand(500, 2), labels)]


STATEFUL = Architecture.parse("lstm(4, stateful)")


def independent():
    generator = np.random.default_rng(0)
    starts = generator.permutation(data_of("sunspots").folds[0].train_starts)[:400]
    target = data_of("sunspots").target.astype(np.float64)
    return [check_carried_state(STATEFUL, target[starts[:-1] + 24], target[starts[1:]])]


def shuffled():
    starts = np.random.default_rng(0).permutation(data_of("sunspots").folds[0].train_starts)
    return [check_order(STATEFUL, starts[:640].reshape(20, 32), 24)]


PLANTED = {
    "non_finite_loss": non_finite,
    "exploding_loss": exploding_loss,
    "unscaled_inputs": unscaled,
    "vanishing_gradient": vanishing,
    "exploding_gradient": exploding_gradient,
    "saturated_gates": saturated,
    "dead_cells": dead,
    "duplicate_cells": duplicates,
    "low_rank_state": low_rank,
    "stuck_output": stuck,
    "collapse_to_last": last_value,
    "collapse_to_mean": mean,
    "flat_loss": flat,
    "overfitting": overfit,
    "alpha_overfitting": alpha,
    "underfitting": underfit,
    "deeper_is_worse": deeper,
    "too_few_epochs": few_epochs,
    "early_stop_at_edge": edge,
    "window_too_short": short_window,
    "padding_trained_on": padding,
    "leak_of_future": leak,
    "one_class": classes,
    "state_across_independent": independent,
    "stateful_shuffled": shuffled,
}
# What is never more than a note
NOTES = {"low_rank_state"}


def test_at_least_14_of_15_planted_faults_are_found():
    missed = {}
    for key, plant in PLANTED.items():
        severity = "note" if key in NOTES else "fault"
        found = [one.key for one in plant() if one is not None and one.severity == severity]
        if key not in found:
            missed[key] = found
    assert len(missed) <= len(PLANTED) // 15, missed


@pytest.mark.parametrize("name", RUNS)
def test_a_healthy_run_of_real_data_has_no_fault(name, tmp_path, monkeypatch):
    # ARIMA may take the whole budget; ridge and the naive methods stay
    monkeypatch.setattr(_select, "STATSFORECAST_METHODS", ())
    _, target, time, horizon = RUNS[name]
    run = fit(
        table_of(name),
        target=target,
        time=time,
        horizon=horizon,
        missing="interpolate",
        seeds=2,
        max_cells=16,
        max_layers=2,
        tune=True,
        ranges={"stages": ("alpha",)},
        budget="60s",
        out=tmp_path / name,
    )
    found = run.diagnose()
    live = [one for one in found.live if one.severity == "fault"]
    assert [(one.key, one.where, one.seen) for one in (*found.faults, *live)] == []
