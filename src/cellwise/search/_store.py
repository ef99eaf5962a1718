"""What drivers share in PostgreSQL: the study's database, results of cohorts, and claims."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cellwise._errors import RunError, SettingsError

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine import URL

_FORM = "postgresql+psycopg://user@host/database"
_SECRETS = ("password", "sslpassword")
# A driver whose machine has gone is noticed within about a minute, on both sides
_CONNECTION = {
    "connect_timeout": 10,
    "application_name": "cellwise",
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "options": "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3",
}
_TABLE = """CREATE TABLE IF NOT EXISTS cellwise_results (
    study text, key text, result bytea NOT NULL, PRIMARY KEY (study, key))"""


class SharedStore:
    """A study in PostgreSQL that several drivers work on.

    A claim is an advisory lock of the session: the server drops it with the connection, so that a
    claim never outlives its driver and no clocks are compared. A URL that is none is a
    `SettingsError`, a server that cannot be reached a `RunError`.

    Args:
        url: Such as ``postgresql+psycopg://user@host/database``.
        study: Name of the study.
    """

    def __init__(self, url: str, study: str) -> None:
        import sqlalchemy

        self._url, self.study = _parse(url), study
        self.words = f"{public_url(url)}, study {study}"
        self._sql = sqlalchemy
        with self.reporting("reached"):
            self._engine = sqlalchemy.create_engine(self._url, **self.engine_options)
            self._claims = self._connect()
            with self.alone():
                self._run(_TABLE)

    @property
    def url(self) -> str:
        """The URL with its password: never to be shown or kept."""
        return self._url.render_as_string(hide_password=False)

    @property
    def engine_options(self) -> dict[str, Any]:
        """What SQLAlchemy is to know of the connections."""
        return {"pool_pre_ping": True, "connect_args": dict(_CONNECTION)}

    def claim(self, name: str) -> bool:
        """Claim a piece of work, if no living driver has.

        Args:
            name: What it is called within the study.

        Returns:
            Whether it is ours.
        """
        return bool(self._run("SELECT pg_try_advisory_lock(:lock)", lock=self._lock(name)))

    def release(self, name: str) -> None:
        """Give a claim back.

        Args:
            name: What was claimed.
        """
        self._run("SELECT pg_advisory_unlock(:lock)", lock=self._lock(name))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep all other drivers of the study waiting, for as long as a look and a note take."""
        lock = self._lock("alone")
        self._run("SELECT pg_advisory_lock(:lock)", lock=lock)
        try:
            yield
        finally:
            self._run("SELECT pg_advisory_unlock(:lock)", lock=lock)

    def put(self, key: str, result: bytes) -> None:
        """Keep the result of a cohort; one that is there stays.

        Args:
            key: Of the experiment and its data.
            result: The file that it makes.
        """
        self._run(
            "INSERT INTO cellwise_results VALUES (:study, :key, :result) ON CONFLICT DO NOTHING",
            study=self.study,
            key=key,
            result=result,
        )

    def get(self, key: str) -> bytes | None:
        """Return the result of a cohort.

        Args:
            key: Of the experiment and its data.

        Returns:
            The file that it makes; ``None`` if there is none.
        """
        found = self._run(
            "SELECT result FROM cellwise_results WHERE study = :study AND key = :key",
            study=self.study,
            key=key,
        )
        return None if found is None else bytes(found)

    def has(self, key: str) -> bool:
        """Return whether there is a result of a cohort.

        Args:
            key: Of the experiment and its data.

        Returns:
            Whether there is.
        """
        found = self._run(
            "SELECT 1 FROM cellwise_results WHERE study = :study AND key = :key",
            study=self.study,
            key=key,
        )
        return found is not None

    @contextmanager
    def reporting(self, verb: str) -> Iterator[None]:
        """Say in one line, without a password, what the server or its driver does not want.

        Args:
            verb: What the ledger cannot be, such as ``reached``.

        Raises:
            RunError: In place of SQLAlchemy's errors.
        """
        try:
            yield
        except ImportError as error:
            raise RunError(
                f"ledger {self.words} needs the driver psycopg; install cellwise[postgres]"
            ) from error
        except self._sql.exc.SQLAlchemyError as error:
            reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
            raise RunError(f"ledger {self.words} cannot be {verb}: {reason}") from error

    def close(self) -> None:
        """Give all claims back."""
        if not self._claims.closed:
            self._claims.invalidate()  # closed for good rather than put back into the pool
            self._claims.close()
        self._engine.dispose()

    def _run(self, statement: str, **values: Any) -> Any:
        """Run a statement on the connection that holds the claims; its first value, if any."""
        with self.reporting("used"):
            if self._claims.invalidated:  # the server was restarted, and our claims are gone
                self._claims = self._connect()
            found = self._claims.execute(self._sql.text(statement), values)
            return found.scalar() if found.returns_rows else None

    def _connect(self) -> "Connection":
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def _lock(self, name: str) -> int:
        digest = hashlib.sha256(f"{self.study}\n{name}".encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)


def public_url(url: str) -> str:
    """Return a URL without its password.

    Args:
        url: URL of a database.

    Returns:
        What may be shown and kept.

    Raises:
        SettingsError: If it is none that can be used.

    Example:
        >>> public_url("postgresql://ann:secret@db.local/studies?sslpassword=x")
        'postgresql+psycopg://ann@db.local/studies'
    """  # noqa: DOC502  raised by what this calls
    full = _parse(url)
    open_part = full.create(
        full.drivername, full.username, None, full.host, full.port, full.database, full.query
    )
    shown = open_part.difference_update_query(_SECRETS)
    return shown.render_as_string(hide_password=False)


def _parse(url: str) -> "URL":
    """Read a URL; the error does not repeat it, since any part of it may be a password."""
    import sqlalchemy

    try:
        parsed = sqlalchemy.make_url(url)
    except (sqlalchemy.exc.ArgumentError, ValueError):  # whose words may hold the password
        raise SettingsError(f"ledger must be a URL such as {_FORM}") from None
    if parsed.drivername not in ("postgresql", "postgresql+psycopg"):
        raise SettingsError(f"ledger must be a URL such as {_FORM}, got {parsed.drivername}://")
    if "@" in (parsed.host or ""):
        raise SettingsError(
            f"ledger must be a URL such as {_FORM}; a @ in the user or password is written %40"
        )
    if not parsed.database:
        raise SettingsError(f"ledger must name a database, as in {_FORM}")
    return parsed.set(drivername="postgresql+psycopg")
