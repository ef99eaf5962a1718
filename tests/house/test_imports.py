"""The rooms may only import downwards (design.md; docs/decisions/0001-run-room.md)."""

import ast
from pathlib import Path

import pytest

import cellwise

ROOT = Path(cellwise.__file__).parent
BELOW_SEARCH = {
    "architecture",
    "capacity",
    "data",
    "baselines",
    "training",
    "diagnosis",
    "records",
    "layers",
}
MAY_IMPORT = {
    "architecture": set(),
    "kernels": set(),
    "data": set(),
    "records": {"architecture"},
    "capacity": {"architecture"},
    "baselines": {"data", "records"},
    "layers": {"architecture", "kernels"},
    "training": {"architecture", "kernels", "layers", "data", "records"},
    "measure": {"architecture", "capacity", "data", "layers", "training", "records"},
    "diagnosis": {"architecture", "layers", "data", "records", "training"},
    "search": BELOW_SEARCH,
    "export": {"architecture", "layers", "data"},
    "serving": {"architecture", "data", "export", "records"},
    "report": {"architecture", "records"},
    "bench": {"architecture", "data", "kernels", "training"},
    "tracking": {"records", "search", "training"},
    "run": BELOW_SEARCH | {"kernels", "search", "export", "report", "tracking"},
}
FREE = {"cli", "testing"}


def imported_names(path):
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def rooms_imported(path):
    found = {name.split(".")[1] for name in imported_names(path) if name.startswith("cellwise.")}
    return {room for room in found if room[0] != "_"}


ROOMS = sorted(p.name for p in ROOT.iterdir() if p.is_dir() and p.name != "__pycache__")


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in FREE])
def test_room_imports_downwards_only(room):
    for path in (ROOT / room).rglob("*.py"):
        illegal = rooms_imported(path) - MAY_IMPORT[room] - {room}
        assert not illegal, f"{path.relative_to(ROOT)} imports {sorted(illegal)}"


def test_every_room_is_ruled():
    assert set(ROOMS) <= set(MAY_IMPORT) | FREE
