from dataclasses import replace

import numpy as np
import pytest

from cellwise.architecture import Architecture
from cellwise.search import LocalEngine, SearchSettings, candidate_experiment
from cellwise.search._budget import TooLargeError
from cellwise.training import TrainingSettings


@pytest.fixture
def experiment():
    settings = SearchSettings(
        num_seeds=1, training=TrainingSettings(epochs=2, steps_per_epoch=2, warmup_steps=1)
    )
    return candidate_experiment(Architecture.parse("lstm(2)"), settings, 2, 0.01)


@pytest.fixture
def trained(tiny_data, experiment, tmp_path):
    """Give a function that runs an engine and tells what it returned and how it got there."""

    def run(directory=tmp_path, fingerprint="data"):
        epochs = []
        engine = LocalEngine(tiny_data, fingerprint, directory)
        return engine.run(experiment, lambda r: epochs.append(r.epoch)), epochs

    return run


def test_second_run_reads_the_result(trained, tmp_path):
    first, epochs = trained()
    second, again = trained()
    assert epochs == [1, 2] and again == []
    assert first.weights.shape == second.weights.shape == (4, 0)
    assert first.members == second.members and first.seconds == second.seconds
    assert len(list((tmp_path / "results").iterdir())) == 1
    assert not list((tmp_path / "checkpoints").glob("*"))


def test_weights_of_the_final_training_are_kept(tiny_data, experiment, tmp_path):
    retrain = replace(experiment, members=experiment.members[:2], retrain=True, halving=())
    found = [LocalEngine(tiny_data, "", tmp_path).run(retrain, lambda _: None) for _ in range(2)]
    assert np.array_equal(found[0].weights, found[1].weights) and found[0].weights.size


def test_without_a_directory_nothing_is_kept(trained):
    assert trained(None)[1] == [1, 2]
    assert trained(None)[1] == [1, 2]


def test_other_data_are_trained_again(trained):
    trained()
    assert trained(fingerprint="other")[1] == [1, 2]


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b[:-9], lambda b: b"x" * len(b)])
def test_damaged_result_is_trained_again(damage, trained, tmp_path):
    first, _ = trained()
    (path,) = (tmp_path / "results").iterdir()
    path.write_bytes(damage(path.read_bytes()))
    second, epochs = trained()
    assert epochs == [1, 2]
    assert second.members == first.members


def test_checkpoint_of_a_process_that_was_killed_before_removing_it_is_removed(trained, tmp_path):
    trained()
    (result,) = (tmp_path / "results").iterdir()
    (tmp_path / "checkpoints").mkdir(exist_ok=True)
    (tmp_path / "checkpoints" / result.name).write_bytes(b"stale")
    assert trained()[1] == []
    assert not list((tmp_path / "checkpoints").iterdir())


def test_knows_what_it_has_trained(trained, tiny_data, experiment, tmp_path):
    engine = LocalEngine(tiny_data, "data", tmp_path)
    assert not engine.knows(experiment)
    trained()
    assert engine.knows(experiment)
    assert not LocalEngine(tiny_data, "data").knows(experiment)


def test_what_the_machine_cannot_hold_is_refused_before_it_is_made(tiny_data, experiment):
    large = replace(experiment, architecture=Architecture.parse("lstm(100000000)"))
    told = r"^lstm\(100000000\) needs .* GB of memory, this machine has .* GB$"
    with pytest.raises(TooLargeError, match=told):
        LocalEngine(tiny_data, "data").run(large, lambda report: None)
