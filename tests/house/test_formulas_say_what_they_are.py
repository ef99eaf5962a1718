"""Every formula says whether it is a theorem or a heuristic, and how it was checked (theory.md)."""

import ast
import re
from pathlib import Path

import pytest

import cellwise

ROOT = Path(cellwise.__file__).parent
NUMBERS = (
    "float",
    "int",
    "Interval",
    "MixingSample",
    "Parts",
    "Doubles",
    "Tensor",
    "tuple[NetworkNorms, float]",
)
KIND = re.compile(r"\b(exact|theorem|heuristic|measured)\b", re.IGNORECASE)
CHECKED = re.compile(
    r"\b(found|from memory|derived|exact|measured)\b|checked against", re.IGNORECASE
)
# numbers that are no formulas of their own
PLUMBING = {"num_inputs", "shown_first"}


def formulas(room):
    for path in sorted((ROOT / room).glob("_*.py")):
        for node in ast.parse(path.read_text()).body:
            public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if public and node.name not in PLUMBING:
                returned = ast.unparse(node.returns).removesuffix(" | None")
                if returned in NUMBERS or returned == "Measurement":
                    yield pytest.param(node, id=f"{room}.{node.name}")


FORMULAS = [*formulas("capacity"), *formulas("measure")]


def test_formulas_were_found():
    assert len(FORMULAS) >= 50


@pytest.mark.parametrize("node", FORMULAS)
def test_formula_says_what_it_is_and_how_it_was_checked(node):
    # above the arguments: what a reader sees first
    above = re.split(r"\n(?:Args|Returns):", ast.get_docstring(node))[0]
    assert KIND.search(above), f"{node.name}: theorem, heuristic, exact or measured?"
    assert CHECKED.search(above), f"{node.name}: found, from memory, derived?"
