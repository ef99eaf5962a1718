from dataclasses import replace
from types import SimpleNamespace

import pytest

from cellwise.cli._finish import finish, make_console


@pytest.mark.parametrize(
    ("stderr", "silent", "heard"), [(False, "err", "out"), (True, "out", "err")]
)
def test_output_to_a_file_is_plain_and_wide(stderr, silent, heard, capsys):
    console = make_console(stderr=stderr)
    console.print("[red]x[/] " + "word " * 25, end="")
    printed = capsys.readouterr()
    assert getattr(printed, silent) == ""
    assert getattr(printed, heard) == "x " + "word " * 25


def test_path_of_the_report_is_one_line_whatever_is_in_it(finished, capsys, tmp_path):
    path = tmp_path / "[red]" / ("long" * 50)
    run = SimpleNamespace(
        audited=finished.run.audited, path=path, diagnosis=None, interrupted=False
    )
    finish(run, make_console())
    lines = capsys.readouterr().out.splitlines()
    assert f"report: {path}/report.html" in lines
    assert finished.run.verdict.sentence in " ".join(" ".join(lines).replace("│", " ").split())


def test_a_run_that_ctrl_c_ended_goes_no_further(finished, capsys):
    with pytest.raises(KeyboardInterrupt):
        finish(replace(finished.run, interrupted=True), make_console())
    assert "report: " in capsys.readouterr().out


@pytest.mark.parametrize(("columns", "width"), [("80", 80), ("", 140), ("0", 140), ("x", 140)])
def test_columns_are_those_that_were_asked_for(columns, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    assert make_console().width == width
