import json

import pytest
from typer.testing import CliRunner

from cellwise.cli._app import make_app

OPTIONS = ["--horizon", "2", "--context-length", "8", "--folds", "2", "--max-cells", "4"]
OPTIONS += ["--max-layers", "2", "--epochs", "2"]


@pytest.fixture
def table(make_table, tmp_path):
    make_table().write_csv(tmp_path / "table.csv")
    return str(tmp_path / "table.csv")


def test_the_plan_is_a_table_with_sentences(table):
    result = CliRunner().invoke(make_app(), ["plan", table, *OPTIONS])
    assert result.exit_code == 0, result.output
    assert "lstm(4)" in result.output and "Do m layers need m times the time?" in result.output


def test_json_is_one_object_on_stdout(table):
    result = CliRunner().invoke(make_app(), ["plan", table, *OPTIONS, "--json"])
    plan = json.loads(result.stdout)
    assert plan["longest"][0]["predicted_seconds"] > 0 and plan["sentences"]


def test_options_are_those_of_fit_but_for_the_run():
    told = CliRunner().invoke(make_app(), ["plan", "--help"], env={"COLUMNS": "200"}).output
    for name in ("--budget", "--tune", "--grid", "--ranges"):
        assert name in told
    assert "--out " not in told and "--force" not in told
