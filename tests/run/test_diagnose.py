import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from cellwise import RunError
from cellwise.architecture import Architecture
from cellwise.records import RANGE_TEST, TuningRecord, to_plain
from cellwise.run import Run, resume
from cellwise.run._diagnose import _failure, _trials, examine, live_doctor
from cellwise.run._directory import RunDirectory
from cellwise.run._settings import check_settings
from cellwise.training import Experiment, Member, TrainingSettings, train_cohort


@pytest.fixture
def copy(finished, tmp_path):
    return Path(shutil.copytree(finished.path, tmp_path / "copy"))


def test_a_run_is_examined_and_what_was_found_is_kept(finished, copy):
    kept = ("diagnosis.json", "report.html")
    others = [p for p in copy.rglob("*") if p.is_file() and p.name not in kept]
    before = {path: path.read_bytes() for path in others}
    for name in kept:
        (copy / name).unlink()
    found = Run.open(copy).diagnose()
    assert found.subject == finished.run.verdict.architecture
    assert {"vanishing_gradient", "deeper_is_worse", "window_too_short"} <= {
        *found.checked,
        *found.skipped,
    }
    assert to_plain(Run.open(copy).diagnosis) == to_plain(found)
    assert "The doctor" in (copy / "report.html").read_text(encoding="utf-8")
    assert before == {path: path.read_bytes() for path in others}


def test_fit_lets_the_doctor_look_by_itself(finished):
    found = RunDirectory(finished.path).read_diagnosis()
    assert found.subject == finished.run.verdict.architecture
    assert "The doctor" in (finished.path / "report.html").read_text(encoding="utf-8")


def test_a_search_without_a_network_is_examined_too(finished, tiny_prepared, tmp_path):
    settings = check_settings(RunDirectory(finished.path).read_record().settings)
    found = examine(RunDirectory(tmp_path), tiny_prepared, settings, finished.run.evidence, None)
    assert found.subject == "the search"
    assert "non_finite_loss" in found.checked


def test_a_study_outlives_a_shorter_examination(copy):
    studied = Run.open(copy).diagnose(layers=True)
    assert to_plain(Run.open(copy).diagnose().study) == to_plain(studied.study)
    assert resume(copy).diagnosis.study is not None


def test_layers_are_studied_on_demand(finished, copy):
    study = Run.open(copy).diagnose(layers=True).study
    layers = finished.run.architecture.layers
    assert [one.layer for one in study.layers] == [str(layer) for layer in layers]


def test_states_are_kept_and_read_back(copy):
    run = Run.open(copy)
    with pytest.raises(RunError, match="has no saved states; save them with"):
        _ = run.studied_states
    run.diagnose(layers=True)
    found = run.studied_states
    (layer,) = [name for name in found if name.startswith("layers.")]
    windows, steps, _ = found["inputs"].shape
    assert found[layer].shape[:2] == (windows, steps) and len(found["outputs"]) == windows


def test_a_run_without_a_model_is_refused(finished, tmp_path):
    for name in ("run.json", "evidence.json"):
        (tmp_path / name).write_bytes((finished.path / name).read_bytes())
    with pytest.raises(RunError, match="has no trained model yet"):
        Run.open(tmp_path).diagnose()


def test_where_a_loss_was_no_number_is_found_by_training_again(tiny_data, finished):
    (candidate, *_) = finished.run.evidence.candidates
    nan = (float("nan"),)
    bad = replace(candidate.members[0], state="non-finite", train_curve=nan, learning_rate=1e30)
    failed = replace(candidate, members=(bad,))
    settings = TrainingSettings(epochs=2)
    words = _failure((candidate, failed), settings, tiny_data)
    assert words.startswith(f"{candidate.architecture}, fold 1, seed 0, step ")
    assert _failure((candidate,), settings, tiny_data) == ""


def test_past_steps_that_tuning_has_refused_are_known(finished, tiny_data):
    first = finished.run.evidence.candidates[0]
    tried = [replace(first, stage="context_length", settings={"context_length": n}) for n in (4, 9)]
    tried.append(replace(tried[0], settings={"context_length": 12}, error=float("nan")))
    tuning = TuningRecord(
        architecture="lstm(2)",
        settings={"context_length": 4},
        error_before=1.0,
        error=1.0,
        candidates=tuple(tried),
    )
    settings = check_settings({"target": "y", "horizon": 2})
    evidence = replace(finished.run.evidence, tuning=tuning)
    assert _trials(evidence, settings, tiny_data).refused_contexts == (9,)


def test_what_is_seen_in_training_is_kept_at_once_and_told_once(copy, tiny_data):
    experiment = Experiment(
        architecture=Architecture.parse("lstm(9)"),
        members=(Member(fold=0, seed=0, learning_rate=1e30),),
        settings=TrainingSettings(epochs=2),
    )
    told, directory = [], RunDirectory(copy)
    for _ in range(2):  # the second is that of a run that is resumed
        doctor = live_doctor(directory, told.append)
        train_cohort(experiment, tiny_data, on_epoch=partial(doctor.look, data=tiny_data))
    assert [one.key for one in told] == ["non_finite_loss"]
    assert directory.read_diagnosis().live == tuple(told)
    assert Run.open(copy).diagnose().live == tuple(told)
    assert "Seen while the networks" in (copy / "report.html").read_text(encoding="utf-8")


def test_rates_that_the_range_test_lost_are_no_fault(finished, tiny_data):
    evidence = finished.run.evidence
    first = evidence.candidates[0]
    lost = tuple(replace(m, state="non-finite") for m in first.members)
    tried = tuple(replace(first, stage=stage, members=lost) for stage in (RANGE_TEST, "l1"))
    tuning = TuningRecord(
        architecture="lstm(2)", settings={}, error_before=1.0, error=1.0, candidates=tried
    )
    settings = check_settings({"target": "y", "horizon": 2})
    trials = _trials(replace(evidence, tuning=tuning), settings, tiny_data)
    stages = [c.stage for c in trials.candidates]
    assert RANGE_TEST not in stages and "l1" in stages
