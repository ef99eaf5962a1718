"""How often the test rows were read: a count that outlives a resume, a rerun and --force."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Self

import numpy as np

from cellwise._errors import RunError
from cellwise.data import Prepared
from cellwise.diagnosis import check_reads
from cellwise.records import AuditCheck, DamagedError, read_record, write_record
from cellwise.run._directory import TEST_READS
from cellwise.training import Experiment


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredRows:
    """Which rows a score was made of.

    Attributes:
        target: Hash of the target values of the whole table.
        spans: First test row of each series and one past the last.
    """

    target: str = ""
    spans: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, prepared: Prepared) -> Self:
        """Name the test rows of prepared data.

        Args:
            prepared: The data.

        Returns:
            The test rows.
        """
        values = np.ascontiguousarray(prepared.table.target)
        spans = tuple((s.val_stop, s.test_stop) for s in prepared.data.series)
        return cls(target=sha256(values.tobytes()).hexdigest()[:20], spans=spans)

    def meets(self, other: Self) -> bool:
        """Return whether a row is among both.

        Args:
            other: Other test rows.

        Returns:
            Whether the target is the same and a series has a test row in common.
        """
        return self.target == other.target and any(
            max(a[0], b[0]) < min(a[1], b[1]) for a, b in zip(self.spans, other.spans, strict=False)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of test rows.

    Attributes:
        rows: Which rows.
        networks: What was scored: a hash of everything that it was trained by.
        by: ``fit``, or ``reproduce``, which scores what was scored before.
    """

    rows: ScoredRows
    networks: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """All readings by one run directory; `test_reads.json`, which `--force` keeps.

    Attributes:
        rows: Test rows of the run that is there now.
        readings: Each reading, in order.
    """

    rows: ScoredRows = ScoredRows()
    readings: tuple[Reading, ...] = ()

    @classmethod
    def open(cls, run: Path) -> Self:
        """Read the file of a run.

        Args:
            run: The run directory.

        Returns:
            Its readings; none if it has no such file.

        Raises:
            DamagedError: If it cannot be read; what was counted is lost with it.
        """
        try:
            return read_record(run / TEST_READS, cls) if (run / TEST_READS).exists() else cls()
        except DamagedError as error:
            raise DamagedError(
                f"{error}; move it away, and `cellwise resume {run}` begins it anew: readings "
                "before that are then not counted"
            ) from error

    def own(self, by: str) -> tuple[Reading, ...]:
        """Return readings of the test rows of this run.

        Args:
            by: ``fit`` or ``reproduce``.

        Returns:
            Those that read some of its rows.
        """
        return tuple(r for r in self.readings if r.by == by and r.rows.meets(self.rows))


def note_reading(run: Path, rows: ScoredRows, networks: str = "", *, by: str = "fit") -> None:
    """Write down that the test rows are about to be read, or which they are.

    A resumed search scores the same networks again; that is the same reading.

    Args:
        run: The run directory.
        rows: The test rows.
        networks: What is scored; empty if nothing is yet.
        by: ``fit`` or ``reproduce``.
    """
    before = Readings.open(run)
    reading = Reading(rows=rows, networks=networks, by=by)
    known = not networks or (by == "fit" and reading in before.readings)
    readings = before.readings if known else (*before.readings, reading)
    after = replace(before, rows=rows, readings=readings)
    if after != before:
        write_record(run / TEST_READS, after)


def networks_key(scored: Sequence[Experiment], fingerprint: str) -> str:
    """Name a set of trained networks.

    Args:
        scored: What they were trained by.
        fingerprint: Hash of the data.

    Returns:
        20 hexadecimal digits.
    """
    keys = " ".join(experiment.key(fingerprint) for experiment in scored)
    return sha256(keys.encode()).hexdigest()[:20]


def reads_check(run: Path) -> AuditCheck:
    """Count how often the test rows of a run were read, by it and by the runs beside it.

    Args:
        run: The run directory.

    Returns:
        Warned if other networks were scored on them, here or in a run of the same folder.
    """
    mine = Readings.open(run)
    networks = {reading.networks for reading in mine.own("fit")}
    others = [
        path.parent.name
        for path in sorted(run.resolve().parent.glob(f"*/{TEST_READS}"))
        if path.parent.name != run.resolve().name and _scored_others(path.parent, mine, networks)
    ]
    return check_reads(len(networks), len(mine.own("reproduce")), others)


def _scored_others(run: Path, mine: Readings, networks: set[str]) -> bool:
    """Whether a run has scored other networks on some of these rows."""
    try:
        readings = Readings.open(run).readings
    except RunError:  # what is broken there is no matter here
        return False
    return any(
        reading.by == "fit" and reading.rows.meets(mine.rows) and reading.networks not in networks
        for reading in readings
    )
