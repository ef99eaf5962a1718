import subprocess
import sys

import pytest

from cellwise import RunError
from cellwise.cli import _app


@pytest.mark.parametrize("command", ["fit", "resume", "report", "predict", "compare"])
def test_every_command_has_help(command, cellwise):
    done = cellwise(command, "--help")
    assert done.code == 0 and "Usage: " in done.out


def test_help_lists_the_commands(cellwise):
    done = cellwise("--help")
    assert done.code == 0
    for command in ("fit", "resume", "report", "predict", "compare"):
        assert command in done.out


def test_a_command_loads_no_other():
    code = (
        "import sys; from cellwise.cli import make_app; make_app(('explain',)); "
        "print(*sorted(n for n in sys.modules if n.startswith('cellwise.cli._')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "cellwise.cli._explain" in done.stdout and "cellwise.cli._fit" not in done.stdout


def test_unknown_command_ends_with_2(cellwise):
    done = cellwise("train")
    assert done.code == 2 and "No such command 'train'" in done.err


def test_missing_option_ends_with_2(cellwise):
    done = cellwise("fit", "table.csv")
    assert done.code == 2 and "--horizon" in done.err


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (RunError("two\nlines"), 2, "error: two lines"),
        (PermissionError(13, "Permission denied", "/x"), 2, "error: /x: Permission denied"),
        (OSError("odd"), 2, "error: odd"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_errors_are_one_line(error, code, line, cellwise, monkeypatch):
    def fail():
        raise error

    monkeypatch.setattr(_app, "make_app", lambda _: fail)
    done = cellwise()
    assert (done.code, done.err, done.out) == (code, line + "\n", "")


def test_package_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "cellwise", "report", "/nowhere"], capture_output=True, text=True
    )
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == (
        "error: /nowhere must be a run directory, but there is no such directory\n"
    )
