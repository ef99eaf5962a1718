"""A small table, data made of it, and one finished tiny run that many tests read."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

TINY = {
    "target": "y",
    "horizon": 2,
    "context_length": 8,
    "folds": 2,
    "max_cells": 4,
    "max_layers": 2,
    "epochs": 2,
}


def table_of(rows: int = 300, seed: int = 0) -> pl.DataFrame:
    noise = np.random.default_rng(seed).normal(size=rows)
    return pl.DataFrame({"y": 5 + np.sin(np.arange(rows) * 2 * np.pi / 12) + 0.3 * noise})


def without_seconds(value):
    """Drop every key named `seconds`, at any depth."""
    if isinstance(value, dict):
        return {k: without_seconds(v) for k, v in value.items() if k != "seconds"}
    if isinstance(value, list):
        return [without_seconds(v) for v in value]
    return value


def evidence_text(run: Path) -> str:
    """Give the bytes of evidence.json that do not depend on the clock."""
    return json.dumps(without_seconds(json.loads((run / "evidence.json").read_text())))


@pytest.fixture(scope="session")
def tiny_options():
    """Give the options of a fit that takes a second or two."""
    return dict(TINY)


@pytest.fixture(scope="session")
def make_table():
    """Give the function that makes a wave with noise of n rows."""
    return table_of


@pytest.fixture(scope="session")
def evidence_of():
    """Give the function that reads evidence without the clock."""
    return evidence_text


@pytest.fixture(scope="session")
def tiny_prepared():
    """Give 300 rows, prepared: horizon 2, context 8, 2 folds."""
    from cellwise.data import ForecastTask, prepare

    task = ForecastTask(target="y", horizon=2, context_length=8, num_folds=2)
    return prepare(table_of(), task)


@pytest.fixture(scope="session")
def tiny_data(tiny_prepared):
    """Give the windows and folds of those rows."""
    return tiny_prepared.data


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """Give a finished run: its path, its table as a file, the Run and the hooks it called."""
    from cellwise.run import fit
    from cellwise.search import Observer

    calls = []

    class Watch(Observer):
        def on_baseline(self, record):
            calls.append(("baseline", record))

        def on_trial(self, stage, architecture):
            calls.append(("trial", (stage, architecture)))

        def on_epoch(self, report):
            calls.append(("epoch", report))

        def on_candidate(self, record):
            calls.append(("candidate", record))

        def on_comparison(self, record):
            calls.append(("comparison", record))

    home = tmp_path_factory.mktemp("finished")
    table = home / "table.csv"
    table_of().write_csv(table)
    run = fit(table, out=home / "run", observer=Watch(), **TINY)
    return SimpleNamespace(path=home / "run", table=table, run=run, calls=calls)
