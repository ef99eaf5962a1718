import json

from typer.testing import CliRunner

from cellwise.cli import app


def test_run_that_is_reproduced_says_so(finished):
    done = CliRunner().invoke(app, ["reproduce", str(finished.path)])
    assert done.exit_code == 0
    assert "test errors of 5 seeds: the same to the last bit" in done.output


def test_json_has_both_scores(finished):
    done = CliRunner().invoke(app, ["reproduce", str(finished.path), "--json"])
    found = json.loads(done.output)
    assert found["exact"] and found["locked"] == found["found"] and found["changed"] == []
