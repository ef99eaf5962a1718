import json
import subprocess
import sys
from collections import Counter

import optuna
import psycopg
import pytest

import cellwise
from cellwise import RunError, SettingsError
from cellwise.records import to_plain
from cellwise.run import resume
from cellwise.search import Observer

# growth makes no trials that could be counted
GROWTH = {"search": "growth", "trials": 40}

DRIVER = """
import json, sys, time
import cellwise
from cellwise.search import Observer, _search

methods = _search.run_baselines
_search.run_baselines = lambda *given, **named: methods(*given, **{**named, "seconds_allowed": 0})

class Slow(Observer):
    def on_epoch(self, report):
        if not report.experiment.retrain:
            print("epoch", flush=True)
            time.sleep(float(sys.argv[2]))

options = json.loads(sys.argv[1])
cellwise.fit(options.pop("table"), observer=Slow(), **options)
"""


@pytest.fixture
def options(tmp_path, make_table, tiny_options, database, monkeypatch):
    """Give options of a joint search in a shared study; no time for slow classical methods."""
    from cellwise.search import _search

    methods = _search.run_baselines
    monkeypatch.setattr(
        _search,
        "run_baselines",
        lambda *given, **named: methods(*given, **{**named, "seconds_allowed": 0}),
    )
    table = tmp_path / "table.csv"
    make_table(rows=150).write_csv(table)
    shared = {"ledger": database, "search": "random", "trials": 16, "seeds": 1, "max_cells": 4}
    return {**tiny_options, "table": str(table), **shared}


@pytest.fixture
def start():
    """Give a function that starts a driver in a process of its own."""
    begun = []

    def begin(options, out, pause=0.0):
        text = json.dumps({**options, "out": str(out)})
        driver = subprocess.Popen(
            [sys.executable, "-c", DRIVER, text, str(pause)], stdout=subprocess.PIPE, text=True
        )
        begun.append(driver)
        return driver

    yield begin
    for driver in begun:
        driver.kill()
        driver.communicate()


def fit(options, out, **more):
    return cellwise.fit(**{**options, **more}, out=out)


def trials(url, study="cellwise"):
    storage = optuna.storages.RDBStorage(url)
    found = optuna.load_study(study_name=study, storage=storage).trials
    storage.remove_session()
    storage.engine.dispose()
    return found


class Epochs(Observer):
    """Counts epochs of training."""

    def __init__(self):
        self.count = 0

    def on_epoch(self, report):
        self.count += 1


def tried(run):
    return Counter(
        (c.architecture, c.learning_rate, json.dumps(c.settings)) for c in run.evidence.candidates
    )


def without_times(run):
    """Give what two drivers of one study must agree on."""
    verdict = run.evidence.verdict
    return verdict.sentence, verdict.network_test, run.evidence.comparisons


def test_two_drivers_at_once_share_every_trial(options, start, tmp_path, database):
    drivers = [start(options, tmp_path / name, 0.1) for name in ("one", "two")]
    told = [driver.communicate(timeout=250)[0] for driver in drivers]
    assert [driver.returncode for driver in drivers] == [0, 0]
    assert all("epoch" in text for text in told)  # both have trained
    runs = [cellwise.Run.open(tmp_path / name) for name in ("one", "two")]
    names = Counter(t.user_attrs["name"] for t in trials(database))
    assert len(names) == 16 and set(names.values()) == {1}
    asked = trials(database, "cellwise/random")
    assert len(asked) == 16 and all(t.state.is_finished() for t in asked)
    assert tried(runs[0]) == tried(runs[1]) and without_times(runs[0]) == without_times(runs[1])


def test_driver_that_is_killed_is_replaced_and_can_come_back(options, start, tmp_path, database):
    lost = start(options, tmp_path / "lost", 60.0)
    assert lost.stdout.readline() == "epoch\n"
    lost.kill()
    lost.wait()
    states = [t.state.name for t in trials(database, "cellwise/random")]
    assert states == ["RUNNING"] * 4
    run = fit(options, tmp_path / "run")
    asked = trials(database, "cellwise/random")
    assert len(asked) == 16 and all(t.state.is_finished() for t in asked)
    again = resume(tmp_path / "lost")
    assert tried(again) == tried(run) and without_times(again) == without_times(run)
    names = Counter(t.user_attrs["name"] for t in trials(database))
    assert len(names) == 16 and set(names.values()) == {1}


def test_drivers_of_growth_train_no_size_twice(options, tmp_path):
    told = [Epochs(), Epochs()]
    runs = [fit(options, tmp_path / str(i), **GROWTH, observer=one) for i, one in enumerate(told)]
    assert told[0].count > 0 == told[1].count
    assert without_times(runs[0]) == without_times(runs[1])


def test_a_driver_on_ray_shares_a_study_with_one_on_this_machine(
    options, ray_cluster, start, tmp_path, database
):
    ray = {"engine": "ray", "address": ray_cluster.address}
    there = start({**options, **ray}, tmp_path / "there", 0.05)
    assert there.stdout.readline() == "epoch\n"
    here = fit(options, tmp_path / "here")
    there.communicate(timeout=250)
    assert there.returncode == 0
    found = cellwise.Run.open(tmp_path / "there")
    assert tried(found) == tried(here) and without_times(found) == without_times(here)
    names = Counter(t.user_attrs["name"] for t in trials(database))
    assert len(names) == 16 and set(names.values()) == {1}


def test_drivers_train_no_cohort_of_an_outer_fold_twice(
    options, ray_cluster, tmp_path, database, without_measured
):
    told, ray = [Epochs(), Epochs()], {"engine": "ray", "address": ray_cluster.address}
    more = {**GROWTH, "max_layers": 1, "outer_folds": 2}
    runs = [
        fit(options, tmp_path / "there", observer=told[0], **more, **ray),
        fit(options, tmp_path / "here", observer=told[1], **more),
    ]
    assert told[0].count > 0 == told[1].count
    first, second = (without_measured(to_plain(run.evidence.outer)) for run in runs)
    assert first == second and len(first["folds"]) == 2
    assert without_times(runs[0]) == without_times(runs[1])
    # the study holds what was found on all rows; those of the folds are in the run directory
    assert len(trials(database)) == 3 * len(runs[0].evidence.candidates)


def test_a_run_with_outer_folds_that_lost_its_driver_goes_on(options, tmp_path, without_measured):
    class Pull(Epochs):
        def on_epoch(self, report):
            super().on_epoch(report)
            if self.count == 9:
                raise KeyboardInterrupt

    more = {**GROWTH, "max_layers": 1, "outer_folds": 2}
    whole = fit(options, tmp_path / "whole", study="another", **more)
    fit(options, tmp_path / "cut", observer=Pull(), **more)
    again = resume(tmp_path / "cut")
    first, second = (without_measured(to_plain(run.evidence.outer)) for run in (whole, again))
    assert first == second and without_times(whole) == without_times(again)


def test_password_is_kept_nowhere(options, tmp_path, database, monkeypatch, capsys):
    plain = database.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS ann")
        connection.execute("CREATE ROLE ann LOGIN SUPERUSER PASSWORD 'hush-hush'")
    url = database.replace("postgres@", "ann:hush-hush@")
    notes = []

    class Watch(Observer):
        def on_note(self, text):
            notes.append(text)

    run = fit(options, tmp_path / "run", ledger=url, **GROWTH, observer=Watch())
    assert any("ann@127.0.0.1" in note for note in notes)
    assert "hush" not in " ".join(notes) + capsys.readouterr().out
    files = [p for p in run.path.rglob("*") if p.is_file()]
    assert len(files) > 4 and not [p for p in files if b"hush" in p.read_bytes()]
    with pytest.raises(RunError, match="password") as caught:
        resume(run.path)
    assert "hush" not in str(caught.value)
    assert without_times(resume(run.path, ledger=url)) == without_times(run)
    monkeypatch.setenv("PGPASSWORD", "hush-hush")
    assert without_times(resume(run.path)) == without_times(run)


def test_other_data_are_refused_before_anything_is_written(options, tmp_path, database):
    from cellwise.search import Ledger, SharedStore

    store = SharedStore(database, "cellwise")
    ledger = Ledger(store)
    ledger.check_data("other data")
    ledger.close()
    store.close()
    with pytest.raises(SettingsError, match="study must be of this table and task"):
        fit(options, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_server_that_goes_away_is_one_line_and_the_run_goes_on_later(options, tmp_path, database):
    plain = database.replace("+psycopg", "")
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name='cellwise'"

    class Cut(Observer):
        def on_epoch(self, report):
            with psycopg.connect(plain, autocommit=True) as connection:
                connection.execute(end)

    with pytest.raises(RunError, match=r"study cellwise cannot be used: ") as caught:
        fit(options, tmp_path / "run", observer=Cut())
    assert "\n" not in str(caught.value)
    run = resume(tmp_path / "run")
    assert run.verdict.kind != "no_answer"
