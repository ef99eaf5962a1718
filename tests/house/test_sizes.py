import ast
from pathlib import Path

import pytest

import cellwise

FILES = sorted(Path(cellwise.__file__).parent.rglob("*.py"))


def length_without_docstring(node):
    lines = node.end_lineno - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        lines -= first.end_lineno - first.lineno + 1
    return lines


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.name))
def test_file_and_functions_are_small(path):
    text = path.read_text()
    assert text.count("\n") <= 500
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert length_without_docstring(node) <= 50, f"{path}: {node.name}"
