import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from cellwise import RunError, fit, resume
from cellwise.records import write_record
from cellwise.run import Run, reproduce
from cellwise.run._reads import Readings, ScoredRows, note_reading, reads_check


@pytest.fixture
def home(finished, tmp_path):
    """A finished run in a folder of its own, as `fit` has left it: other tests reproduce it."""
    path = Path(shutil.copytree(finished.path, tmp_path / "runs" / "a"))
    reads = Readings.open(path)
    write_record(path / "test_reads.json", replace(reads, readings=reads.own("fit")))
    return path


def rows(target="t", *spans):
    return ScoredRows(target=target, spans=spans or ((80, 100),))


def test_a_finished_run_has_read_once_and_a_resume_adds_nothing(home):
    assert reads_check(home).seen == "read once, at the end by this run"
    before = (home / "test_reads.json").read_text()
    resume(home)
    assert (home / "test_reads.json").read_text() == before
    assert Run.open(home).audited.audit.checks[-1].status == "passed"


def test_reproducing_is_counted_but_decides_nothing(home):
    for _ in range(2):
        assert reproduce(home).exact
    check = reads_check(home)
    assert "and 2 more by `cellwise reproduce`" in check.seen and check.status == "passed"


def test_other_settings_beside_it_are_warned_of_in_both(home, finished, tiny_options):
    options = {**tiny_options, "max_cells": 2, "max_layers": 1, "epochs": 1}
    run = fit(finished.table, out=home.parent / "b", **options)
    for path, other in ((home, "b"), (run.path, "a")):
        check = reads_check(path)
        assert (
            check.status == "warned"
            and f"1 run beside it scored other networks on them ({other})" in check.seen
        )
    again = fit(finished.table, out=home.parent / "b", force=True, **{**options, "epochs": 2})
    assert "read 2 times by this run" in reads_check(again.path).seen  # --force forgets nothing


def test_the_same_networks_in_another_run_are_the_same_reading(home):
    shutil.copytree(home, home.parent / "copy")
    assert reads_check(home).status == "passed"


def test_rows_that_are_not_shared_do_not_count(tmp_path):
    mine, apart, elsewhere = (tmp_path / name for name in ("mine", "apart", "elsewhere"))
    for path in (mine, apart, elsewhere):
        path.mkdir()
    note_reading(mine, rows())
    note_reading(apart, rows("t", (40, 80)), "x")
    note_reading(elsewhere, rows("other"), "y")
    check = reads_check(mine)
    assert check.status == "passed" and check.seen == "not read yet by this run"
    note_reading(apart, rows("t", (60, 81)), "x")
    assert reads_check(mine).status == "warned"


def test_a_broken_file_of_a_neighbour_is_no_matter(tmp_path):
    for name in ("mine", "broken"):
        (tmp_path / name).mkdir()
    note_reading(tmp_path / "mine", rows(), "x")
    (tmp_path / "broken" / "test_reads.json").write_text("{")
    assert reads_check(tmp_path / "mine").status == "passed"
    assert len(Readings.open(tmp_path / "mine").readings) == 1


def test_a_run_without_the_file_has_not_read(tmp_path):
    assert reads_check(tmp_path).value == 0


def test_a_damaged_file_says_how_it_is_begun_anew(home):
    (home / "test_reads.json").write_text("[]")
    told = r"test_reads\.json .* object, got \[\]; move it away, and `cellwise resume .*` begins it"
    with pytest.raises(RunError, match=told):
        reads_check(home)
    (home / "test_reads.json").unlink()
    resume(home)
    assert reads_check(home).seen == "read once, at the end by this run"
