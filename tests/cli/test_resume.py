import json
import shutil

import pytest


@pytest.fixture
def copy(finished, tmp_path):
    return shutil.copytree(finished.path, tmp_path / "copy")


def test_absent_run_is_one_line(refused):
    assert "must be a run directory" in refused("resume", "/nowhere")


def test_directory_that_is_no_run_is_one_line(refused, tmp_path):
    assert "run.json must exist" in refused("resume", tmp_path)


@pytest.mark.parametrize("text", ["", "{]", '{"schema_version": 1}'])
def test_unreadable_run_is_one_line(text, refused, copy):
    (copy / "run.json").write_text(text)
    assert "run.json cannot be read as a Cellwise record" in refused("resume", copy)


def test_newer_schema_is_one_line(refused, copy):
    plain = json.loads((copy / "run.json").read_text())
    (copy / "run.json").write_text(json.dumps({**plain, "schema_version": 2}))
    assert "use a newer Cellwise" in refused("resume", copy)


def test_options_of_a_newer_cellwise_are_one_line(refused, copy):
    plain = json.loads((copy / "run.json").read_text())
    plain["settings"]["dreams"] = 3
    (copy / "run.json").write_text(json.dumps(plain))
    assert "dreams" in refused("resume", copy)


def test_changed_table_is_one_line(refused, cellwise, table, make_table, tmp_path, options):
    assert cellwise("fit", table, *options, "--out", tmp_path / "run").code == 0
    make_table(seed=9).write_csv(table)
    assert "its values have changed" in refused("resume", tmp_path / "run")


def test_finished_run_says_the_same_again(cellwise, table, tmp_path, options, evidence_of):
    assert cellwise("fit", table, *options, "--out", tmp_path / "run").code == 0
    before = evidence_of(tmp_path / "run")
    done = cellwise("resume", tmp_path / "run", "--json")
    assert done.code == 0
    assert json.loads(done.out)["run"] == str(tmp_path / "run")
    assert done.out.count("\n") == 1 and evidence_of(tmp_path / "run") == before
