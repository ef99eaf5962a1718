import re
from importlib.metadata import version
from pathlib import Path

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"


def test_newest_version_is_the_packages():
    newest = re.search(r"^## \[(\d[^\]]*)\]", CHANGELOG.read_text(), re.MULTILINE)
    assert newest and newest[1] == version("cellwise")
