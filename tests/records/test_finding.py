from dataclasses import replace

from cellwise.records import Diagnosis, Finding, read_record, write_record

FINDING = Finding(
    key="dead_cells",
    severity="fault",
    title="Dead cells",
    where="layers.0",
    seen="3 of 8 cells",
    value=3.0,
    confidence="certain",
    why="a gate is shut",
    source="nobody (2000)",
    do="fewer cells",
)
NOTE = replace(FINDING, severity="note")
DIAGNOSIS = Diagnosis(
    subject="lstm(8)", findings=(FINDING, NOTE), checked=("dead_cells",), skipped={"leak": "none"}
)


def test_faults_and_notes_are_told_apart():
    assert DIAGNOSIS.faults == (FINDING,)
    assert DIAGNOSIS.notes == (NOTE,)


def test_file_gives_back_an_equal_record(tmp_path):
    write_record(tmp_path / "diagnosis.json", DIAGNOSIS)
    assert read_record(tmp_path / "diagnosis.json", Diagnosis) == DIAGNOSIS
