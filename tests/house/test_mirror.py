from pathlib import Path

import cellwise

ROOT = Path(cellwise.__file__).parent
TESTS = Path(__file__).parents[1]
# file: why it has no test of its name
EXCEPTIONS = {
    "kernels/_typing.py": "aliases",
    "baselines/_protocol.py": "a protocol without code",
    **{f"kernels/{c}/_cuda.py": "in tests/kernels/test_cuda.py" for c in ("gru", "lstm", "rnn")},
}


def test_every_file_has_a_test_of_its_name():
    missing = []
    for path in sorted(ROOT.rglob("_*.py")):
        inner = path.relative_to(ROOT)
        twin = TESTS / inner.parent / f"test_{path.name.lstrip('_')}"
        if not path.name.startswith("__") and str(inner) not in EXCEPTIONS and not twin.exists():
            missing.append(str(inner))
    assert missing == []


def test_exceptions_are_needed():
    for name in EXCEPTIONS:
        path = Path(name)
        assert (ROOT / path).is_file(), name
        assert not (TESTS / path.parent / f"test_{path.name.lstrip('_')}").exists(), name
