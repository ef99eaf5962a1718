"""`cellwise fit` killed again and again, at every kind of moment, and resumed to the same end."""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import optuna
import pytest

from cellwise._files import read_tensors

TINY = [
    *("--target", "y", "--horizon", "2", "--context-length", "8", "--folds", "2", "--seeds", "2"),
    *("--max-cells", "4", "--max-layers", "2", "--epochs", "4"),
]
STAGES = """
stages = ["learning_rate", "dropout", "context_length", "size", "alpha"]
dropout = [0.0, 0.2]
learning_rate.points = 3
context_length.lowest = 4
"""
SEARCHES = {
    "growth": ["--keep-checkpoints", "best"],
    "warm": ["--warm"],
    "structured": ["--tune", "--ranges", "stages.toml"],
    "tpe": ["--search", "tpe", "--trials", "16"],
    "gp": ["--search", "gp", "--trials", "16"],
    "random": ["--search", "random", "--trials", "16"],
    "outer": ["--outer-folds", "2", "--max-layers", "1"],
    "grid": ["--search", "grid", "--grid", "layers=1..2 cells=2..4", "--keep-checkpoints", "all"],
}
# A step in mid-epoch, a rung, a file half written, any touch of a file, any statement of SQL
MOMENTS = ("step", "half", "after", "rung", "file", "sql")


class Processes:
    """Processes of `cellwise` that are killed when they are told to."""

    def __init__(self, server, home):
        self.server, self.home = server, home

    def __call__(self, run, arguments, **when):
        paths = {"run": f"/{run}/", "log": str(self.home / f"{run}.log")}
        job = {"argv": [*arguments, str(self.home / run)], **paths, **when}
        self.server.stdin.write(json.dumps(job) + "\n")
        self.server.stdin.flush()
        return json.loads(self.server.stdout.readline())

    def fit(self, run, search, **when):
        options = [str(self.home / o) if o.endswith(".toml") else o for o in SEARCHES[search]]
        table = str(self.home / "table.csv")
        return self(run, ["fit", table, *TINY, *options, "--out"], **when)

    def resume(self, run, **when):
        return self(run, ["resume"], **when)

    def epochs(self, run):
        """Count how often each epoch of each cohort was begun."""
        return Counter((self.home / f"{run}.log").read_text().splitlines())


@contextmanager
def serving(home):
    script = Path(__file__).with_name("killed_process.py")
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    server = subprocess.Popen(
        [sys.executable, script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **threads},
    )
    try:
        yield Processes(server, home)
    finally:
        server.stdin.close()
        server.wait(30)
        server.stdout.close()


@pytest.fixture(scope="module")
def processes(tmp_path_factory, make_table):
    home = tmp_path_factory.mktemp("killed")
    make_table().write_csv(home / "table.csv")
    (home / "stages.toml").write_text(STAGES)
    with serving(home) as ready:
        yield ready


def ledger(run):
    """Give what is in a ledger, apart from times and measured memory."""
    study = optuna.load_study(study_name="cellwise", storage=f"sqlite:///{run / 'ledger.sqlite'}")
    timed = {"seconds", "predicted_seconds", "measured_bytes", "recorded"}
    return [
        (
            trial.number,
            trial.state,
            trial.values,
            trial.params,
            trial.intermediate_values,
            {k: v for k, v in trial.user_attrs.items() if k not in timed},
        )
        for trial in study.trials
    ]


def weights(run):
    """Give every file of weights that was asked for."""
    found = {path.name: read_tensors(path) for path in (run / "weights").glob("*")}
    return {
        name: ({k: v.tobytes() for k, v in tensors.items()}, metadata)
        for name, (tensors, metadata) in found.items()
    }


def moment(draw, kind, whole):
    """Draw when to kill; what the events of a whole run are, its seconds and their counts say."""
    if kind == "after":
        return {"after": draw.uniform(0.0, whole["seconds"])}
    assert whole["counts"][kind], f"there is no {kind} to kill at"
    # early in what is left, so that chains are long; later ones are reached by resuming
    return {"kill": (kind, draw.randint(1, max(1, whole["counts"][kind] // 3)))}


def kill_and_resume(processes, search, kills, evidence_of, seed):
    name = f"{search}-{kills}"  # both lengths of a test share a home in one session
    whole = processes.fit(f"{name}-whole", search)
    assert whole["status"] == 0
    expected = processes.home / f"{name}-whole"
    epochs = processes.epochs(expected.name)
    draw, done, chain = random.Random(f"{search} {seed}"), 0, 0
    while done < kills:
        run, chain = processes.home / f"{name}-{chain}", chain + 1
        killed, told = 0, []
        while True:
            go = processes.resume if (run / "run.json").exists() else processes.fit
            more = () if go == processes.resume else (search,)
            when = moment(draw, MOMENTS[done % len(MOMENTS)], whole) if done < kills else {}
            answer = go(run.name, *more, **when)
            told.append((go.__name__, when, answer["status"]))
            assert answer["status"] in (0, -9), told
            if answer["status"] == 0:
                break
            killed, done = killed + 1, done + 1
        assert evidence_of(run) == evidence_of(expected), told
        assert ledger(run) == ledger(expected), told
        assert weights(run) == weights(expected), told
        assert processes.epochs(run.name).keys() == epochs.keys(), told
        # what was done after the last checkpoint is done again: an epoch for each kill at most
        assert processes.epochs(run.name).total() <= epochs.total() + killed, told
        assert not list(run.rglob("*.tmp")), told
        assert not list((run / "checkpoints").iterdir()), told


@pytest.mark.parametrize("search", SEARCHES)
def test_killed_twice_and_resumed_is_uninterrupted(processes, evidence_of, search):
    kill_and_resume(processes, search, 2, evidence_of, seed=0)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("search", SEARCHES)
def test_killed_at_twenty_moments_and_resumed_is_uninterrupted(processes, evidence_of, search):
    kill_and_resume(processes, search, 20, evidence_of, seed=1)
