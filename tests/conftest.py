"""A small table, data made of it, one finished tiny run, and random architectures.

Layers and networks are drawn through their fields and kept where they fit together.
"""

import json
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import numpy as np
import polars as pl
import pytest
from hypothesis import reject
from hypothesis import strategies as st

from cellwise._errors import ArchitectureError
from cellwise.architecture import (
    ACTIVATIONS,
    Architecture,
    AttentionPooling,
    Branch,
    Branches,
    Conv,
    Decoder,
    Dense,
    Dropout,
    Embedding,
    Encoder,
    Norm,
    RecurrentLayer,
)

REAL_DATA = Path(__file__).parents[2] / "shared" / "data"

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


_MEASURED = ("seconds", "measured_bytes")


def without_measured(value):
    """Drop what is measured of the machine: every key that ends so, at any depth."""
    if isinstance(value, dict):
        return {k: without_measured(v) for k, v in value.items() if not k.endswith(_MEASURED)}
    if isinstance(value, list):
        return [without_measured(v) for v in value]
    return value


def evidence_text(run: Path) -> str:
    """Give the bytes of evidence.json that do not depend on the machine."""
    return json.dumps(without_measured(json.loads((run / "evidence.json").read_text())))


@pytest.fixture(scope="session", autouse=True)
def cache_of_its_own(tmp_path_factory):
    """Keep what is measured of this machine out of the user's cache directory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def real_data():
    """Give the path of a real file, or skip."""

    def find(name: str) -> Path:
        path = REAL_DATA / name
        if not path.is_file():
            pytest.skip(f"{path} is not on this machine")
        return path

    return find


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


@pytest.fixture(scope="session", name="without_measured")
def give_without_measured():
    """Give the function that drops every key named `seconds`."""
    return without_measured


@pytest.fixture(scope="session")
def ray_cluster():
    """Give a Ray cluster of two nodes of two processors, and a GPU in name, on this machine."""
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 2, "num_gpus": 1, "object_store_memory": 80_000_000}
    notices = {"health_check_period_ms": 500, "health_check_failure_threshold": 2}
    head = {"include_dashboard": False, "_system_config": notices, **node}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    cluster.add_node(**node)
    yield cluster
    cluster.shutdown()


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


@pytest.fixture(scope="session")
def postgres():
    """Start a PostgreSQL server; skip where there is none."""
    from cellwise.testing import find_postgres, temporary_postgres

    pytest.importorskip("psycopg", reason="psycopg is not installed")
    programs = find_postgres()
    if programs is None:
        pytest.skip("no PostgreSQL server: apt-get install postgresql")
    with temporary_postgres(programs) as url:
        yield url


@pytest.fixture
def database(postgres):
    """Give the URL of an empty database."""
    import psycopg

    name = f"test_{uuid4().hex}"
    plain = postgres.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgres.removesuffix("postgres") + name


SIZES = st.integers(1, 6)
RATES = st.sampled_from([0.0, 0.1, 0.25, 1 / 3, 1e-5])
RARELY = st.sampled_from([False, False, False, True])
OPTIONS = {
    "dropout": RATES,
    "to_output": RARELY,
    "bidirectional": RARELY,
    "merge": st.sampled_from(["concat", "sum", "mul", "ave", "none"]),
    "proj_size": st.sampled_from([0, 0, 2, 3]),
    "skip_size": st.sampled_from([0, 0, 2]),
    "peephole": RARELY,
    "coupled": RARELY,
    "layer_norm": st.sampled_from(["none", "none", "full", "lean"]),
    "reset_before": RARELY,
    "activation": st.sampled_from(ACTIVATIONS),
    "gate_activation": st.sampled_from(ACTIVATIONS),
    "gate_depth": st.sampled_from([1, 1, 3]),
    "transition_depth": st.sampled_from([1, 1, 2, 3]),
    "shortcut": RARELY,
    "output_depth": st.sampled_from([1, 1, 2]),
    "zoneout": RATES,
    "recurrent_dropout": RATES,
    "residual": RARELY,
    "highway": RARELY,
    "from_input": RARELY,
    "stateful": RARELY,
    "learn_state": RARELY,
    "init_from_below": RARELY,
}


def added(build, values, name, value):
    """Add one more value where what it makes is still allowed."""
    try:
        build(**values, **{name: value})
    except ArchitectureError:
        return values
    return values | {name: value}


@st.composite
def recurrent(draw, sizes=SIZES, **fixed):
    cell = draw(st.sampled_from(["lstm", "gru", "rnn"]))
    values = {"cell": cell, "hidden_size": draw(sizes)} | fixed
    free = sorted(OPTIONS.keys() - fixed.keys())
    for name in draw(st.lists(st.sampled_from(free), unique=True, max_size=8)):
        values = added(RecurrentLayer, values, name, draw(OPTIONS[name]))
    return RecurrentLayer(**values)


SIMPLE = st.one_of(
    recurrent(),
    recurrent(),
    st.builds(Dense, size=SIZES, activation=st.sampled_from(ACTIVATIONS)),
    st.builds(Dropout, rate=RATES),
    st.builds(Norm),
    st.builds(
        Conv, kernel_size=SIZES, channels=st.integers(0, 6), activation=st.sampled_from(ACTIVATIONS)
    ),
    st.builds(AttentionPooling, heads=st.integers(1, 2)),
)
NAMES = st.sampled_from([(), (), ("a",), ("a", "b c"), ("lstm", "3")])


def joined(layers):
    """Stand layers on one another, leaving out those that do not fit."""
    kept = ()
    for layer in layers:
        try:
            Architecture(layers=(*kept, layer)).place(input_size=4, output_size=2)
        except ArchitectureError:
            continue
        kept = (*kept, layer)
    return kept


CHAINS = st.lists(SIMPLE, min_size=1, max_size=4).map(joined).filter(bool)
GROUPS = st.lists(st.builds(Branch, layers=CHAINS, columns=NAMES), min_size=1, max_size=3).map(
    lambda branches: Branches(branches=tuple(branches))
)
EMBEDDINGS = st.builds(Embedding, num_tokens=SIZES, size=SIZES)
STACKS = (
    st.lists(st.one_of(SIMPLE, SIMPLE, GROUPS, EMBEDDINGS), min_size=1, max_size=4)
    .map(joined)
    .filter(bool)
    .map(lambda layers: Architecture(layers=layers))
)


@st.composite
def pairs(draw):
    """Draw an encoder and a decoder whose states fit."""
    plain = recurrent(bidirectional=False, stateful=False, learn_state=False, init_from_below=False)
    stack = draw(st.lists(plain, min_size=1, max_size=2))
    decoder = {"layers": tuple(stack)}
    fields = {
        "attention": ["none", "additive", "dot", "general"],
        "teacher_forcing": [1.0, 0.5],
        "sampling": ["constant", "linear"],
    }
    for name, values in fields.items():
        decoder = added(Decoder, decoder, name, draw(st.sampled_from(values)))
    encoder = Encoder(layers=tuple(stack), reverse=draw(st.booleans()))
    try:
        network = Architecture(layers=(encoder, Decoder(**decoder)))
        network.place(input_size=4, output_size=2)
    except ArchitectureError:
        reject()
    return network


PAIRS = pairs()


@pytest.fixture(scope="session")
def recurrent_layers():
    """Give a strategy of recurrent layers with any options that go together."""
    return recurrent()


@pytest.fixture(scope="session")
def architectures():
    """Give a strategy of networks that read 4 inputs and put out 2."""
    # deferred, since its name in a failure's message would fill pages
    return st.deferred(lambda: st.one_of(STACKS, STACKS, STACKS, PAIRS))
