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
    run = SimpleNamespace(audited=finished.run.audited, path=path, diagnosis=None)
    finish(run, make_console())
    lines = capsys.readouterr().out.splitlines()
    assert f"report: {path}/report.html" in lines
    assert finished.run.verdict.sentence in " ".join(" ".join(lines).split())
