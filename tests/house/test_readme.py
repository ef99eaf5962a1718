"""What the README shows works: its Python runs, its options exist."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from cellwise.cli import make_app

README = (Path(__file__).parents[2] / "README.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = re.findall(
    r"^cellwise .*$",
    "\n".join(re.findall(r"```bash\n(.*?)```", README, re.DOTALL)).replace("\\\n", " "),
    re.MULTILINE,
)


def test_examples_were_found():
    assert len(PYTHON) >= 1
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("code", PYTHON)
def test_python_runs(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})


@pytest.mark.parametrize("line", COMMANDS)
def test_options_exist(line):
    words = shlex.split(line, comments=True)
    command = get_command(make_app()).commands[words[1]]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known
