import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from cellwise import (
    ArchitectureError,
    DataError,
    Observer,
    Run,
    RunError,
    SettingsError,
    fit,
    resume,
)
from cellwise.baselines import _select


@pytest.fixture
def quick(monkeypatch):
    """Leave out the slow classical methods."""
    monkeypatch.setattr(_select, "STATSFORECAST_METHODS", ())


@pytest.fixture
def copy(finished, tmp_path):
    return Path(shutil.copytree(finished.path, tmp_path / "copy"))


def test_run_directory_is_complete(finished):
    names = {p.name for p in finished.path.iterdir()}
    expected = {
        "run.json",
        "evidence.json",
        "diagnosis.json",
        "ledger.sqlite",
        "model",
        "report.html",
    }
    expected.add("results")
    assert expected <= names
    assert not list((finished.path / "checkpoints").iterdir())
    assert not [name for name in names if name.endswith(".tmp")]


def test_frame_gives_what_the_file_gives(finished, make_table, tiny_options, tmp_path, evidence_of):
    fit(make_table(), out=tmp_path / "run", **tiny_options)
    assert evidence_of(tmp_path / "run") == evidence_of(finished.path)
    assert (tmp_path / "run" / "table.parquet").is_file()


def test_resume_after_completion_changes_nothing(copy, finished, evidence_of):
    epochs = []

    class Watch(Observer):
        def on_epoch(self, report):
            epochs.append(report)

    run = resume(copy, Watch())
    assert evidence_of(copy) == evidence_of(finished.path)
    assert epochs == [] and run.verdict.kind == finished.run.verdict.kind


def test_resume_makes_damaged_evidence_anew(copy, finished, evidence_of):
    class Noting(Observer):
        notes = ()

        def on_note(self, text):
            self.notes += (text,)

    (copy / "evidence.json").write_text('{"schema_version": 1, "finals"')
    resume(copy, observer := Noting())
    assert evidence_of(copy) == evidence_of(finished.path)
    assert f"{copy / 'evidence.json'} is damaged and made anew" in observer.notes


def test_resume_within_a_spent_budget_keeps_the_answer(
    quick, make_table, tiny_options, tmp_path, evidence_of
):
    fit(make_table(), out=tmp_path / "run", budget="1h", **tiny_options)
    before = evidence_of(tmp_path / "run")
    path = tmp_path / "run" / "evidence.json"
    spent = Run.open(tmp_path / "run").verdict.seconds
    path.write_text(path.read_text().replace(repr(spent), "3599.0"))
    resume(tmp_path / "run")
    assert evidence_of(tmp_path / "run") == before


def test_more_time_can_be_given_on_resume(copy, finished):
    record = json.loads((copy / "run.json").read_text())
    assert record["settings"]["budget"] is None
    used = finished.run.verdict.seconds
    with pytest.raises(SettingsError, match=rf"budget must be above the {used:.0f} s that .* used"):
        resume(copy, budget=f"{used / 2:.3f}s")
    assert json.loads((copy / "run.json").read_text()) == record
    resume(copy, budget="1h")
    assert json.loads((copy / "run.json").read_text())["settings"]["budget"] == "1h"


def test_interrupted_run_is_resumed_to_the_same_evidence(
    quick, make_table, tiny_options, tmp_path, evidence_of
):
    class Impatient(Observer):
        def on_trial(self, stage, architecture):
            if architecture == "lstm(4)":
                raise KeyboardInterrupt

    run = fit(make_table(), out=tmp_path / "cut", observer=Impatient(), **tiny_options)
    assert run.verdict.kind == "no_answer"
    with pytest.raises(RunError, match="no trained model yet"):
        run.predict(make_table())
    resume(tmp_path / "cut")
    fit(make_table(), out=tmp_path / "whole", **tiny_options)
    assert evidence_of(tmp_path / "cut") == evidence_of(tmp_path / "whole")


def test_resume_scores_only_the_classical_methods_that_are_missing(
    quick, make_table, tiny_options, tmp_path, evidence_of, monkeypatch
):
    scored, score = [], _select._score

    def counted(method, data, metric):
        if len(scored) == 3:
            scored.append("interrupt")
            raise KeyboardInterrupt
        scored.append(method.name)
        return score(method, data, metric)

    monkeypatch.setattr(_select, "_score", counted)
    fit(make_table(), out=tmp_path / "cut", **tiny_options)
    resume(tmp_path / "cut")
    assert scored[3] == "interrupt" and len(set(scored)) == len(scored)
    fit(make_table(), out=tmp_path / "whole", **tiny_options)
    assert evidence_of(tmp_path / "cut") == evidence_of(tmp_path / "whole")


def test_tuned_run_that_was_interrupted_is_resumed_to_the_same_evidence(
    quick, make_table, tiny_options, tmp_path, evidence_of
):
    class Impatient(Observer):
        def on_trial(self, stage, architecture):
            if stage == "context_length":
                raise KeyboardInterrupt

    ranges = {"stages": ["dropout", "context_length"], "context_length": {"lowest": 4}}
    options = {**tiny_options, "max_cells": 2, "max_layers": 1, "tune": True, "ranges": ranges}
    cut = fit(make_table(), out=tmp_path / "cut", observer=Impatient(), **options)
    assert cut.verdict.kind == "no_answer" and len(cut.evidence.tuning.stages) == 1
    resume(tmp_path / "cut")
    whole = fit(make_table(), out=tmp_path / "whole", **options)
    assert evidence_of(tmp_path / "cut") == evidence_of(tmp_path / "whole")
    assert [s.name for s in whole.evidence.tuning.stages] == ranges["stages"]


@pytest.mark.parametrize(
    "options",
    [
        {"search": "tpe", "trials": 14, "known": ("lstm(2)",)},
        {"search": "grid", "grid": "layers=1..2 cells=2"},
        {"search": "known", "known": ("lstm(2) > dense(3)", "gru(2, stateful)")},
    ],
)
def test_other_searches_end_with_a_verdict_and_are_resumed_exactly(
    quick, make_table, tiny_options, tmp_path, evidence_of, options
):
    options = {**tiny_options, "max_cells": 4, "epochs": 4, **options}
    run = fit(make_table(), out=tmp_path / "run", **options)
    before = evidence_of(tmp_path / "run")
    assert run.verdict.kind in ("use_network", "use_benchmark") and run.evidence.test_reads == 1
    assert list(run.evidence.stages) == [options["search"]]
    resume(tmp_path / "run")
    assert evidence_of(tmp_path / "run") == before


def test_outer_folds_that_were_interrupted_are_resumed_to_the_same_evidence(
    quick, make_table, tiny_options, tmp_path, evidence_of
):
    class Impatient(Observer):
        begun = 0

        def on_trial(self, stage, architecture):
            self.begun += stage == "final"
            if self.begun == 2:  # the final training of the second outer fold
                raise KeyboardInterrupt

    options = {**tiny_options, "max_layers": 1, "outer_folds": 2}
    cut = fit(make_table(), out=tmp_path / "cut", observer=Impatient(), **options)
    assert cut.verdict.kind == "no_answer" and len(cut.evidence.outer.folds) == 1
    resume(tmp_path / "cut")
    whole = fit(make_table(), out=tmp_path / "whole", **options)
    assert evidence_of(tmp_path / "cut") == evidence_of(tmp_path / "whole")
    assert len(whole.evidence.outer.folds) == 2 and whole.evidence.test_reads == 1
    assert "Outer folds" in (tmp_path / "cut" / "report.html").read_text()


def test_too_few_rows_for_outer_folds_leave_no_directory(make_table, tiny_options, tmp_path):
    with pytest.raises(DataError, match=r"outer fold 1 of 100 has too few rows.*fewer --out"):
        fit(make_table(), out=tmp_path / "run", outer_folds=100, **tiny_options)
    assert not (tmp_path / "run").exists()


def test_run_without_tuning_has_none(finished):
    assert finished.run.evidence.tuning is None


def test_changed_table_is_refused_on_resume(quick, make_table, tiny_options, tmp_path):
    table = tmp_path / "table.csv"
    make_table().write_csv(table)
    fit(table, out=tmp_path / "run", **{**tiny_options, "max_cells": 2, "max_layers": 1})
    make_table(seed=1).write_csv(table)
    with pytest.raises(RunError, match=r"table\.csv must be the table .*values have changed"):
        resume(tmp_path / "run")


def test_lost_table_is_named_on_resume(quick, make_table, tiny_options, tmp_path):
    table = tmp_path / "table.csv"
    make_table().write_csv(table)
    fit(table, out=tmp_path / "run", **{**tiny_options, "max_cells": 2, "max_layers": 1})
    table.unlink()
    with pytest.raises(DataError, match=r"table\.csv does not exist"):
        resume(tmp_path / "run")


def test_table_that_cannot_be_used_leaves_no_directory(make_table, tiny_options, tmp_path):
    with pytest.raises(DataError, match="rows"):
        fit(make_table(12), out=tmp_path / "run", **tiny_options)
    assert not (tmp_path / "run").exists()


def test_directories_are_numbered_by_default(
    quick, make_table, tiny_options, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    options = {**tiny_options, "max_layers": 1, "max_cells": 2}
    paths = [fit(make_table(), **options).path for _ in range(2)]
    assert paths == [Path("runs/y-1"), Path("runs/y-2")]


@pytest.mark.parametrize(
    "values",
    [
        np.tile([0.0, 1.0, 3.0, 2.0], 75),
        np.random.default_rng(0).integers(0, 2, 300).astype(float),
        np.repeat([0.0, 1.0], 150),
        np.arange(300.0),
    ],
    ids=["periodic", "coin", "step", "ramp"],
)
def test_degenerate_series_have_a_verdict(quick, values, tiny_options, tmp_path):
    options = {**tiny_options, "max_cells": 2, "max_layers": 1, "seeds": 1}
    run = fit(pl.DataFrame({"y": values}), out=tmp_path / "run", **options)
    assert run.verdict.kind in ("use_network", "use_benchmark")
    assert Run.open(tmp_path / "run").verdict.kind == run.verdict.kind


KILLED = [
    *("--horizon", "2", "--context-length", "8", "--folds", "2"),
    *("--max-cells", "4", "--max-layers", "2", "--epochs", "3"),
]


def start_and_kill(arguments, run, wait):
    """Start the command, let it work for a while, then pull the plug; whether it was at work."""
    command = [sys.executable, "-m", "cellwise", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ready = time.monotonic() + 60
    before = (run / ".lock").stat().st_mtime_ns if (run / ".lock").exists() else 0
    while time.monotonic() < ready and process.poll() is None:
        if (run / ".lock").exists() and (run / ".lock").stat().st_mtime_ns > before:
            break
        time.sleep(0.01)
    time.sleep(wait)
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return alive


def test_killed_and_resumed_is_uninterrupted(make_table, tmp_path, evidence_of):
    table, run = tmp_path / "table.csv", tmp_path / "killed"
    make_table(600).write_csv(table)
    moments = random.Random(5)
    waits = [moments.uniform(0.0, 4.0), moments.uniform(2.0, 5.0)]
    killed = start_and_kill(["fit", str(table), *KILLED, "--out", str(run)], run, waits[0])
    killed += start_and_kill(["resume", str(run)], run, waits[1])
    resume(run)
    options = {
        "target": "y",
        "horizon": 2,
        "context_length": 8,
        "folds": 2,
        "max_cells": 4,
        "max_layers": 2,
        "epochs": 3,
    }
    fit(table, out=tmp_path / "whole", **options)
    assert killed >= 1, "the processes ended before they could be killed"
    assert evidence_of(run) == evidence_of(tmp_path / "whole"), f"killed after {waits} seconds"


NAMED = '[temp,"wind speed": lstm(2) | y,price: gru(2)] > dense(2)'


@pytest.fixture
def columned(make_table):
    """Give a frame with a past covariate and two known ones."""
    frame, wave = make_table(), np.sin(np.arange(300) / 5)
    return frame.with_columns(
        price=frame["y"].shift(1, fill_value=0.0), temp=wave, **{"wind speed": wave[::-1]}
    )


def test_named_groups_of_columns_are_trained_and_forecast(quick, columned, tiny_options, tmp_path):
    known = {"past_covariates": ("price",), "known_covariates": ("temp", "wind speed")}
    options = {**tiny_options, **known, "search": "known", "known": (NAMED,)}
    run = fit(columned, out=tmp_path / "run", **options)
    assert [c.architecture for c in run.evidence.candidates] == [NAMED]
    future = columned.select("temp", "wind speed").tail(2)
    before = run.predict(columned, future)["forecast"]
    assert before.is_finite().all()
    # the first branch reads the weather over the horizon, no branch reads the flag
    warmer = run.predict(columned, future.with_columns(temp=future["temp"] + 1.0))["forecast"]
    assert (before != warmer).all()
    assert run.layer_outputs(columned, "layers.0.branches.1.layers.0", future).shape == (1, 10, 2)


def test_absent_column_of_a_group_is_told_before_anything_is_written(
    quick, columned, tiny_options, tmp_path
):
    options = {**tiny_options, "search": "known", "known": ("[y: lstm(2) | hum: lstm(2)]",)}
    message = "the input must have one column 'hum', got 0; its columns are y, price$"
    with pytest.raises(ArchitectureError, match=message):
        fit(columned, out=tmp_path / "run", past_covariates=("price",), **options)
    assert not (tmp_path / "run").exists()


def test_activations_of_the_final_training_are_kept_through_a_stop(
    quick, make_table, tiny_options, tmp_path
):
    class Impatient(Observer):
        def on_epoch(self, report):
            if report.experiment.retrain and report.epoch == 2:
                raise KeyboardInterrupt

    notes = []

    class Watch(Observer):
        def on_note(self, text):
            notes.append(text)

    options = {**tiny_options, "max_layers": 1, "epochs": 4, "save_activations": (-2, "layers.9")}
    whole = fit(make_table(), out=tmp_path / "whole", observer=Watch(), **options)
    assert any("no activations are kept of lstm" in one and "layers.9" in one for one in notes)
    fit(make_table(), out=tmp_path / "cut", observer=Impatient(), **options)
    again = resume(tmp_path / "cut")
    one, other = whole.activations(), again.activations()
    assert one.epochs.tolist() == other.epochs.tolist() == list(range(len(one.epochs)))
    assert np.array_equal(one.values, other.values) and one.layer == "layers.0"
    assert one.values.shape[2:] == (8, whole.architecture.num_cells)
    with pytest.raises(RunError, match="must hold activations of head, but has layers"):
        whole.activations(-1)
    fit(make_table(), out=tmp_path / "whole", force=True, **tiny_options)
    assert not (tmp_path / "whole" / "activations").exists()
