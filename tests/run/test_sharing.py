import json
import subprocess
import sys
from collections import Counter

import optuna
import psycopg
import pytest

import cellwise
from cellwise import RunError, SettingsError
from cellwise.run import resume
from cellwise.search import Observer

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
    shared = {"ledger": database, "search": "random", "trials": 14, "seeds": 1, "max_cells": 4}
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
    assert len(names) == 14 and set(names.values()) == {1}
    asked = trials(database, "cellwise/random")
    assert len(asked) == 14 and all(t.state.is_finished() for t in asked)
    assert tried(runs[0]) == tried(runs[1]) and without_times(runs[0]) == without_times(runs[1])


def test_driver_that_is_killed_is_replaced_and_can_come_back(options, start, tmp_path, database):
    lost = start(options, tmp_path / "lost", 60.0)
    assert lost.stdout.readline() == "epoch\n"
    lost.kill()
    lost.wait()
    states = [t.state.name for t in trials(database, "cellwise/random")]
    assert states == ["RUNNING"] * 8
    run = fit(options, tmp_path / "run")
    asked = trials(database, "cellwise/random")
    assert len(asked) == 14 and all(t.state.is_finished() for t in asked)
    again = resume(tmp_path / "lost")
    assert tried(again) == tried(run) and without_times(again) == without_times(run)
    names = Counter(t.user_attrs["name"] for t in trials(database))
    assert len(names) == 14 and set(names.values()) == {1}


def test_drivers_of_growth_train_no_size_twice(options, tmp_path):
    class Watch(Observer):
        def __init__(self):
            self.epochs = 0

        def on_epoch(self, report):
            self.epochs += 1

    told = [Watch(), Watch()]
    runs = [
        fit(options, tmp_path / str(i), search="growth", observer=one) for i, one in enumerate(told)
    ]
    assert told[0].epochs > 0 == told[1].epochs
    assert without_times(runs[0]) == without_times(runs[1])


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

    run = fit(options, tmp_path / "run", ledger=url, search="growth", observer=Watch())
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
