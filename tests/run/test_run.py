import shutil

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from cellwise import Architecture, Run, RunError


@pytest.fixture
def copy(finished, tmp_path):
    return shutil.copytree(finished.path, tmp_path / "copy")


def test_open_reads_what_fit_returned(finished):
    run = Run.open(finished.path)
    assert str(run.evidence) == str(finished.run.evidence)
    assert run.verdict == run.evidence.verdict
    assert run.architecture == Architecture.parse(run.verdict.architecture)


def test_absent_run_is_named(tmp_path):
    with pytest.raises(RunError, match="none must be a run directory"):
        Run.open(tmp_path / "none")


def test_run_without_evidence_names_resume(copy):
    (copy / "evidence.json").unlink()
    with pytest.raises(RunError, match=r"has found nothing yet; continue it with `cellwise resume"):
        Run.open(copy)


@pytest.mark.parametrize("text", ["", "{}", '{"schema_version": 1, "data": 3}'])
def test_damaged_evidence_is_a_run_error(text, copy):
    (copy / "evidence.json").write_text(text)
    told = r"evidence\.json cannot be read as a Cellwise record: .*; `cellwise resume .*` makes it anew"
    with pytest.raises(RunError, match=told):
        Run.open(copy)


def test_newer_evidence_asks_for_a_newer_cellwise(copy):
    path = copy / "evidence.json"
    path.write_text(path.read_text().replace('"schema_version": 1', '"schema_version": 7', 1))
    with pytest.raises(RunError, match=r"schema version 7, .*use a newer Cellwise"):
        Run.open(copy)


def test_run_without_a_model_names_resume(copy):
    shutil.rmtree(copy / "model")
    with pytest.raises(RunError, match="has no trained model yet; finish it with `cellwise resum"):
        Run.open(copy).predict(copy)


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_forecast_is_of_the_callers_kind(kind, finished, make_table):
    frame = kind({"y": make_table()["y"].to_numpy()})
    found = finished.run.predict(frame)
    assert type(found) is type(frame)
    assert len(found["forecast"]) == 2


def test_file_and_frame_forecast_the_same(finished, make_table):
    from_file = finished.run.predict(finished.table)
    assert isinstance(from_file, pa.Table)
    expected = finished.run.predict(make_table())["forecast"].to_list()
    assert from_file["forecast"].to_pylist() == pytest.approx(expected, rel=1e-5)


def test_saved_model_is_that_of_the_first_fresh_seed(finished):
    final = finished.run.evidence.finals[0]
    assert final.seeds[0] == 500
    assert str(finished.run.model.architecture) == final.architecture
    assert finished.run.model.weights.shape == (1, final.num_parameters)


def test_saved_model_makes_the_forecasts_of_the_examples(finished, make_table):
    example = finished.run.evidence.examples[1]
    known = make_table()[: int(example.times[0])]
    assert finished.run.predict(known)["forecast"].to_list() == pytest.approx(
        example.network, rel=1e-4
    )


def test_report_is_redrawn(copy):
    (copy / "report.html").unlink()
    path = Run.open(copy).report()
    assert path == copy / "report.html" and "<html" in path.read_text()


def test_json_is_plain(finished):
    plain = finished.run.to_json()
    assert plain["verdict"] == finished.run.verdict.kind and plain["run"] == str(finished.path)


def test_layers_can_be_looked_into(finished, make_table):
    found = finished.run.layer_outputs(make_table())
    assert found.shape == (1, 8, finished.run.architecture.output_width)
