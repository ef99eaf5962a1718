from dataclasses import replace

import numpy as np
import pytest
import torch

from cellwise._errors import SettingsError
from cellwise.architecture import Architecture
from cellwise.data import WindowReader
from cellwise.measure._windows import Regression, apart, take_windows

SMALL = Architecture.parse("rnn(2)")


def test_no_two_targets_share_a_row(tiny_data):
    starts = apart(tiny_data.folds[0].train_starts, tiny_data)
    rows = (starts[:, None] + tiny_data.context_length + np.arange(tiny_data.horizon)).ravel()
    assert len(set(rows.tolist())) == len(rows)
    assert len(starts) == pytest.approx(len(tiny_data.folds[0].train_starts) / 2, abs=1)


def test_windows_are_those_of_the_reader(tiny_data):
    windows = take_windows(SMALL, tiny_data, most=10, seed=0)
    assert tuple(windows.targets.shape) == (10, 2)
    starts = apart(tiny_data.folds[0].train_starts, tiny_data)
    order = np.random.default_rng(0).permutation(len(starts))[:10]
    x, _ = WindowReader(tiny_data).read(starts[order][None])
    assert torch.equal(windows.inputs, torch.from_numpy(x[0]))


def test_too_few_windows_are_refused(tiny_data):
    fold = replace(tiny_data.folds[0], train_starts=tiny_data.folds[0].train_starts[:5])
    with pytest.raises(SettingsError, match="at least 8 training windows"):
        take_windows(SMALL, replace(tiny_data, folds=(fold,)), most=10, seed=0)


@pytest.fixture
def task(tiny_data):
    windows = take_windows(SMALL, tiny_data, most=20, seed=0)
    return Regression(
        windows=windows,
        targets=torch.stack([windows.targets, -windows.targets]),
        counts=torch.tensor([20, 8]),
        enough=0.5,
    )


def test_a_batch_goes_round_the_windows_of_its_row(task):
    x, targets = task.batch(torch.arange(2), 1)
    assert torch.equal(targets[0], task.targets[0, 8:16])
    assert torch.equal(targets[1], task.targets[1, :8])
    assert torch.equal(x[0], task.windows.inputs[:, :, 8:16].permute(2, 0, 1))


def test_explained_share_is_that_of_the_windows_of_the_row(task):
    untrained = task.windows.network.initial_parameters((0, 1))  # gives 0
    found = task.explained(torch.arange(2), untrained)
    for row, count in enumerate((20, 8)):
        truth = task.targets[row, :count]
        expected = 1 - truth.square().sum() / (truth - truth.mean(0)).square().sum()
        assert found[row] == pytest.approx(float(expected), rel=1e-4)
    assert not task.solved(torch.arange(2), untrained).any()
