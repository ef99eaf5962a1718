from dataclasses import replace

import numpy as np
import pytest
import torch

from cellwise import RunError
from cellwise.data import WindowReader
from cellwise.layers import forecast
from cellwise.training import Member, _watch, read_activations, train_cohort

MEMBERS = [Member(fold=0, seed=seed, learning_rate=0.01) for seed in (0, 1)]
HEAD = "head"


@pytest.fixture
def watched(make_experiment, tiny_data, tmp_path):
    """Give a function that trains a cohort whose layers are watched."""

    def run(key="k", layers=("-2", "head"), **options):
        experiment = replace(make_experiment(MEMBERS, retrain=True), watch=layers)
        return train_cohort(
            experiment,
            tiny_data,
            key=key,
            activations=tmp_path / "activations",
            checkpoint=tmp_path / f"{key}.safetensors",
            **options,
        )

    return run


def test_every_epoch_is_there_and_the_last_is_that_of_the_weights_kept(
    watched, make_experiment, tiny_data, tmp_path
):
    result = watched()
    found = read_activations(tmp_path / "activations", HEAD)
    assert found.epochs.tolist() == [0, 1, 2, 3]
    assert len(found.starts) == min(_watch.WATCHED, len(tiny_data.folds[-1].val_starts))
    assert not found.values[0].any()  # the output layer starts at 0
    network = make_experiment(MEMBERS).network(tiny_data)
    reader = WindowReader(tiny_data)
    ours = forecast(network, torch.from_numpy(result.weights[:1]), reader, found.starts)[0]
    _, anchor = reader.read(found.starts[None])
    last = reader.forecasts(found.values[-1:, :, -1], anchor)[0]
    np.testing.assert_allclose(last, ours, rtol=1e-4, atol=1e-5)
    assert read_activations(tmp_path / "activations", "layers.0").values.shape[1:] == (
        len(found.starts),
        8,
        3,
    )


def test_watching_changes_nothing_of_the_training(watched, make_experiment, tiny_data):
    plain = make_experiment(MEMBERS, retrain=True)
    assert np.array_equal(watched().weights, train_cohort(plain, tiny_data).weights)
    assert replace(plain, watch=("0",)).key("data") == plain.key("data")


def test_a_training_that_was_stopped_leaves_no_hole_and_no_epoch_twice(
    watched, tmp_path, monkeypatch
):
    def stop(report):
        if report.epoch == 2:
            raise KeyboardInterrupt

    folder = tmp_path / "activations"
    watched("whole")
    whole = {path.name: read_activations(folder, HEAD).values for path in folder.iterdir()}
    monkeypatch.setattr("cellwise.training._train._CHECKPOINT_SECONDS", -1.0)
    with pytest.raises(KeyboardInterrupt):
        watched("cut", on_epoch=stop)
    assert read_activations(folder, HEAD).epochs.tolist() == [0, 1, 2]  # those before are gone
    watched("cut")
    assert {path.name for path in folder.iterdir()} == set(whole)
    again = read_activations(folder, HEAD)
    assert again.epochs.tolist() == [0, 1, 2, 3]
    assert np.array_equal(again.values, next(iter(whole.values())))


def test_a_large_layer_is_looked_at_on_fewer_windows(watched, tmp_path, monkeypatch):
    # 8 steps x 3 cells x 4 bytes x 4 epochs a window
    monkeypatch.setattr(_watch, "MOST_BYTES", 5 * 8 * 3 * 4 * 4)
    watched(layers=("layers.0",))
    assert len(read_activations(tmp_path / "activations", "layers.0").starts) == 5
    with pytest.raises(RunError, match=r"must hold activations of head, but has layers\.0; fit"):
        read_activations(tmp_path / "activations", HEAD)
