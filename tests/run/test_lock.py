import shutil
import tomllib
from pathlib import Path

import pytest

from cellwise import RunError
from cellwise.run import fit, reproduce
from cellwise.run._lock import Reproduction, _toml


@pytest.fixture
def copy(finished, tmp_path):
    return Path(shutil.copytree(finished.path, tmp_path / "copy"))


def edit(path, old, new):
    lock = path / "lock.toml"
    assert old in lock.read_text()
    lock.write_text(lock.read_text().replace(old, new))


def test_locked_score_is_reproduced_to_the_last_bit(finished):
    found = reproduce(finished.path)
    assert found.exact and found.difference == 0.0 and found.changed == ()
    assert found.locked == finished.run.evidence.finals[0].errors


def test_lock_names_everything_that_the_training_needs(finished):
    lock = tomllib.loads((finished.path / "lock.toml").read_text())
    assert lock["network"]["architecture"] == finished.run.verdict.architecture
    assert lock["task"]["context_length"] == 8 and lock["training"]["stop_after"] >= 1
    assert len(lock["score"]["seeds"]) == 5 and lock["recipe"]["optimizer"] == "adam"
    assert {"cellwise", "torch"} <= set(lock["versions"]) and "python" in lock["machine"]


def test_other_seeds_give_another_score(copy):
    lock = tomllib.loads((copy / "lock.toml").read_text())
    seeds = str(lock["score"]["seeds"])
    edit(copy, f'"seeds" = {seeds}', f'"seeds" = {seeds.replace("500", "700")}')
    found = reproduce(copy)
    assert not found.exact and 0 < found.difference < 1
    assert found.found[1:] == found.locked[1:]


def test_what_has_changed_since_is_told(copy):
    lock = tomllib.loads((copy / "lock.toml").read_text())
    edit(copy, f'"torch" = "{lock["versions"]["torch"]}"', '"torch" = "1.0"')
    assert reproduce(copy).changed == (f"torch: 1.0 then, {lock['versions']['torch']} now",)


def test_changed_table_is_refused(copy, finished, make_table, tmp_path):
    other = tmp_path / "other.csv"
    make_table(seed=3).write_csv(other)
    edit(copy, str(finished.table), str(other))
    with pytest.raises(RunError, match=r"other\.csv must be the table .*values have changed"):
        reproduce(copy)


def test_run_without_a_lock_says_so(copy):
    (copy / "lock.toml").unlink()
    with pytest.raises(RunError, match=r"lock\.toml must exist, but .*; a run that has ended"):
        reproduce(copy)


@pytest.mark.parametrize(
    ("text", "message"),
    [("no toml [", "cannot be read as a lock file"), ("a = 1", "must be a lock file of schema")],
)
def test_damaged_lock_is_named(copy, text, message):
    (copy / "lock.toml").write_text(text)
    with pytest.raises(RunError, match=message):
        reproduce(copy)


def test_text_that_needs_care_comes_back():
    tables = {"a": {'k "é"': 'x"\\n\u20ac', "b": True, "f": 1e-06, "l": [1, 2.5], "none": None}}
    assert tomllib.loads(_toml(tables))["a"] == {
        k: v for k, v in tables["a"].items() if v is not None
    }


def test_lost_seeds_are_no_small_difference():
    assert Reproduction(locked=(1.0, 2.0), found=(1.0,), changed=()).difference == float("inf")


def test_a_warm_start_is_reproduced_with_what_it_began_from(tmp_path, finished, tiny_options):
    four = next(c for c in finished.run.evidence.candidates if c.architecture == "lstm(4)")
    options = {**tiny_options, "max_layers": 1, "warm": True, "goal": four.error}
    run = fit(finished.table, out=tmp_path / "warm", **options)
    assert run.evidence.candidates[-1].started_from == "lstm(2)"
    assert run.verdict.architecture == "lstm(4)"
    lock = tomllib.loads((run.path / "lock.toml").read_text())
    assert lock["start"]["1"]["network"]["architecture"] == "lstm(2)"
    assert lock["start"]["1"]["seeds"] == lock["score"]["seeds"]
    assert reproduce(run.path).exact


def test_another_machine_must_stay_within_the_noise_of_the_seeds():
    locked = (1.0, 1.1, 0.9, 1.05, 0.95)
    again = {"locked": locked, "changed": ("torch: 1 then, 2 now",)}
    # two standard errors of the mean are 7.1 %
    near = Reproduction(found=tuple(1.05 * e for e in locked), **again)
    far = Reproduction(found=tuple(1.08 * e for e in locked), **again)
    assert near.noise == far.noise == pytest.approx(0.0707, abs=1e-4)
    assert near.within_noise and not far.within_noise
    assert Reproduction(found=locked, **again).within_noise
    assert not Reproduction(locked=(1.0,), found=(1.01,), changed=()).within_noise


@pytest.mark.parametrize(
    ("was", "edited", "told"),
    [
        ("[training]", "[train]", "'training' is absent"),
        ('"patience" = 0', '"nosuch" = 1', "unexpected keyword argument 'nosuch'"),
        (
            '"epochs" = ',
            '"epochs" = "x" # ',
            "training.epochs: Input should be a valid integer.*'x'",
        ),
        ('"errors" = [', '"errors" = [0.01, 0.02] # ', "one for each of the 5 seeds .* got 2"),
        ('"seeds" = [', '"seeds" = [-1, ', r"seeds must be whole numbers of at least 0, got \[-1"),
        ('[score]\n"metric" = "', '[score]\n"metric" = "x', "metric must be one of mae, mse"),
        (
            '"learning_rate" = ',
            '"learning_rate" = "x" # ',
            "recipe.learning_rate: Input should be a valid n",
        ),
    ],
)
def test_a_lock_that_was_edited_is_refused_in_one_line(copy, was, edited, told):
    edit(copy, was, edited)
    with pytest.raises(
        RunError, match=f"lock.toml cannot be read as a lock file: .*{told}"
    ) as found:
        reproduce(copy)
    assert "\n" not in str(found.value)
