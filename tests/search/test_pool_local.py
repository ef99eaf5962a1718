import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cellwise import RunError
from cellwise.search import Crew, CrewEngine, LocalEngine, ProcessPool, _pool_local
from cellwise.testing import EngineContract, engine_data, engine_experiments
from cellwise.training import TrainingSettings, train_cohort


@pytest.fixture
def make():
    """Give the function that makes a pool, ended after the test."""
    made = []

    def make(*args, **options):
        made.append(ProcessPool(*args, **options))
        return made[-1]

    yield make
    for pool in made:
        pool.close()


class TestContract(EngineContract):
    @pytest.fixture(autouse=True)
    def _crew(self, make):
        self.crew = Crew(make(2))

    def make_engine(self, data, fingerprint, directory):
        return CrewEngine(LocalEngine(data, fingerprint, directory), self.crew)


def pids(pool):
    return [worker.process.pid for worker in pool._workers if worker.process is not None]


def test_a_killed_process_is_replaced_and_the_result_is_the_same(make, tmp_path):
    training = TrainingSettings(epochs=40, steps_per_epoch=40, warmup_steps=1, patience=0)
    experiment = replace(engine_experiments()[0], settings=training)
    data, pool = engine_data(), make(1)
    assert not pool.started and pids(pool) == []
    crew = Crew(pool)
    engine = CrewEngine(LocalEngine(data, "data", tmp_path), crew)
    killed = []
    with engine.run_all([experiment], lambda report: None) as results:
        while not pids(pool):
            time.sleep(0.01)
        killed.extend(pids(pool))
        os.kill(killed[0], signal.SIGKILL)
        found = next(results)
    assert found.members == train_cohort(experiment, data).members
    assert pool.started and pids(pool) != killed


def test_cores_are_shared_among_cohorts(make):
    pool = make(4)
    assert [(r.places, r.threads) for r in map(pool.room, (1, 2, 3, 9))] == [
        (4, 4),
        (4, 2),
        (4, 1),
        (4, 1),
    ]


def test_a_slice_may_fill_the_machine_or_a_card(make, monkeypatch):
    monkeypatch.setattr(_pool_local, "memory_of", {"cpu": 8e9, "cuda": 2e9}.get)
    assert make(2).room(1).memory == 8e9
    room = make(4, devices=("0", "1")).room(5)
    assert (room.places, room.threads, room.memory) == (2, 2, 2e9)


def test_each_of_several_devices_has_a_worker_that_sees_no_other(make):
    pool, data = make(2, devices=("GPU-a", "GPU-b")), engine_data()
    engine = CrewEngine(LocalEngine(data, ""), Crew(pool))
    with engine.run_all(engine_experiments(), lambda report: None) as results:
        list(results)
    seen = [Path(f"/proc/{pid}/environ").read_bytes().split(b"\0") for pid in pids(pool)]
    names = [next(e for e in one if e.startswith(b"CUDA_VISIBLE_DEVICES=")) for one in seen]
    assert sorted(names) == [b"CUDA_VISIBLE_DEVICES=GPU-a", b"CUDA_VISIBLE_DEVICES=GPU-b"]


def test_what_training_raises_comes_through_and_the_worker_stays(make):
    pool = make(1)
    data, experiment = engine_data(), engine_experiments()[0]
    engine = CrewEngine(LocalEngine(data, ""), Crew(pool))
    wrong = replace(experiment, members=(replace(experiment.members[0], fold=9),))
    with pytest.raises(IndexError, match="index"):
        engine.run(wrong, lambda report: None)
    before = pids(pool)
    engine.run(experiment, lambda report: None)
    assert pids(pool) == before


def test_no_process_is_left_when_it_is_closed(make):
    pool = make(1)
    CrewEngine(LocalEngine(engine_data(), ""), Crew(pool)).run(engine_experiments()[0], print)
    (pid,) = pids(pool)
    pool.close()
    assert not Path(f"/proc/{pid}").exists()


def test_only_what_is_shared_takes_a_folder_and_it_goes_with_the_pool(make, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pool = make(1)
    assert list(tmp_path.iterdir()) == []
    assert pool.share(engine_data()).exists()
    pool.close()
    assert list(tmp_path.iterdir()) == []


def test_error_tree_is_kept_on_the_way():
    import pickle

    assert str(pickle.loads(pickle.dumps(RunError("no space")))) == "no space"
