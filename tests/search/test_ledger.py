import shutil
from dataclasses import replace
from pathlib import Path

import optuna
import pytest

from cellwise import RunError, resume
from cellwise.search import Ledger


@pytest.fixture
def record(make_candidate, make_member):
    members = tuple(
        make_member(rate=rate, state=state, error=error, seed=seed)
        for rate, state, error in ((0.003, "halved", 0.9), (0.01, "finished", 0.5))
        for seed in (0, 1)
    )
    return replace(make_candidate("lstm(2) > lstm(4)", ()).record, members=members)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.sqlite"


def trials(path):
    return optuna.load_study(study_name="cellwise", storage=f"sqlite:///{path}").trials


def test_a_rate_is_a_trial(path, record):
    Ledger(path).add(record)
    found = {t.params["learning_rate"]: t for t in trials(path)}
    assert set(found) == {0.003, 0.01}
    assert found[0.003].state.name == "PRUNED" and found[0.01].state.name == "COMPLETE"
    assert found[0.01].value == pytest.approx(0.5)
    assert found[0.01].params == {"num_cells": 6, "num_layers": 2, "learning_rate": 0.01}
    assert found[0.01].intermediate_values == pytest.approx({1: 0.8, 2: 0.5})
    assert found[0.01].user_attrs["architecture"] == "lstm(2) > lstm(4)"


def test_replicates_are_kept_with_their_curves(path, record):
    Ledger(path).add(record)
    replicates = trials(path)[1].user_attrs["replicates"]
    assert [r["seed"] for r in replicates] == [0, 1]
    assert replicates[0]["val_curve"] == [0.8, 0.5]


def test_writing_twice_changes_nothing(path, record):
    Ledger(path).add(record)
    before = [(t.number, t.user_attrs, t.value) for t in trials(path)]
    Ledger(path).add(record)
    assert [(t.number, t.user_attrs, t.value) for t in trials(path)] == before


def test_what_was_written_by_another_ledger_on_the_file_is_not_written_again(path, record):
    one, two = Ledger(path), Ledger(path)
    for ledger in (one, two, one):
        ledger.add(record)
    assert len(one.study.trials) == 2


def test_trials_are_not_kept_in_memory(path, record, monkeypatch):
    """Optuna's study would read and keep all of them with every one that is added."""
    ledger = Ledger(path)
    monkeypatch.setattr(type(ledger.study._storage), "create_new_trial", refuse)
    monkeypatch.setattr(type(ledger.study._storage), "get_all_trials", refuse)
    ledger.add(record)
    monkeypatch.undo()
    assert len(ledger.study.trials) == 2


def refuse(*_, **__):
    raise AssertionError("by way of the cache")


def test_the_same_size_of_another_stage_is_another_trial(path, record):
    ledger = Ledger(path)
    ledger.add(record)
    ledger.add(replace(record, stage="control"))
    assert len(trials(path)) == 4


def test_the_same_size_with_another_start_is_another_trial(path, record):
    ledger = Ledger(path)
    ledger.add(record)
    ledger.add(replace(record, started_from="lstm(2)"))
    assert len(trials(path)) == 4


def test_rate_with_a_non_finite_member_has_failed(path, record, make_member):
    bad = make_member(state="non-finite", error=float("inf"), curve=(0.8, float("nan")))
    Ledger(path).add(replace(record, members=(bad, make_member())))
    (trial,) = trials(path)
    assert trial.state.name == "FAIL" and trial.value is None


def test_halved_rate_that_never_had_an_error_is_pruned(path, record, make_member):
    bad = make_member(state="halved", error=float("inf"), curve=(float("nan"),))
    Ledger(path).add(replace(record, members=(bad,)))
    assert trials(path)[0].state.name == "PRUNED"


def test_file_that_is_no_database_is_a_run_error(path):
    path.write_bytes(b"no database " * 100)
    told = r"ledger.sqlite cannot be used as a ledger: .*; move it away, and `cellwise resume .*` writes"
    with pytest.raises(RunError, match=told):
        Ledger(path)


def test_a_place_that_cannot_be_opened_is_no_damage(tmp_path):
    with pytest.raises(
        RunError, match=r"cannot be used as a ledger: unable to open database file$"
    ):
        Ledger(tmp_path / "nowhere" / "ledger.sqlite")


def test_a_resume_writes_a_ledger_anew(finished, tmp_path):
    copy = Path(shutil.copytree(finished.path, tmp_path / "copy"))
    names = [t.user_attrs["name"] for t in trials(copy / "ledger.sqlite")]
    (copy / "ledger.sqlite").unlink()
    resume(copy)
    assert [t.user_attrs["name"] for t in trials(copy / "ledger.sqlite")] == names


def test_a_file_that_is_damaged_while_it_is_written_says_the_way_out(path, record):
    ledger = Ledger(path)
    ledger.add(record)
    ledger.close()
    content = path.read_bytes()
    path.write_bytes(content[:4096] + bytes(len(content) - 4096))
    with pytest.raises(RunError, match=r"malformed; move it away, and `cellwise resume"):
        ledger.add(replace(record, stage="other"))


def test_a_run_leaves_every_rate_it_tried(finished):
    found = trials(finished.path / "ledger.sqlite")
    expected = [
        (c.stage, c.architecture, rate)
        for c in finished.run.evidence.candidates
        for rate in sorted({m.learning_rate for m in c.members})
    ]
    attrs = [(t.user_attrs["stage"], t.user_attrs["architecture"]) for t in found]
    assert [(*a, t.params["learning_rate"]) for a, t in zip(attrs, found, strict=True)] == expected
    for trial in found:  # what was foreseen stands beside what was measured
        attrs = trial.user_attrs
        assert attrs["predicted_seconds"] > 0 and attrs["seconds"] > 0
        assert attrs["predicted_bytes"] > 0 and attrs["measured_bytes"] is not None


def test_settings_are_parameters_too_and_make_a_trial_of_their_own(path, record, make_candidate):
    plain = make_candidate("lstm(2)", ()).configuration.to_plain()
    ledger = Ledger(path)
    for rate in (0.0, 0.2):
        ledger.add(replace(record, stage="dropout", settings={**plain, "dropout": rate}))
    found = trials(path)
    assert len(found) == 4
    assert {t.params["dropout"] for t in found} == {0.0, 0.2}
    assert found[0].params["optimizer"] == "adam" and found[0].params["batch_size"] == 64
    assert len({t.params["learning_rate"] for t in found}) == 2
