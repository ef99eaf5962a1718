import json
import shutil

import pytest


def test_a_run_is_examined(cellwise, finished, tmp_path):
    shutil.copytree(finished.path, tmp_path / "run")
    done = cellwise("diagnose", tmp_path / "run", "--layers", "--remedies")
    assert done.code == 0 and done.err == ""
    assert f"{finished.run.verdict.architecture}: " in done.out
    assert "What each layer has learned" in done.out and "\x1b" not in done.out


def test_json_is_one_object_on_stdout(cellwise, finished):
    done = cellwise("diagnose", finished.path, "--json")
    found = json.loads(done.out)
    assert done.out.count("\n") == 1
    assert found["subject"] == finished.run.verdict.architecture
    assert found["run"] == str(finished.path) and found["study"] is None


def test_a_damaged_diagnosis_is_renewed(cellwise, refused, finished, tmp_path):
    shutil.copytree(finished.path, tmp_path / "run")
    (tmp_path / "run" / "diagnosis.json").write_text("{")
    assert "cannot be read as a Cellwise record" in refused("report", tmp_path / "run")
    assert cellwise("diagnose", tmp_path / "run").code == 0
    assert "The doctor" in cellwise("report", tmp_path / "run").out


def test_what_is_no_run_is_one_line(refused, tmp_path):
    assert "there is no such directory" in refused("diagnose", tmp_path / "nothing")


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("evidence.json", "cannot be read as a Cellwise record"),
        ("model/scaling.json", "cannot be read as a Cellwise model"),
        ("model/weights.safetensors", "cannot be read"),
    ],
)
def test_a_damaged_run_is_one_line(refused, finished, tmp_path, file, message):
    shutil.copytree(finished.path, tmp_path / "run")
    (tmp_path / "run" / file).write_text("{")
    assert message in refused("diagnose", tmp_path / "run")


def test_a_run_without_a_model_is_one_line(refused, finished, tmp_path):
    shutil.copytree(finished.path, tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / "model")
    assert "has no trained model yet" in refused("diagnose", tmp_path / "run")


@pytest.mark.parametrize(
    ("name", "message"), [("gone.csv", "gone.csv"), ("other.csv", "its values have changed")]
)
def test_another_table_is_one_line(refused, finished, make_table, tmp_path, name, message):
    shutil.copytree(finished.path, tmp_path / "run")
    make_table(seed=1).write_csv(tmp_path / "other.csv")
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    record["source"] = str(tmp_path / name)
    (tmp_path / "run" / "run.json").write_text(json.dumps(record))
    assert message in refused("diagnose", tmp_path / "run")
