"""A cohort's training in slices, from one checkpoint to the next, wherever there is a core."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cellwise.data import ForecastData
from cellwise.training import CohortResult, EpochReport, Experiment, train_cohort


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What a worker gives back.

    Attributes:
        reports: Of the epochs that it has trained.
        checkpoint: Where the next slice goes on; empty at the end.
        result: What the cohort has left, at the end.
    """

    reports: tuple[EpochReport, ...] = ()
    checkpoint: bytes = b""
    result: CohortResult | None = None


class _SliceEndedError(Exception):
    """A checkpoint was written: raised out of training."""


def train_slice(
    data: ForecastData, experiment: Experiment, key: str, checkpoint: bytes, threads: int
) -> Slice:
    """Train a cohort up to its next checkpoint or to its end.

    It depends on nothing else and leaves nothing behind, so that it can be done again elsewhere
    when a machine is lost.

    Args:
        data: The data to train on.
        experiment: What to train.
        key: Name of the experiment.
        checkpoint: Where the slice before has ended; empty at the start.
        threads: Threads; results do not depend on it.

    Returns:
        Where it has ended.
    """
    reports: list[EpochReport] = []
    with TemporaryDirectory(prefix="cellwise-") as folder:
        path = Path(folder) / "checkpoint.safetensors"
        if checkpoint:
            path.write_bytes(checkpoint)
        begun = _stamp(path)

        def on_epoch(report: EpochReport) -> None:
            reports.append(report)
            if _stamp(path) != begun:
                raise _SliceEndedError

        try:
            result = train_cohort(
                experiment, data, checkpoint=path, key=key, on_epoch=on_epoch, threads=threads
            )
        except _SliceEndedError:
            return Slice(reports=tuple(reports), checkpoint=path.read_bytes())
    return Slice(reports=tuple(reports), result=result)


def _stamp(path: Path) -> int:
    """A number that changes when the file is replaced; 0 if there is none."""
    return path.stat().st_mtime_ns if path.exists() else 0
