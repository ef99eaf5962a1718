"""The run directory from end to end."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, TextIO, TypeVar

from cellwise._errors import RunError
from cellwise._files import is_unfinished
from cellwise._machine import describe_machine
from cellwise.records import DamagedError, Diagnosis, Evidence, read_record, write_record

_Record = TypeVar("_Record")

PACKAGES = ("cellwise", "torch", "numpy", "statsforecast", "optuna")
"""What a result may depend on."""

TEST_READS = "test_reads.json"
"""How often the test rows were read; outlives the run that is replaced."""

# What a run directory holds; anything else in it is the user's and stays
_BEFORE_RECORD = {"checkpoints", "results", "table.parquet"}
_FILES = {
    "run.json",
    "evidence.json",
    "diagnosis.json",
    "states.safetensors",
    "report.html",
    "lock.toml",
    ".lock",
}
_OWN = _BEFORE_RECORD | _FILES | {"model", "weights", "activations"}
_OWN |= {"tensorboard", "mlflow.db", "mlflow-artifacts"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What a run was asked to do; `run.json`.

    Attributes:
        source: Absolute path of the table, or the copy of a frame inside the run.
        settings: Options of `fit` by name.
        fingerprint: Hash of the data used.
        versions: Versions of what computed it.
        machine: What identifies the machine.
        kernels: Kernels that ran, and why these.
    """

    source: str
    settings: dict[str, Any]
    fingerprint: str
    versions: dict[str, str] = field(default_factory=lambda: {p: version(p) for p in PACKAGES})
    machine: dict[str, str] = field(default_factory=describe_machine)
    kernels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """Where the files of a run lie.

    Attributes:
        path: The directory.
    """

    path: Path

    @property
    def record(self) -> Path:
        """`run.json`."""
        return self.path / "run.json"

    @property
    def evidence(self) -> Path:
        """`evidence.json`."""
        return self.path / "evidence.json"

    @property
    def diagnosis(self) -> Path:
        """`diagnosis.json`."""
        return self.path / "diagnosis.json"

    @property
    def states(self) -> Path:
        """`states.safetensors`."""
        return self.path / "states.safetensors"

    @property
    def ledger(self) -> Path:
        """`ledger.sqlite`."""
        return self.path / "ledger.sqlite"

    @property
    def model(self) -> Path:
        """`model/`."""
        return self.path / "model"

    @property
    def activations(self) -> Path:
        """`activations/`."""
        return self.path / "activations"

    @property
    def lock_file(self) -> Path:
        """`lock.toml`."""
        return self.path / "lock.toml"

    @property
    def report(self) -> Path:
        """`report.html`."""
        return self.path / "report.html"

    def create(self, *, force: bool) -> None:
        """Make the directory, refusing one that exists.

        Args:
            force: Whether an earlier run there is replaced.

        Raises:
            RunError: If the place is taken or cannot be written.
        """
        if self.path.is_dir() and any(self.path.iterdir()):
            self._clear(force)
        try:
            for part in ("checkpoints", "results"):
                (self.path / part).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise RunError(
                f"{self.path} cannot be written: {reason}; choose another --out"
            ) from error

    def _clear(self, force: bool) -> None:
        names = {part.name for part in self.path.iterdir() if not is_unfinished(part)}
        if not self.record.exists() and names <= _BEFORE_RECORD | {TEST_READS}:
            return  # a run that was killed before it began
        if not self.record.exists():
            raise RunError(
                f"{self.path} holds other files than a run; choose another --out, nothing is removed"
            )
        if not force:
            raise RunError(
                f"{self.path} already holds a run; continue it with `cellwise resume {self.path}`, "
                "or replace it with --force"
            )
        with self.lock():
            pass  # nobody works on it
        for part in self.path.iterdir():
            own = part.name in _OWN or is_unfinished(part)
            if own or part.name.startswith("ledger.sqlite"):
                shutil.rmtree(part) if part.is_dir() else part.unlink()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep a second process from working on the same run; what a killed one left goes.

        Raises:
            RunError: If another one does, or the directory cannot be written.
        """
        with self._open_lock() as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise RunError(
                    f"{self.path} is in use by another process; wait for it or choose another --out"
                ) from error
            for part in (path for name in ("*", "*/*") for path in self.path.glob(name)):
                if is_unfinished(part):
                    part.unlink()
            yield

    def _open_lock(self) -> TextIO:
        try:
            return (self.path / ".lock").open("w", encoding="ascii")
        except OSError as error:
            raise RunError(
                f"{self.path} cannot be written: {error.strerror}; free space, or go on with a copy "
                "where you may write"
            ) from error

    def read_record(self) -> RunRecord:
        """Read `run.json`."""
        if not self.path.is_dir():
            raise RunError(f"{self.path} must be a run directory, but there is no such directory")
        way_out = "take it from a copy, or begin a new run with `cellwise fit`"
        return _read_own(self.record, RunRecord, way_out)

    def read_evidence(self) -> Evidence:
        """Read `evidence.json`."""
        return _read_own(self.evidence, Evidence, f"`cellwise resume {self.path}` makes it anew")

    def read_diagnosis(self) -> Diagnosis | None:
        """Read `diagnosis.json`; ``None`` where the doctor has not been."""
        if not self.diagnosis.exists():
            return None
        return _read_own(
            self.diagnosis, Diagnosis, f"`cellwise diagnose {self.path}` makes it anew"
        )

    def write_record(self, record: RunRecord) -> None:
        """Write `run.json`."""
        write_record(self.record, record)

    def write_evidence(self, evidence: Evidence) -> None:
        """Write `evidence.json`."""
        write_record(self.evidence, evidence)

    def write_diagnosis(self, diagnosis: Diagnosis) -> None:
        """Write `diagnosis.json`."""
        write_record(self.diagnosis, diagnosis)


def _read_own(path: Path, kind: type[_Record], way_out: str) -> _Record:
    """Read a file of the run; what to do where it is damaged is said."""
    try:
        return read_record(path, kind)
    except DamagedError as error:
        raise DamagedError(f"{error}; {way_out}") from error
