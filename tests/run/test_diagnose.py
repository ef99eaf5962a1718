import json
from dataclasses import replace

import pytest

from cellwise import RunError
from cellwise.records import to_plain
from cellwise.run import Run
from cellwise.run._diagnose import _failure


def test_a_run_is_examined_and_left_as_it_was(finished):
    before = {path: path.read_bytes() for path in finished.path.rglob("*") if path.is_file()}
    found = Run.open(finished.path).diagnose()
    assert found.subject == finished.run.verdict.architecture
    assert {"vanishing_gradient", "deeper_is_worse", "window_too_short"} <= {
        *found.checked,
        *found.skipped,
    }
    assert json.dumps(to_plain(found), allow_nan=False)
    assert before == {p: p.read_bytes() for p in finished.path.rglob("*") if p.is_file()}


def test_layers_are_studied_on_demand(finished):
    study = finished.run.diagnose(layers=True).study
    layers = finished.run.architecture.layers
    assert [one.layer for one in study.layers] == [str(layer) for layer in layers]


def test_a_run_without_a_model_is_refused(finished, tmp_path):
    for name in ("run.json", "evidence.json"):
        (tmp_path / name).write_bytes((finished.path / name).read_bytes())
    with pytest.raises(RunError, match="has no trained model yet"):
        Run.open(tmp_path).diagnose()


def test_where_a_loss_was_no_number_is_found_by_training_again(tiny_data, finished):
    from cellwise.training import TrainingSettings

    (candidate, *_) = finished.run.evidence.candidates
    nan = (float("nan"),)
    bad = replace(candidate.members[0], state="non-finite", train_curve=nan, learning_rate=1e30)
    failed = replace(candidate, members=(bad,))
    settings = TrainingSettings(epochs=2)
    words = _failure((candidate, failed), settings, tiny_data)
    assert words.startswith("fold 1, seed 0, step ")
    assert _failure((candidate,), settings, tiny_data) == ""
