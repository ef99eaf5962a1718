import json

import pytest

QUICK = ["--horizon", "2", "--context-length", "8", "--folds", "2", "--epochs", "2"]


def test_table_of_architectures_is_printed(cellwise, table):
    done = cellwise("compare", "lstm(2)", "gru(3)", table, *QUICK)
    assert done.code == 0
    for words in ("architecture", "parameters", "lstm(2)", "gru(3)", "best first", " against "):
        assert words in done.out


def test_json_is_one_object_on_stdout(cellwise, table):
    done = cellwise("compare", "lstm(2)", "lstm(3)", table, *QUICK, "--json")
    assert done.code == 0 and done.out.count("\n") == 1
    found = json.loads(done.out)
    assert {c["architecture"] for c in found["candidates"]} == {"lstm(2)", "lstm(3)"}
    assert len(found["comparisons"]) == 1


@pytest.mark.parametrize("given", [["lstm(2)"], ["lstm(2)", "lstm(2)"]])
def test_two_different_architectures_are_needed(given, refused, table):
    line = refused("compare", *given, table, *QUICK)
    assert "at least two different architectures" in line


def test_text_that_is_no_architecture_is_one_line(refused, table):
    assert "lstm(x)" in refused("compare", "lstm(2)", "lstm(x)", table, *QUICK)


def test_forgotten_table_is_one_line(refused):
    assert "lstm(3)" in refused("compare", "lstm(2)", "lstm(3)", *QUICK)


def test_missing_table_is_one_line(refused):
    assert "none.csv does not exist" in refused("compare", "lstm(2)", "gru(2)", "none.csv", *QUICK)
