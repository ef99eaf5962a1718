import pytest

from cellwise.records import Diagnosis, Finding, read_record, write_record


@pytest.fixture
def diagnosis(make_record):
    found = tuple(
        make_record(Finding, severity=severity, value=3.0) for severity in ("fault", "note")
    )
    return make_record(Diagnosis, findings=found, skipped={"leak": "none"})


def test_faults_and_notes_are_told_apart(diagnosis):
    fault, note = diagnosis.findings
    assert diagnosis.faults == (fault,)
    assert diagnosis.notes == (note,)


def test_file_gives_back_an_equal_record(diagnosis, tmp_path):
    write_record(tmp_path / "diagnosis.json", diagnosis)
    assert read_record(tmp_path / "diagnosis.json", Diagnosis) == diagnosis
