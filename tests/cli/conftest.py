"""The command line in this process, through the same `main` as the installed command."""

import sys
from types import SimpleNamespace

import pytest

OPTIONS = [
    *("--horizon", "2", "--context-length", "8", "--folds", "2"),
    *("--max-cells", "4", "--max-layers", "1", "--epochs", "2"),
]


@pytest.fixture
def cellwise(monkeypatch, capsys, tmp_path):
    """Give a function that runs a command and tells its exit code and what it printed."""
    from cellwise.baselines import _select
    from cellwise.cli import main

    monkeypatch.setattr(_select, "STATSFORECAST_METHODS", ())
    monkeypatch.chdir(tmp_path)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["cellwise", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        printed = capsys.readouterr()
        return SimpleNamespace(code=code, out=printed.out, err=printed.err)

    return run


@pytest.fixture
def refused(cellwise):
    """Give a function that runs a command which must end with code 2 and one line."""

    def run(*words):
        done = cellwise(*words)
        assert done.code == 2, done
        assert done.err.startswith("error: ") and done.err.count("\n") == 1, done.err
        assert done.out == "" and "Traceback" not in done.err
        return done.err

    return run


@pytest.fixture
def options():
    """Give the options of a fit that takes a second."""
    return list(OPTIONS)


@pytest.fixture
def table(make_table, tmp_path):
    """Give a CSV file of 300 rows."""
    make_table().write_csv(tmp_path / "table.csv")
    return tmp_path / "table.csv"
