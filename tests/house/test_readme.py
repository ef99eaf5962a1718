"""What the README and the guide show works: Python runs, options exist, settings are read."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from cellwise.cli import make_app
from cellwise.search import Ranges

ROOT = Path(__file__).parents[2]
TEXT = "\n".join((ROOT / name).read_text() for name in ("README.md", "docs/guide.md"))
PYTHON = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = re.findall(
    r"^cellwise .*$",
    "\n".join(re.findall(r"```bash\n(.*?)```", TEXT, re.DOTALL)).replace("\\\n", " "),
    re.MULTILINE,
)
RANGES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def test_examples_were_found():
    assert len(PYTHON) >= 1
    assert len(COMMANDS) >= 20
    assert len(RANGES) >= 1


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


@pytest.mark.parametrize("text", RANGES)
def test_ranges_are_read(text):
    given = tomllib.loads(text)
    ranges = Ranges.model_validate(given)
    assert all(list(getattr(ranges, name)) == value for name, value in given.items())
