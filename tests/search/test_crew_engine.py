from dataclasses import replace

import pytest

from cellwise.search import LocalEngine
from cellwise.search._crew import Crew, Room
from cellwise.search._crew_engine import CrewEngine
from cellwise.testing import (
    EngineContract,
    assert_same_result,
    engine_data,
    engine_experiments,
)
from cellwise.training import CohortCost, CostModel, _train


class TestContract(EngineContract):
    @pytest.fixture(autouse=True)
    def _crew(self, make_pool):
        self.crew = Crew(make_pool())

    def make_engine(self, data, fingerprint, directory):
        return CrewEngine(LocalEngine(data, fingerprint, directory), self.crew)


class TestContractInManySlices(TestContract):
    @pytest.fixture(autouse=True)
    def _slices(self, monkeypatch):
        monkeypatch.setattr(_train, "_CHECKPOINT_SECONDS", 0.0)


def test_what_is_watched_is_trained_here(make_pool, tmp_path):
    pool, data = make_pool(), engine_data()
    experiment = replace(engine_experiments()[0], watch=("0",))
    engine = CrewEngine(LocalEngine(data, "data", tmp_path), Crew(pool))
    engine.run(experiment, lambda report: None)
    assert pool.works == [] and any((tmp_path / "activations").iterdir())


def test_what_no_worker_can_hold_is_trained_here(make_pool):
    pool, data = make_pool(room=Room(places=2, threads=1, most=1, memory=1000.0)), engine_data()
    local, engine = LocalEngine(data, ""), CrewEngine(LocalEngine(data, ""), Crew(pool))
    experiment = engine_experiments()[0]
    assert_same_result(engine.run(experiment, print), local.run(experiment, print))
    assert pool.works == []


def test_a_slice_says_what_memory_it_needs(make_pool):
    pool, data, experiment = make_pool(), engine_data(), engine_experiments()[0]
    CrewEngine(LocalEngine(data, ""), Crew(pool)).run(experiment, print)
    needed = CohortCost.of(CostModel(), experiment, data).bytes()
    assert {work.memory for work in pool.works} == {needed}


def test_checkpoint_of_the_local_engine_is_gone_on_with(make_pool, tmp_path, monkeypatch):
    class PulledPlugError(Exception):
        pass

    def pull(report):
        if report.epoch == 2:
            raise PulledPlugError("pulled")

    monkeypatch.setattr(_train, "_CHECKPOINT_SECONDS", 0.0)
    data, experiment = engine_data(), engine_experiments()[0]
    local = LocalEngine(data, "data", tmp_path)
    with pytest.raises(PulledPlugError, match="pulled"):
        local.run(experiment, pull)
    epochs = []
    CrewEngine(local, Crew(make_pool())).run(experiment, lambda r: epochs.append(r.epoch))
    assert epochs == [3]


def test_data_are_shared_once(make_pool):
    pool, data = make_pool(), engine_data()
    crew = Crew(pool)
    for fingerprint in ("one", "two"):
        CrewEngine(LocalEngine(data, fingerprint), crew).run(
            engine_experiments()[0], lambda report: None
        )
    assert len(pool.shared) == 1
