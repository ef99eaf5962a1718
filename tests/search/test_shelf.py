import numpy as np
import pytest

from cellwise.search._shelf import Shelf
from cellwise.testing import engine_data, engine_experiments
from cellwise.training import train_cohort


@pytest.fixture(scope="module")
def trained():
    data, (experiment, *_) = engine_data(), engine_experiments()
    return data, experiment, train_cohort(experiment, data)


def test_result_comes_back_and_its_checkpoint_goes(trained, tmp_path):
    data, experiment, result = trained
    shelf = Shelf("data", tmp_path)
    shelf.write_checkpoint(experiment, b"here")
    assert shelf.read_checkpoint(experiment) == b"here" and not shelf.knows(experiment)
    kept = shelf.keep_result(experiment, result, data)
    assert kept.weights.shape == (len(result.kept), 0)
    assert shelf.knows(experiment) and shelf.recall(experiment).members == result.members
    assert shelf.read_checkpoint(experiment) == b""


def test_without_a_directory_all_is_handed_on_and_nothing_kept(trained):
    data, experiment, result = trained
    shelf = Shelf("data")
    shelf.write_checkpoint(experiment, b"here")
    assert np.array_equal(shelf.keep_result(experiment, result, data).weights, result.weights)
    assert not shelf.knows(experiment) and shelf.recall(experiment) is None
    assert shelf.read_checkpoint(experiment) == b"" and shelf.activations is None


def test_files_are_named_by_data_and_experiment(trained, tmp_path):
    _, experiment, _ = trained
    one, other = Shelf("one", tmp_path), Shelf("other", tmp_path)
    assert one.result(experiment) != other.result(experiment)
    assert one.result(experiment).parent == tmp_path / "results"
    assert one.checkpoint(experiment).parent == tmp_path / "checkpoints"
