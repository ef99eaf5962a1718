import json

import pytest

from cellwise import RunError
from cellwise.run import RunDirectory, RunRecord

RECORD = RunRecord(source="/t.csv", settings={"horizon": 2, "split": [0.6, 0.2]}, fingerprint="f")


@pytest.fixture
def begun(tmp_path):
    directory = RunDirectory(tmp_path / "run")
    directory.create(force=False)
    directory.write_record(RECORD)
    return directory


def test_record_comes_back(begun):
    assert begun.read_record() == RECORD
    assert set(RECORD.versions) == {"cellwise", "torch", "numpy", "statsforecast", "optuna"}


def test_earlier_run_names_resume_and_force(begun):
    with pytest.raises(RunError, match=r"run already holds a run; .*`cellwise resume .*--force"):
        begun.create(force=False)
    assert begun.record.exists()


def test_force_replaces_an_earlier_run(begun):
    begun.model.mkdir()
    for path in (begun.evidence, begun.ledger, begun.report, begun.model / "scaling.json"):
        path.write_text("old")
    (begun.path / "results" / "old").write_text("old")
    begun.create(force=True)
    left = {p.name for p in begun.path.iterdir()}
    assert left == {"checkpoints", "results"}
    assert not list((begun.path / "results").iterdir())


def test_force_leaves_files_that_are_not_the_runs(begun):
    (begun.path / "forecast.csv").write_text("mine")
    begun.create(force=True)
    assert (begun.path / "forecast.csv").read_text() == "mine"


@pytest.mark.parametrize("force", [False, True])
def test_foreign_files_are_never_removed(force, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(RunError, match="holds other files than a run; choose another --out"):
        RunDirectory(tmp_path).create(force=force)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_what_a_killed_writer_left_is_removed_and_nothing_else(begun):
    for name in (".run.json.7.tmp", "results/.a.safetensors.7.tmp", "mine.tmp"):
        (begun.path / name).write_text("half")
    with begun.lock():
        pass
    assert {p.name for p in begun.path.rglob("*.tmp")} == {"mine.tmp"}


def test_run_killed_while_it_wrote_its_record_is_begun_again(tmp_path):
    directory = RunDirectory(tmp_path)
    directory.create(force=False)
    (tmp_path / ".run.json.7.tmp").write_text("{")
    directory.create(force=False)


def test_empty_directory_is_taken(tmp_path):
    RunDirectory(tmp_path).create(force=False)
    assert (tmp_path / "results").is_dir()


def test_run_killed_before_it_began_is_begun_again(tmp_path):
    RunDirectory(tmp_path).create(force=False)
    RunDirectory(tmp_path).create(force=False)


def test_place_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match=r"file/run cannot be written: .*; choose another --out"):
        RunDirectory(tmp_path / "file" / "run").create(force=False)


def test_second_process_is_kept_out(begun):
    with (
        begun.lock(),
        pytest.raises(RunError, match="in use by another process"),
        RunDirectory(begun.path).lock(),
    ):
        pass
    with begun.lock():
        pass


def test_run_in_use_is_not_replaced(begun):
    with begun.lock(), pytest.raises(RunError, match="in use by another process"):
        begun.create(force=True)
    assert begun.record.exists()


def test_absent_directory_is_named(tmp_path):
    with pytest.raises(RunError, match="nowhere must be a run directory, but there is no such"):
        RunDirectory(tmp_path / "nowhere").read_record()


def test_directory_without_a_record_is_no_run(tmp_path):
    with pytest.raises(RunError, match=r"run\.json must exist, but there is no such file"):
        RunDirectory(tmp_path).read_record()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": 1}', '"x"'])
def test_damaged_record_is_a_run_error(text, begun):
    begun.record.write_text(text)
    told = r"run\.json cannot be read as a Cellwise record: .*; take it from a copy, or begin a new run"
    with pytest.raises(RunError, match=told):
        begun.read_record()


def test_a_damaged_diagnosis_says_how_it_is_made_anew(begun):
    begun.diagnosis.write_text("{}")
    with pytest.raises(RunError, match=r"diagnosis\.json .*; `cellwise diagnose .*` makes it anew"):
        begun.read_diagnosis()


def test_newer_record_asks_for_a_newer_cellwise(begun):
    plain = json.loads(begun.record.read_text())
    begun.record.write_text(json.dumps({**plain, "schema_version": 2}))
    with pytest.raises(RunError, match=r"has schema version 2, .*use a newer Cellwise"):
        begun.read_record()


def test_run_that_cannot_be_written_is_said_with_a_way_out(begun):
    (begun.path / ".lock").mkdir()
    with pytest.raises(RunError, match=r" cannot be written: .*; free space, or go on with a"):
        begun.lock().__enter__()
