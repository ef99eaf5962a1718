import subprocess
import sys
import time

import pytest

from cellwise import RunError, SettingsError
from cellwise.search import SharedStore, public_url


@pytest.fixture
def stores(database):
    """Give two drivers of one study."""
    made = [SharedStore(database, "waves") for _ in range(2)]
    yield made
    for store in made:
        store.close()


def until(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ann@db/x", "postgresql+psycopg://ann@db/x"),
        ("postgresql+psycopg://ann:secret@db:5433/x", "postgresql+psycopg://ann@db:5433/x"),
        ("postgresql://ann:se%40cret@db/x?sslmode=require&password=secret",
         "postgresql+psycopg://ann@db/x?sslmode=require"),
        ("postgresql:///x?host=/run/pg", "postgresql+psycopg:///x?host=%2Frun%2Fpg"),
    ],
)  # fmt: skip
def test_url_is_shown_without_its_password(url, shown):
    assert public_url(url) == shown


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ledger.sqlite", "must be a URL such as postgresql"),
        ("mysql://ann:secret@db/x", "got mysql://"),
        ("postgresql://ann:se@cret@db/x", "is written %40"),
        ("postgresql://ann:se@cret:secret@db/x", "must be a URL such as postgresql"),
        ("postgresql://ann:secret@db", "must name a database"),
    ],
)
def test_bad_url_is_refused_without_repeating_it(url, told):
    with pytest.raises(SettingsError, match=told) as caught:
        public_url(url)
    assert "cret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_server_that_is_not_there_is_one_line_without_the_password():
    with pytest.raises(RunError, match=r"ann@127.0.0.1:1/x, study s cannot be reached: ") as caught:
        SharedStore("postgresql://ann:secret@127.0.0.1:1/x", "s")
    assert "\n" not in str(caught.value) and "secret" not in str(caught.value)


def test_wrong_password_is_not_repeated(database):
    with pytest.raises(RunError, match="password authentication failed") as caught:
        SharedStore(database.replace("postgres@", "ann:secret@"), "s")
    assert "secret" not in str(caught.value)


def test_missing_driver_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(RunError, match=r"install cellwise\[postgres\]"):
        SharedStore("postgresql://ann@127.0.0.1:1/x", "s")


def test_claim_is_one_drivers_until_it_is_given_back(stores):
    first, second = stores
    assert first.claim("a") and not second.claim("a") and second.claim("b")
    first.release("a")
    assert second.claim("a")


def test_claim_of_another_study_is_another(database, stores):
    other = SharedStore(database, "other")
    assert stores[0].claim("a") and other.claim("a")
    other.close()


def test_claim_dies_with_its_driver(database, stores):
    code = (
        "import sys, time; from cellwise.search import SharedStore\n"
        "store = SharedStore(sys.argv[1], 'waves'); print(store.claim('a'), flush=True)\n"
        "time.sleep(60)"
    )
    driver = subprocess.Popen(
        [sys.executable, "-c", code, database], stdout=subprocess.PIPE, text=True
    )
    with driver:
        assert driver.stdout.readline() == "True\n"
        assert not stores[0].claim("a")
        driver.kill()
    until(lambda: stores[0].claim("a"))


def test_first_result_stays(stores):
    first, second = stores
    assert second.get("key") is None and not second.has("key")
    first.put("key", b"\x00one")
    second.put("key", b"two")
    assert second.get("key") == b"\x00one" and second.has("key")


def test_server_that_was_restarted_is_found_again(stores):
    first, second = stores
    pid = first._run("SELECT pg_backend_pid()")
    second._run("SELECT pg_terminate_backend(:pid)", pid=pid)
    with pytest.raises(RunError, match=r"study waves cannot be used: "):
        first.has("key")
    assert not first.has("key")
