from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.diagnosis import (
    Windows,
    check_carried_state,
    check_leak,
    check_order,
    check_padding,
    check_scaling,
    check_window,
)

STATEFUL, PLAIN = (Architecture.parse(text) for text in ("lstm(4, stateful)", "lstm(4)"))


def test_columns_that_are_not_scaled_are_found(noise):
    inputs = noise[0] * torch.tensor([1.0, 500.0])
    windows = Windows(inputs=inputs, targets=noise[1], names=("target", "wind"), context_length=20)
    found = check_scaling(windows)
    assert (found.key, found.where) == ("unscaled_inputs", "wind")
    assert found.value == pytest.approx(500, rel=0.1)


def test_scaled_and_constant_columns_are_not(noise, healthy):
    inputs = torch.cat([noise[0], torch.full((64, 20, 1), 1e4)], dim=2)
    assert check_scaling(Windows(inputs=inputs, targets=noise[1], context_length=20)) is None
    assert check_scaling(healthy.windows) is None


def test_a_state_carried_between_independent_sequences_is_found():
    ends, begins = np.random.default_rng(0).normal(size=(2, 200))
    found = check_carried_state(STATEFUL, ends, begins)
    assert (found.key, found.where) == ("state_across_independent", "lstm(4, stateful)")


def test_a_state_that_goes_on_is_not():
    ends = np.random.default_rng(0).normal(size=200)
    assert check_carried_state(STATEFUL, ends, ends + 0.1) is None
    assert check_carried_state(PLAIN, ends, ends[::-1]) is None
    assert "fewer than 20" in check_carried_state(STATEFUL, ends[:5], ends[:5])


def test_shuffled_batches_of_a_stateful_network_are_found():
    ordered = np.arange(8) * 1000 + np.arange(20)[:, None] * 16
    assert check_order(STATEFUL, ordered, 16) is None
    shuffled = np.random.default_rng(0).permutation(ordered.ravel()).reshape(ordered.shape)
    assert check_order(STATEFUL, shuffled, 16).key == "stateful_shuffled"
    assert check_order(PLAIN, shuffled, 16) is None
    assert "one batch" in check_order(STATEFUL, ordered[:1], 16)


def padded(front):
    x = torch.randn(100, 30, 2, generator=torch.Generator().manual_seed(0))
    lengths = torch.arange(100) % 20 + 10
    steps = torch.arange(30)[None]
    real = (steps >= 30 - lengths[:, None]) if front else (steps < lengths[:, None])
    return torch.where(real[..., None], x, 0.0), real


@pytest.mark.parametrize("front", [True, False])
def test_padding_that_counts_is_found(front):
    x, real = padded(front)
    found = check_padding(x)
    assert found.key == "padding_trained_on"
    assert found.value == pytest.approx(float((~real).double().mean()), abs=0.02)
    assert check_padding(x, real) is None


def test_no_padding_is_silent(noise, healthy):
    assert check_padding(noise[0]) is None
    assert check_padding(healthy.windows.inputs) is None


@pytest.mark.parametrize(("text", "leaks"), [("bilstm(3)", True), ("lstm(3)", False)])
def test_a_value_at_each_step_from_both_directions_is_a_leak(make_patient, noise, text, leaks):
    patient = make_patient(text, noise[0], noise[0][..., 0], output_steps=20)
    found = check_leak(patient)
    assert (found is not None) == leaks
    if leaks:
        assert found.key == "leak_of_future"
        assert check_leak(patient, known=[0, 1]) is None


def test_a_hidden_target_cannot_leak(make_patient, noise):
    inputs = noise[0].clone()
    inputs[:, 15:, 0] = 0.0
    patient = make_patient("bilstm(3)", inputs, inputs[:, 15:, 0], output_steps=5)
    assert check_leak(patient, known=[1]) is None


def test_one_output_of_the_whole_window_is_no_leak(make_patient, noise):
    assert check_leak(make_patient("bilstm(3)", *noise)) is None


def test_a_window_shorter_than_the_season_is_found(make_data, make_wave):
    data = make_data(make_wave(period=40, noise=0.2), context=6, horizon=6)
    found = check_window(data, data.test.train_starts, error=1.0)
    assert found.key == "window_too_short" and found.do == "--context-length 24"
    assert check_window(data, data.test.train_starts, error=1.0, refused=(23,)) == found
    note = check_window(data, data.test.train_starts, error=1.0, refused=(3, 36))
    assert note.severity == "note" and "--context-length" not in note.do
    assert note.seen.endswith(f"; tuning has tried 36 and kept {data.context_length}")


def test_a_window_of_a_season_is_long_enough(make_data, make_wave):
    data = make_data(make_wave(noise=0.2), context=36)
    assert check_window(data, data.test.train_starts, error=0.1) is None
    short = replace(data, context_length=600)
    assert "too few rows" in check_window(short, short.test.train_starts[:200], error=0.1)


def test_where_the_data_repeat_exactly_no_window_is_too_short(make_data):
    flat = pd.DataFrame({"y": np.concatenate([[1.0], np.zeros(599)])})
    data = make_data(flat, context=6, horizon=6)
    assert check_window(data, data.test.train_starts, error=0.0) is None
