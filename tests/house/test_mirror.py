from pathlib import Path

import cellwise

ROOT = Path(cellwise.__file__).parent
TESTS = Path(__file__).parents[1]
PARTS = "a part of the page or of the terminal report, tested through them"
# file: why it has no test of its name
EXCEPTIONS = {
    "kernels/_typing.py": "aliases",
    "baselines/_protocol.py": "a protocol without code",
    "cli/_options.py": "tested through the commands in tests/cli",
    "cli/_finish.py": "tested through the commands in tests/cli",
    "report/_canvas.py": PARTS,
    "report/_chart_forecast.py": PARTS,
    "report/_chart_staircase.py": PARTS,
    "report/_chart_training.py": PARTS,
    "report/_css.py": PARTS,
    "report/_facts.py": PARTS,
    "report/_html_charts.py": PARTS,
    "report/_html_tables.py": PARTS,
    "report/_html_template.py": PARTS,
    "report/_html_verdict.py": PARTS,
    "report/_method.py": PARTS,
    "report/_palette.py": PARTS,
    "report/_steps.py": PARTS,
    "report/_terminal_tables.py": PARTS,
}


def test_every_file_has_a_test_of_its_name():
    missing = []
    for path in sorted(ROOT.rglob("_*.py")):
        inner = path.relative_to(ROOT)
        twin = TESTS / inner.parent / f"test_{path.name.lstrip('_')}"
        if not path.name.startswith("__") and str(inner) not in EXCEPTIONS and not twin.exists():
            missing.append(str(inner))
    assert missing == []
