import shutil
from dataclasses import replace

from cellwise.records import TuningRecord
from cellwise.run import Run, _remedies
from cellwise.run._directory import RunDirectory
from cellwise.run._remedies import NOTHING_TO_MEND, remedies_of


def with_deeper(evidence):
    """The evidence with a network of two layers that is worse than its first one."""
    first = evidence.candidates[0]
    worse = tuple(2 * error for error in first.error_by_fold)
    deep = replace(
        first,
        architecture=f"2*{first.architecture}",
        error=2 * first.error,
        error_by_fold=worse,
    )
    return replace(evidence, candidates=(first, deep))


def test_a_deeper_network_that_is_worse_is_trained_with_each_way_out(finished):
    found = remedies_of(RunDirectory(finished.path), with_deeper(finished.run.evidence))
    assert {"as it was", "residual", "warm start"} <= {one.name for one in found}


def test_a_pair_of_tuning_is_trained_with_its_settings(finished, monkeypatch):
    evidence = with_deeper(finished.run.evidence)
    own = dict.fromkeys(("dropout", "weight_decay", "l1", "l2", "momentum", "warmup"), 0.0) | {
        "learning_rate": evidence.candidates[0].learning_rate,
        "clip_norm": 0.25,
        "optimizer": "nadam",
        "nesterov": False,
        "schedule": "constant",
        "batch_size": 16,
        "context_length": 5,
    }
    pair = tuple(replace(one, settings=own, stage="size") for one in evidence.candidates)
    tuning = TuningRecord(architecture="", settings={}, error_before=1, error=1, candidates=pair)
    asked = []
    monkeypatch.setattr(_remedies, "try_remedies", lambda *given: asked.append(given) or ())
    remedies_of(RunDirectory(finished.path), replace(evidence, candidates=(), tuning=tuning))
    ((experiment, data, _),) = asked
    assert {m.optimizer for m in experiment.members} == {"nadam"}
    assert {m.clip_norm for m in experiment.members} == {0.25}
    settings = experiment.settings
    assert (settings.batch_size, settings.schedule, settings.warmup_steps) == (16, "constant", 0)
    assert data.context_length == 5


def test_they_are_kept_in_the_run(finished, tmp_path):
    path = shutil.copytree(finished.path, tmp_path / "copy")
    run = Run(path, with_deeper(finished.run.evidence))
    found = run.diagnose(remedies=True).remedies
    assert found and Run.open(path).diagnosis.remedies == found
    assert "What was tried for the deeper network" in (path / "report.html").read_text("utf-8")


def test_without_such_a_network_it_is_said(finished, tmp_path):
    path = shutil.copytree(finished.path, tmp_path / "copy")
    evidence = replace(finished.run.evidence, candidates=finished.run.evidence.candidates[:1])
    found = Run(path, evidence).diagnose(remedies=True)
    assert found.remedies == () and found.skipped["remedies"] == NOTHING_TO_MEND
