"""Examples ask for commands and options that there are; `make demo` runs them in full."""

import runpy
from pathlib import Path

import polars as pl
import pytest

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))


class BegunError(Exception):
    """The search would begin."""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_gets_as_far_as_its_search(path, tmp_path, monkeypatch):
    def fit(table, **options):
        columns = pl.read_csv(table).columns
        assert {options["target"], options["time"]} <= set(columns)
        raise BegunError

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cellwise.run.fit", fit)
    with pytest.raises(BegunError):
        runpy.run_path(str(path), run_name="__main__")
