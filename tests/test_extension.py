import builtins
import sys

import pytest

from cellwise import _extension
from cellwise._extension import load_extension


@pytest.fixture(autouse=True)
def fresh():
    load_extension.cache_clear()
    yield
    load_extension.cache_clear()


def test_extension_that_is_missing_is_named_with_the_way_out(monkeypatch):
    monkeypatch.setitem(sys.modules, "cellwise._native", None)
    module, reason = load_extension()
    assert module is None
    assert "C++ compiler" in reason and "\n" not in reason


def test_loaded_once(monkeypatch):
    calls = []
    monkeypatch.setattr(
        _extension, "import_module", lambda name: calls.append(name) or builtins.__import__("math")
    )
    monkeypatch.setattr("math.instruction_set", lambda: "plain", raising=False)
    assert load_extension()[1] == "plain"
    load_extension()
    assert calls == ["cellwise._native"]
