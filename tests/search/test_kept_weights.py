import json

import numpy as np
import pytest

from cellwise._files import read_metadata, read_tensors
from cellwise.architecture import Architecture
from cellwise.search import LocalEngine, SearchSettings, candidate_experiment
from cellwise.training import TrainingSettings, train_cohort


@pytest.fixture
def trained(tiny_data, tmp_path):
    """Give a function that trains a size with an engine that keeps what it is told to."""

    def run(keep, text="lstm(2)"):
        training = TrainingSettings(epochs=4, steps_per_epoch=2, warmup_steps=1)
        settings = SearchSettings(num_seeds=1, training=training)
        experiment = candidate_experiment(Architecture.parse(text), settings, 2, 0.01)
        engine = LocalEngine(tiny_data, "data", tmp_path, keep)
        return experiment, engine.run(experiment, lambda report: None), engine

    return run


def files(tmp_path):
    return sorted((tmp_path / "weights").glob("*"))


def test_last_keeps_errors_and_no_weights(trained, tmp_path):
    _, first, engine = trained("last")
    experiment, again, _ = trained("last")
    assert again.members == first.members and again.weights.shape == (len(first.kept), 0)
    assert files(tmp_path) == [] and engine.knows(experiment)


def test_all_keeps_every_member_that_was_trained_to_its_end(trained, tiny_data, tmp_path):
    experiment, result, _ = trained("all")
    trained("all", "lstm(3)")
    assert len(files(tmp_path)) == 2
    found = [p for p in files(tmp_path) if read_metadata(p)["architecture"] == "lstm(2)"]
    tensors, metadata = read_tensors(found[0])
    rows = np.concatenate([t.reshape(len(t), -1) for t in tensors.values()], axis=1)
    whole = train_cohort(experiment, tiny_data)
    assert np.array_equal(np.sort(rows), np.sort(whole.weights))
    members = [experiment.members[i] for i in result.kept]
    assert [m["seed"] for m in json.loads(metadata["members"])] == [m.seed for m in members]
    assert metadata["context_length"] == "8"


def test_best_keeps_the_lowest_error_whatever_the_order(trained, tmp_path):
    lowest = {}
    for text in ("lstm(2)", "lstm(3)", "lstm(1)"):
        _, result, _ = trained("best", text)
        by_rate = {}
        for member in (result.members[i] for i in result.kept):
            by_rate.setdefault(member.learning_rate, []).append(member.error)
        lowest[text] = min(np.mean(errors) for errors in by_rate.values())
    (path,) = files(tmp_path)
    metadata = read_metadata(path)
    assert metadata["architecture"] == min(lowest, key=lowest.get)
    assert float(metadata["error"]) == min(lowest.values())
    assert len(json.loads(metadata["members"])) == 2  # a fold each


def test_damaged_best_is_replaced(trained, tmp_path):
    trained("best")
    (path,) = files(tmp_path)
    path.write_bytes(b"damaged")
    trained("best", "lstm(3)")
    assert read_metadata(path)["architecture"] == "lstm(3)"
