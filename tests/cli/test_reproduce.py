import json

from typer.testing import CliRunner

from cellwise.cli import make_app


def test_run_that_is_reproduced_says_so(finished):
    done = CliRunner().invoke(make_app(), ["reproduce", str(finished.path)])
    assert done.exit_code == 0
    assert "test errors of 5 seeds: the same to the last bit" in done.output


def test_json_has_both_scores(finished):
    done = CliRunner().invoke(make_app(), ["reproduce", str(finished.path), "--json"])
    found = json.loads(done.output)
    assert found["exact"] and found["locked"] == found["found"] and found["changed"] == []


def test_other_errors_are_held_against_the_noise_of_the_seeds(finished, monkeypatch):
    from cellwise import run

    locked = (1.0, 1.1, 0.9)
    for factor, words in ((1.01, "within"), (2.0, "not within")):
        mean, seeds = f"{factor:.5g}", ", ".join(f"{factor * e:.5g}" for e in locked)
        found = run.Reproduction(
            locked=locked,
            found=tuple(factor * e for e in locked),
            changed=("torch: 1 then, 2 now",),
        )
        monkeypatch.setattr(run, "reproduce", lambda _, found=found: found)
        done = CliRunner().invoke(make_app(), ["reproduce", str(finished.path)])
        assert f"mean error: {words} the noise of the locked seeds (0.12)" in done.output
        assert "locked mean 1, seeds 1, 1.1, 0.9\n" in done.output
        assert f"found  mean {mean}, seeds {seeds}\n" in done.output
        assert done.exit_code == (words != "within")
        done = CliRunner().invoke(make_app(), ["reproduce", str(finished.path), "--json"])
        assert done.exit_code == (words != "within")


def test_seeds_that_diverge_now_are_counted(finished, monkeypatch):
    from cellwise import run

    found = run.Reproduction(locked=(1.0, 1.1), found=(1.0,), changed=())
    monkeypatch.setattr(run, "reproduce", lambda _: found)
    done = CliRunner().invoke(make_app(), ["reproduce", str(finished.path)])
    assert "test errors of 2 seeds: now 1 stayed finite" in done.output
