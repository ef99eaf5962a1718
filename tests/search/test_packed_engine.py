from dataclasses import replace

import pytest

from cellwise.search import Crew, LocalEngine, PackedEngine
from cellwise.search._crew import Room
from cellwise.testing import EngineContract, engine_data, engine_experiments
from cellwise.training import CostModel, TrainingSettings

# all of the time between the kernels, and none of it
ALONE = CostModel(training=(1.0, *[0.0] * 8), forward=(0.0,) * 9, scoring=(0.0, 0.0), per_cohort=0)
SHARED = replace(ALONE, training=(0.0, 0.0, 0.0, 1.0, *[0.0] * 5))


@pytest.fixture
def make_engine(make_pool):
    """Give the function that makes an engine over two threads that stand for two processes."""

    def make(model, started=True, directory=None, cores=2):
        pool = make_pool(room=Room(places=cores, threads=1, most=cores))
        pool.started = started
        return PackedEngine(LocalEngine(engine_data(), "", directory), Crew(pool), model), pool

    return make


class TestContract(EngineContract):
    @pytest.fixture(autouse=True)
    def _make(self, make_pool):
        self.crew = Crew(make_pool(room=Room(places=2, threads=1, most=2)))

    def make_engine(self, data, fingerprint, directory):
        return PackedEngine(LocalEngine(data, fingerprint, directory), self.crew, ALONE)


def trained(engine, experiments):
    with engine.run_all(experiments, lambda report: None) as results:
        return len(list(results))


def test_small_cohorts_are_packed_and_large_ones_are_not(make_engine):
    for model, packed in ((ALONE, 3), (SHARED, 0)):
        engine, pool = make_engine(model)
        assert trained(engine, engine_experiments()) == 3
        assert len(pool.works) == packed


def test_one_cohort_or_one_core_is_not_packed(make_engine):
    for experiments, cores in ((engine_experiments()[:1], 2), (engine_experiments(), 1)):
        engine, pool = make_engine(ALONE, cores=cores)
        trained(engine, experiments)
        assert pool.works == []


def test_a_few_seconds_of_work_are_not_worth_starting_processes(make_engine):
    tenth = replace(ALONE, training=(0.1, *[0.0] * 8))  # 3 cohorts of 9 steps
    for started, packed in ((True, 3), (False, 0)):
        engine, pool = make_engine(tenth, started)
        trained(engine, engine_experiments())
        assert len(pool.works) == packed


def test_what_is_known_is_not_counted(make_engine, tmp_path):
    engine, _ = make_engine(ALONE, directory=tmp_path)
    trained(engine, engine_experiments()[:2])
    again, pool = make_engine(ALONE, directory=tmp_path)
    trained(again, engine_experiments())
    assert pool.works == []


def test_the_longest_of_few_decides(make_engine):
    # 2 cohorts of which one is ten times the other: side by side gains a tenth, which is not enough
    first, second, _ = engine_experiments()
    long = replace(second, settings=replace(TrainingSettings(), epochs=30, steps_per_epoch=3))
    engine, pool = make_engine(ALONE)
    trained(engine, [first, long])
    assert pool.works == []
