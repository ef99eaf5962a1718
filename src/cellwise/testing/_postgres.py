"""A PostgreSQL server for as long as a test needs it."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PLACES = "/usr/lib/postgresql"


def find_postgres() -> Path | None:
    """Return where the programs of a PostgreSQL server are.

    Returns:
        A directory with ``initdb`` and ``pg_ctl``, the newest of Debian's or that of the path;
        ``None`` if there is none.
    """
    found = sorted(Path(_PLACES).glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]))
    if found:
        return found[-1].parent
    program = shutil.which("initdb")
    return Path(program).resolve().parent if program else None


@contextmanager
def temporary_postgres(programs: Path) -> Iterator[str]:
    """Run a server on loopback over an empty database in a directory of its own.

    Args:
        programs: What `find_postgres` has found.

    Yields:
        str: URL of its database; the user ``postgres`` needs no password, others do.
    """
    home = Path(tempfile.mkdtemp(prefix="cellwise-postgres-"))
    user = _unprivileged(home)
    port = _free_port()
    rules = home / "rules"
    rules.write_text(
        "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
    )
    options = (
        f"-c listen_addresses=127.0.0.1 -c port={port} -c hba_file={rules} -c fsync=off "
        f"-c unix_socket_directories={home}"
    )
    data, log = str(home / "data"), str(home / "log")
    control = [*user, str(programs / "pg_ctl"), "-D", data, "-w"]
    try:
        _call([*user, str(programs / "initdb"), "-D", data, "-U", "postgres", "-N"])
        _call([*control, "-l", log, "-o", options, "start"])
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        finally:
            _call([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(home)


def _unprivileged(home: Path) -> list[str]:
    """Words before a command: the server refuses to run as root."""
    if os.geteuid() != 0:
        return []
    shutil.chown(home, "postgres", "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _call(command: list[str]) -> None:
    subprocess.run(  # its output goes to no pipe, which the server would hold open
        command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
