"""Where a tracker writes, as the user says it: ``tensorboard``, ``mlflow:URI``."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from cellwise._errors import SettingsError

# Kind to the module that it needs
_MODULES = {"tensorboard": "tensorboard", "mlflow": "mlflow"}


@dataclass(frozen=True, slots=True)
class TrackerPlace:
    """A tracker and where it writes.

    Attributes:
        kind: ``tensorboard`` or ``mlflow``.
        place: Directory or URI; empty for one inside the run.
    """

    kind: str
    place: str

    @classmethod
    def parse(cls, text: str) -> "TrackerPlace":
        """Read what the user gives; an error does not repeat an address that holds a password.

        Args:
            text: ``tensorboard``, ``tensorboard:DIRECTORY``, ``mlflow`` or ``mlflow:URI``.

        Returns:
            The tracker.

        Raises:
            SettingsError: If it is none of them, its package is not installed, its address holds a
                password or names MLflow's file store.

        Example:
            >>> TrackerPlace.parse("tensorboard:logs")
            TrackerPlace(kind='tensorboard', place='logs')
        """
        kind, _, place = text.partition(":")
        if kind not in _MODULES:
            raise SettingsError(
                "tracker must be tensorboard, tensorboard:DIRECTORY, mlflow or mlflow:URI, "
                f"got {kind!r}"
            )
        if find_spec(_MODULES[kind]) is None:
            raise SettingsError(
                f"tracker {kind} needs a package that is missing; install cellwise[{kind}]"
            )
        if "@" in urlsplit(place).netloc.partition(":")[2]:
            raise SettingsError(
                f"tracker {kind} must be given without a password, since a run keeps its options; "
                "use MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or PGPASSWORD"
            )
        if kind == "mlflow" and place and urlsplit(place).scheme in ("", "file"):
            raise SettingsError(
                "tracker mlflow must be a database or a server, such as sqlite:///mlflow.db: "
                "MLflow has retired its file store"
            )
        return cls(kind, place)


def run_identity(directory: Path) -> str:
    """Tell runs apart: another one in the same place with ``--force`` is another.

    Args:
        directory: The run directory.

    Returns:
        Its name and a hash of its path and of what was asked.
    """
    home, asked = directory.resolve(), (directory / "run.json").read_bytes()
    return f"{home.name}-{hashlib.sha256(str(home).encode() + asked).hexdigest()[:8]}"
