import builtins
import sys

import pytest

import cellwise
from cellwise import _extension
from cellwise._errors import SettingsError
from cellwise._extension import load_extension, num_threads
from cellwise._machine import usable_cores


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
    monkeypatch.setattr("math.set_num_threads", calls.append, raising=False)
    assert load_extension()[1] == "plain"
    load_extension()
    assert calls == ["cellwise._native", usable_cores()]


@pytest.mark.parametrize("count", [0, -1, 5000])
def test_number_of_threads_has_limits(count):
    with pytest.raises(SettingsError, match=f"num_threads must be from 1 to 1024, got {count}"):
        cellwise.set_num_threads(count)


def test_number_of_threads_is_the_usable_cores_until_set():
    if load_extension()[0] is None:
        pytest.skip(load_extension()[1])
    assert num_threads() == usable_cores()
    cellwise.set_num_threads(3)
    assert num_threads() == 3
    cellwise.set_num_threads(usable_cores())
