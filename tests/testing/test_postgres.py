import psycopg
import pytest

from cellwise.testing import find_postgres, temporary_postgres


def test_server_answers_and_leaves_nothing_behind(tmp_path, monkeypatch):
    programs = find_postgres()
    if programs is None:
        pytest.skip("no PostgreSQL server: apt-get install postgresql")
    tmp_path.chmod(0o755)
    for parent in list(tmp_path.parents)[:3]:  # the server runs as another user
        parent.chmod(0o755)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with temporary_postgres(programs) as url:
        plain = url.replace("+psycopg", "")
        with psycopg.connect(plain) as connection:
            assert connection.execute("SELECT 6 * 7").fetchone() == (42,)
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(plain)
    assert list(tmp_path.iterdir()) == []


def test_newest_of_debians_servers_is_found(tmp_path, monkeypatch):
    from cellwise.testing import _postgres

    for version in ("9.6", "15", "16"):
        place = tmp_path / version / "bin"
        place.mkdir(parents=True)
        (place / "initdb").touch()
    monkeypatch.setattr(_postgres, "_PLACES", str(tmp_path))
    assert find_postgres() == tmp_path / "16" / "bin"


def test_no_server_is_none(tmp_path, monkeypatch):
    from cellwise.testing import _postgres

    monkeypatch.setattr(_postgres, "_PLACES", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_postgres() is None
