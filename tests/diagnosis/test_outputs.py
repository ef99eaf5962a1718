from dataclasses import replace

import pytest
import torch

from cellwise.diagnosis import check_collapse, check_one_class


def with_head(patient, weight, bias):
    """Scale the output layer: what a network that has collapsed does."""
    weights = patient.weights.clone()
    views = patient.network.layout.views(weights)
    views["head.weight"] *= weight
    views["head.bias"] *= bias
    return replace(patient, weights=weights)


def test_an_output_that_does_not_move_is_found(healthy):
    assert check_collapse(with_head(healthy, 0, 0)).key == "stuck_output"


def test_the_last_value_is_found(healthy):
    # the windows are anchored on their last value, so that it is 0
    found = check_collapse(with_head(healthy, 0.03, 0))
    assert found.key == "collapse_to_last" and "linear method" in found.seen


def test_the_mean_is_found(make_data, make_wave, train):
    patient = train("lstm(4)", make_data(make_wave(), anchor="none"), epochs=4)
    assert check_collapse(patient) is None
    assert check_collapse(with_head(patient, 0.03, 1)).key == "collapse_to_mean"


def test_a_healthy_network_is_silent(healthy):
    assert check_collapse(healthy) is None


def test_the_last_value_of_a_random_walk_is_the_right_answer(make_data, train):
    import numpy as np
    import polars as pl

    walk = np.cumsum(np.random.default_rng(0).normal(size=1200))
    data = make_data(pl.DataFrame({"y": walk}), context=12)
    patient = with_head(train("lstm(4)", data, epochs=2), 0.05, 0.05)
    assert check_collapse(patient) is None


def test_few_windows_say_nothing(healthy):
    windows = replace(
        healthy.windows,
        inputs=healthy.windows.inputs[:20],
        targets=healthy.windows.targets[:20],
        last=healthy.windows.last[:20],
    )
    assert "34 windows" in check_collapse(with_head(replace(healthy, windows=windows), 0.03, 0))


@pytest.mark.parametrize(("bias", "found"), [(9.0, True), (0.0, False)])
def test_one_class(bias, found):
    logits = torch.randn(200, 3, generator=torch.Generator().manual_seed(0))
    labels = logits.argmax(dim=1)
    outcome = check_one_class(logits + torch.tensor([0.0, bias, 0.0]), labels)
    assert (outcome is not None) == found
    if found:
        assert outcome.key == "one_class" and "class 1" in outcome.seen


def test_one_class_is_right_where_there_is_hardly_another():
    labels = torch.zeros(100, dtype=torch.long)
    labels[:5] = 1
    assert check_one_class(torch.tensor([[1.0, 0.0]]).repeat(100, 1), labels) is None
