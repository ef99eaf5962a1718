import json

import numpy as np
import polars as pl
import pytest
import torch

from cellwise import RunError
from cellwise.architecture import Architecture
from cellwise.data import ForecastTask, Scaling, WindowReader, prepare, to_original
from cellwise.export import SavedModel
from cellwise.layers import forecast


def model_of(prepared, arch="lstm(3)"):
    model = SavedModel(
        architecture=Architecture.parse(arch),
        task=prepared.task,
        scaling=Scaling.of(prepared),
        weights=torch.zeros(0),
    )
    weights = model.network.initial_parameters((0,))
    weights += 0.3 * torch.randn(weights.shape, generator=torch.Generator().manual_seed(1))
    return SavedModel(
        architecture=model.architecture, task=model.task, scaling=model.scaling, weights=weights
    )


@pytest.fixture(params=["lstm(3)", "gru(2, to_output) > gru(3)", "rnn(4)"])
def model(request, tiny_prepared):
    return model_of(tiny_prepared, request.param)


def test_save_and_load_change_nothing(model, tmp_path):
    model.save(tmp_path / "m")
    loaded = SavedModel.load(tmp_path / "m")
    assert loaded.architecture == model.architecture
    assert loaded.task == model.task and loaded.scaling == model.scaling
    assert torch.equal(loaded.weights, model.weights)


def test_loaded_model_forecasts_the_same(model, make_table, tmp_path):
    model.save(tmp_path / "m")
    old, new = model.predict(make_table()), SavedModel.load(tmp_path / "m").predict(make_table())
    assert np.array_equal(old.values, new.values)
    assert old.values.shape == (1, 2) and old.series == ("",) and old.times is None


def test_forecast_is_that_of_the_window_in_training(model, tiny_prepared, make_table):
    """Cut the table off before a test window: predicting it is scoring that window."""
    data, start = tiny_prepared.data, tiny_prepared.data.test.val_starts[5]
    inside = forecast(model.network, model.weights, WindowReader(data), np.array([start]))[0, 0]
    outside = model.predict(make_table()[: start + 8]).values[0]
    span = data.series[0]
    np.testing.assert_allclose(outside, inside * span.scale + span.center, rtol=1e-5)


def test_zero_weights_forecast_the_last_value(tiny_prepared, make_table):
    model = model_of(tiny_prepared)
    model.weights.zero_()
    assert model.predict(make_table()).values == pytest.approx(make_table()["y"][-1], rel=1e-5)


def test_known_covariates_come_from_a_table_of_the_future():
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"y": rng.normal(size=200), "k": rng.normal(size=200)})
    task = ForecastTask(
        target="y", horizon=2, known_covariates=("k",), context_length=6, num_folds=2
    )
    model = model_of(prepare(frame, task))
    one, two = (
        model.predict(frame, pl.DataFrame({"k": k})).values for k in ([0.0, 0.0], [2.0, -2.0])
    )
    assert one.shape == (1, 2) and not np.allclose(one, two)


def test_series_are_forecast_one_by_one_with_times():
    times = np.datetime64("2024-01-01", "us") + np.arange(120) * np.timedelta64(1, "D")
    frame = pl.DataFrame(
        {
            "unique_id": ["a"] * 120 + ["b"] * 120,
            "ds": np.tile(times, 2),
            "y": np.random.default_rng(0).normal(size=240),
        }
    )
    task = ForecastTask(target="y", horizon=2, context_length=6, num_folds=2)
    found = model_of(prepare(frame, task)).predict(frame)
    assert found.series == ("a", "b") and found.values.shape == (2, 2)
    assert found.times[0].astype("datetime64[D]").astype(str).tolist() == [
        "2024-04-30",
        "2024-05-01",
    ]


@pytest.mark.parametrize("name", ["architecture.json", "scaling.json", "weights.safetensors"])
def test_missing_file_is_named(name, tiny_prepared, tmp_path):
    model_of(tiny_prepared).save(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(RunError, match=name):
        SavedModel.load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"a": 1}'])
@pytest.mark.parametrize("name", ["architecture.json", "scaling.json", "weights.safetensors"])
def test_damaged_file_is_a_run_error(name, content, tiny_prepared, tmp_path):
    model_of(tiny_prepared).save(tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RunError, match=r"cannot be read|must be 1, got None"):
        SavedModel.load(tmp_path)


def test_weights_of_another_network_are_a_run_error(tiny_prepared, tmp_path):
    model_of(tiny_prepared, "2*lstm(2)").save(tmp_path / "two")
    model_of(tiny_prepared, "lstm(2)").save(tmp_path / "one")
    (tmp_path / "one" / "weights.safetensors").replace(tmp_path / "two" / "weights.safetensors")
    with pytest.raises(RunError, match=r"two cannot be read as a Cellwise model: .*layers\.1"):
        SavedModel.load(tmp_path / "two")


def test_weights_of_other_shapes_are_a_run_error(tiny_prepared, tmp_path):
    model_of(tiny_prepared, "lstm(4)").save(tmp_path / "two")
    model_of(tiny_prepared, "lstm(2)").save(tmp_path / "one")
    (tmp_path / "one" / "weights.safetensors").replace(tmp_path / "two" / "weights.safetensors")
    with pytest.raises(RunError, match="two cannot be read as a Cellwise model"):
        SavedModel.load(tmp_path / "two")


@pytest.mark.parametrize("name", ["architecture.json", "scaling.json"])
def test_newer_schema_asks_for_a_newer_cellwise(name, tiny_prepared, tmp_path):
    model_of(tiny_prepared).save(tmp_path)
    plain = json.loads((tmp_path / name).read_text())
    (tmp_path / name).write_text(json.dumps({**plain, "schema_version": 99}))
    with pytest.raises(RunError, match=r"schema.version.* 99"):
        SavedModel.load(tmp_path)


@pytest.mark.parametrize("known", [(), ("k",)])
def test_forecast_of_a_stateful_network_has_read_the_whole_table(make_table, known):
    frame = make_table(200).with_columns(k=pl.int_range(200) % 7)
    options = {"context_length": 8, "num_folds": 2, "known_covariates": known}
    prepared = prepare(frame, ForecastTask(target="y", horizon=2, **options))
    model = model_of(prepared, "lstm(3, stateful)")
    last = np.array([190])  # its context ends at row 198
    reader = WindowReader(prepared.data)
    inside = forecast(model.network, model.weights, reader, last)[0]
    future = frame[198:].select(known) if known else None
    found = model.predict(frame[:198], future).values
    np.testing.assert_allclose(found, to_original(prepared.data, last, inside), rtol=1e-5)
    assert not np.allclose(model.predict(frame[180:198], future).values, found, rtol=1e-4)
