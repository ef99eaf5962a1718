import math
import os
import re
import signal
import socket
import sys
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from cellwise import RunError, SettingsError
from cellwise.search import (
    Budget,
    Crew,
    CrewEngine,
    LocalEngine,
    Observer,
    RayPool,
    Search,
    SearchSettings,
)
from cellwise.search._slices import Slice, train_slice
from cellwise.testing import (
    EngineContract,
    assert_same_result,
    engine_data,
    engine_experiments,
)
from cellwise.training import CohortCost, CostModel, TrainingSettings, train_cohort

SETTINGS = SearchSettings(
    max_cells=4,
    max_layers=2,
    num_seeds=1,
    final_seeds=2,
    strategy="grid",
    grid="layers=1..2 cells=2..4",
    training=TrainingSettings(epochs=4, steps_per_epoch=5, warmup_steps=2),
)


def in_many_slices(folder=None):
    """A task that ends after each epoch; where a folder is given, the third one is killed."""

    def task(data, experiment, key, checkpoint, threads):
        from cellwise.training import _train

        _train._CHECKPOINT_SECONDS = 0.0
        if folder is not None:
            (folder / f"{time.time_ns()}").touch()
            if len(list(folder.iterdir())) == 3:
                threading.Timer(0.01, os.kill, (os.getpid(), signal.SIGKILL)).start()
                time.sleep(60)
        return train_slice(data, experiment, key, checkpoint, threads)

    return task


@pytest.fixture
def join(ray_cluster):
    """Give the function that joins the cluster."""
    joined = []

    def make(**options):
        joined.append(RayPool(ray_cluster.address, **options))
        return joined[-1]

    yield make
    for pool in joined:
        pool.close()


class TestContract(EngineContract):
    @pytest.fixture(autouse=True)
    def _crew(self, join):
        self.crew = Crew(join())

    def make_engine(self, data, fingerprint, directory):
        return CrewEngine(LocalEngine(data, fingerprint, directory), self.crew)


@pytest.fixture
def evidence(tiny_prepared, monkeypatch, without_measured):
    """Give a function that searches with an engine."""
    from cellwise.baselines import _select
    from cellwise.records import to_plain

    monkeypatch.setattr(_select, "STATSFORECAST_METHODS", ())

    def run(crew=None, observer=None):
        local = LocalEngine(tiny_prepared.data, "data")
        search = Search(
            prepared=tiny_prepared,
            metric="mse",
            settings=SETTINGS,
            engine=CrewEngine(local, crew) if crew else local,
            budget=Budget(),
            observer=observer or Observer(),
        )
        return without_measured(to_plain(search.run()))

    return run


def test_a_killed_worker_costs_one_slice_and_the_evidence_is_the_same(join, evidence, tmp_path):
    crew = Crew(join(train=in_many_slices(tmp_path)))
    assert evidence(crew) == evidence()
    kept = len(list(tmp_path.iterdir()))
    # 4 sizes and 2 or 3 final trainings of 4 epochs and an end each, and the slice done twice
    assert kept in (6 * 5 + 1, 7 * 5 + 1)


def test_a_killed_node_costs_one_slice_and_the_evidence_is_the_same(join, evidence, ray_cluster):
    node = ray_cluster.add_node(num_cpus=4, object_store_memory=80_000_000)
    ray_cluster.wait_for_nodes()
    epochs = []

    class PullThePlug(Observer):
        def on_epoch(self, report):
            epochs.append(report.epoch)
            if len(epochs) == 3:
                ray_cluster.remove_node(node, allow_graceful=False)

    pool = join(train=in_many_slices())
    assert pool.room(1).threads == 4  # nothing else has room for the first cohorts but that node
    assert evidence(Crew(pool), PullThePlug()) == evidence()
    assert len(epochs) in (24, 28) and pool.room(1).threads == 2


def test_room_is_shared_among_cohorts(join):
    pool = join()
    found = [(room.places, room.threads) for room in map(pool.room, (1, 2, 3, 9))]
    assert found == [(4, 2), (4, 2), (6, 1), (6, 1)]
    assert pool.words == "4 processors on 2 machines"


def test_a_task_asks_for_the_memory_of_its_cohort(join, tmp_path):
    def task(data, experiment, key, checkpoint, threads):
        from ray import get_runtime_context

        asked = get_runtime_context().get_assigned_resources()["memory"]
        (tmp_path / "asked").write_text(str(asked))
        return train_slice(data, experiment, key, checkpoint, threads)

    pool, data, experiment = join(train=task), engine_data(), engine_experiments()[0]
    CrewEngine(LocalEngine(data, ""), Crew(pool)).run(experiment, print)
    needed = CohortCost.of(CostModel(), experiment, data).bytes()
    assert float((tmp_path / "asked").read_text()) == needed
    assert needed < pool.room(1).memory < math.inf


def test_each_slice_on_a_gpu_has_one_of_its_own(join, tmp_path):
    """Ray takes our word for the GPUs; the tasks train on the processor."""

    def task(data, experiment, key, checkpoint, threads):
        seen = f"{os.environ['CUDA_VISIBLE_DEVICES']} {experiment.settings.device} {threads}"
        (tmp_path / f"{time.time_ns()}").write_text(seen)
        here = replace(experiment, settings=replace(experiment.settings, device="cpu"))
        return train_slice(data, here, key, checkpoint, threads)

    pool, data = join(train=task, device="cuda"), engine_data()
    assert [(r.places, r.threads, r.memory) for r in map(pool.room, (1, 9))] == [
        (4, 2, math.inf)
    ] * 2
    assert pool.words == "4 processors and 2 GPUs on 2 machines"
    cards = [
        replace(one, settings=replace(one.settings, device="cuda")) for one in engine_experiments()
    ]
    with CrewEngine(LocalEngine(data, ""), Crew(pool)).run_all(cards, print) as results:
        found = list(results)
    for one, here in zip(found, engine_experiments(), strict=True):
        assert_same_result(one, train_cohort(here, data))
    seen = [path.read_text() for path in tmp_path.iterdir()]
    assert len(seen) == 3 and all(re.fullmatch(r"\d cuda 2", one) for one in seen)


@pytest.mark.parametrize(("device", "kind"), [("cpu", "processors"), ("cuda", "GPUs")])
def test_a_cluster_without_what_is_asked_for_is_said(join, device, kind, monkeypatch):
    pool = join(device=device)
    monkeypatch.setattr(pool, "_machines", list)
    with pytest.raises(RunError, match=f"the Ray cluster has no {kind}; start a node that has"):
        pool.room(1)


def test_one_machine_is_told_as_one():
    machine = SimpleNamespace(cores=4, gpus=0)
    alone = SimpleNamespace(_device="cpu", _machines=lambda: [machine])
    assert RayPool.words.fget(alone) == "4 processors on 1 machine"


def test_what_a_worker_raises_comes_through(join):
    def task(*work):
        raise RunError("no space left")

    crew = Crew(join(train=task))
    with pytest.raises(RunError, match="no space left"):
        CrewEngine(LocalEngine(engine_data(), ""), crew).run(engine_experiments()[0], print)


def test_workers_without_cellwise_are_named(join):
    def task(*work):
        raise ModuleNotFoundError("No module named 'cellwise'")

    crew = Crew(join(train=task))
    with pytest.raises(RunError, match=r"cannot load cellwise .*install the same version on every"):
        CrewEngine(LocalEngine(engine_data(), ""), crew).run(engine_experiments()[0], print)


def test_a_cluster_that_was_joined_before_is_not_left(ray_cluster):
    import ray

    ray.init(address=ray_cluster.address, log_to_driver=False)
    try:
        RayPool("auto").close()
        assert ray.is_initialized()
    finally:
        ray.shutdown()


def test_addresses_that_lead_nowhere_are_said_at_once():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        for prefix in ("", "ray://"):
            rule = re.escape(f"address='{prefix}127.0.0.1:{port}' must lead to a Ray cluster, but")
            with pytest.raises(RunError, match=rule):
                RayPool(f"{prefix}127.0.0.1:{port}")
    with pytest.raises(SettingsError, match="address must be auto, local, host:port or ray://"):
        RayPool("somewhere")


def test_without_ray_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SettingsError, match=re.escape("use pip install 'cellwise[ray]'")):
        RayPool()


@pytest.mark.slow
def test_overhead_of_a_thousand_trials_is_below_a_twentieth(tmp_path):
    from ray.cluster_utils import Cluster

    data, experiment = engine_data(), engine_experiments(epochs=1)[0]
    result = train_cohort(experiment, data)

    def task(*work):
        time.sleep(1.0)
        return Slice(result=result)

    places, trials = 10, 1000
    node = {"num_cpus": places // 2, "include_dashboard": False, "object_store_memory": 80_000_000}
    cluster = Cluster(initialize_head=True, head_node_args=node)
    cluster.add_node(num_cpus=places // 2, object_store_memory=80_000_000)
    pool = RayPool(cluster.address, train=task)
    try:
        engine = CrewEngine(LocalEngine(data, "data", tmp_path), Crew(pool))

        def seconds(first, count):
            members = experiment.members
            asked = [
                replace(experiment, members=tuple(replace(m, seed=first + i) for m in members))
                for i in range(count)
            ]
            begun = time.monotonic()
            with engine.run_all(asked, lambda report: None) as results:
                assert len(list(results)) == count
            return time.monotonic() - begun

        seconds(100_000, places)  # the workers are started and have loaded torch
        taken = seconds(0, trials)
    finally:
        pool.close()
        cluster.shutdown()
    overhead = taken * places / trials - 1
    print(f"{trials} trials of 1 s on {places} places: {taken:.2f} s, overhead {overhead:.1%}")
    assert 0 <= overhead < 0.05
