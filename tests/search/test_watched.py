from cellwise.architecture import Architecture
from cellwise.diagnosis import LiveDoctor
from cellwise.search import LocalEngine, WatchedEngine
from cellwise.training import Experiment, Member, TrainingSettings


def experiment_of(rate, text="lstm(2)"):
    return Experiment(
        architecture=Architecture.parse(text),
        members=(Member(fold=0, seed=0, learning_rate=rate),),
        settings=TrainingSettings(epochs=2),
    )


def test_the_doctor_looks_before_anybody_else_is_told(tiny_data, tmp_path):
    order = []
    engine = WatchedEngine(
        LocalEngine(tiny_data, "table", tmp_path),
        tiny_data,
        LiveDoctor(lambda finding: order.append(finding.key)),
    )
    bad = experiment_of(1e30)
    assert not engine.knows(bad)
    (tmp_path / "results").mkdir()
    (tmp_path / "checkpoints").mkdir()
    engine.run(bad, lambda report: order.append(report.epoch))
    assert order == ["non_finite_loss", 1]
    assert engine.knows(bad)


def test_cohorts_that_train_together_are_looked_at(tiny_data):
    told = []
    engine = WatchedEngine(LocalEngine(tiny_data, ""), tiny_data, LiveDoctor(told.append))
    both = [experiment_of(1e30), experiment_of(1e30, "lstm(3)")]
    with engine.run_all(both, lambda report: None) as results:
        assert len(list(results)) == 2
    assert [one.where.split(",")[0] for one in told] == ["lstm(2)", "lstm(3)"]
