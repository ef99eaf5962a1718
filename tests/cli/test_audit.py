import json

import numpy as np
import polars as pl
import pytest


@pytest.fixture
def spied(table):
    """The table with a column that is tomorrow's value."""
    frame = pl.read_csv(table)
    frame.with_columns(spy=np.roll(frame["y"].to_numpy(), -1)).write_csv(table)
    return table


def test_clean_table_passes(cellwise, table):
    done = cellwise("audit", table, "--horizon", 2, "--context-length", 8)
    assert done.code == 0 and done.err == ""
    assert done.out.startswith("Leakage audit: 6 checks passed.")


def test_leak_is_named_with_exit_code_1(cellwise, spied):
    done = cellwise("audit", spied, "--horizon", 2, "--past-covariates", "spy")
    assert done.code == 1 and "spy is a copy of the target 1 row ahead" in done.out
    assert "Do not trust" in done.out and "What to do: leave the column out" in done.out


def test_json_is_one_object(cellwise, spied):
    done = cellwise("audit", spied, "--horizon", 2, "--past-covariates", "spy", "--json")
    found = json.loads(done.out)
    assert done.code == 1 and found["status"] == "failed" and len(found["checks"]) == 6


def test_fit_says_it_first_and_stamps_the_report(cellwise, spied, options):
    done = cellwise("fit", spied, *options, "--past-covariates", "spy", "--out", "run")
    assert done.code == 0
    assert done.out.index("audit      failed: spy is a copy") < done.out.index("lstm(2)")
    assert done.out.count("Do not trust the errors") == 2  # before training, and in the verdict
    again = cellwise("report", "run")
    assert "failed: spy is a copy" in again.out and "read once, at the end by this run" in again.out


def test_bad_input_is_one_line(refused, table):
    assert "did you mean 'y'" in refused("audit", table, "--horizon", 2, "--target", "Y")
