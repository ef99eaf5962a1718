"""TensorBoard: a folder of event files for each trial, and one for the whole run."""

import hashlib
import json
import math
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from cellwise.records import BaselineRecord, CandidateRecord, Evidence
from cellwise.search import Observer, RateTrial, rate_trials

_UNFINISHED = ".unfinished"


class TensorBoardTracker(Observer):
    """Writes trials as event files.

    A trial's folder appears in one step, so that it is there once however often the run was
    stopped and continued.

    Args:
        folder: Where the folders lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for part in folder.glob(f"*{_UNFINISHED}"):  # a killed run has left it
            shutil.rmtree(part)

    def on_baseline(self, record: BaselineRecord) -> None:
        """Write the error of a classical method."""
        if not record.skipped:
            params = {"stage": "baseline", "architecture": record.name}
            self._write(
                f"baseline {record.name}",
                lambda writer: _add_params(writer, params, {"error": record.error}),
            )

    def on_candidate(self, record: CandidateRecord) -> None:
        """Write a trial for each learning rate."""
        for trial in rate_trials(record):
            self._write(trial.name, partial(_add_trial, record, trial))

    def on_finished(self, evidence: Evidence, directory: Path) -> None:
        """Write the verdict, the test errors and where the report and the model lie."""
        shutil.rmtree(self._folder / "run", ignore_errors=True)  # the verdict before a resume
        files = "\n".join(f"- {path}" for path in artefacts(directory))

        def add(writer: Any) -> None:
            writer.add_text("verdict", evidence.verdict.sentence)
            writer.add_text("files", files)
            writer.add_text("evidence", f"```\n{json.dumps(summary(evidence), indent=1)}\n```")
            for name, value in summary(evidence).items():
                if isinstance(value, float) and math.isfinite(value):
                    writer.add_scalar(name, value, 0)

        self._write("run", add)

    def _write(self, name: str, add: Callable[[Any], None]) -> None:
        from torch.utils.tensorboard import SummaryWriter

        place = self._folder / folder_name(name)
        if place.exists():
            return
        unfinished = place.with_name(place.name + _UNFINISHED)
        with SummaryWriter(unfinished) as writer:
            add(writer)
        unfinished.rename(place)


def folder_name(name: str) -> str:
    """Return a folder for a trial: readable, and no two alike.

    Args:
        name: Name of the trial.

    Returns:
        Its beginning and a hash where something was left out.
    """
    plain = re.sub(r"[^\w.+-]+", "_", name).strip("_")
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return plain if plain == name else f"{plain[:60]}-{digest}"


def summary(evidence: Evidence) -> dict[str, str | float]:
    """Return what a run comes to, in a few values.

    Args:
        evidence: What it has found.

    Returns:
        Verdict, network, benchmark and test errors, by name.
    """
    verdict = evidence.verdict
    found: dict[str, str | float] = {
        "verdict": verdict.kind,
        "architecture": verdict.architecture,
        "benchmark": verdict.benchmark,
        "p_value": verdict.p_value,
        "noise_floor": verdict.noise_floor,
        "seconds": verdict.seconds,
    }
    for final in evidence.finals:
        found[f"test_error_{final.role}"] = sum(final.errors) / len(final.errors)
    return found


def artefacts(directory: Path) -> list[Path]:
    """Return what a run leaves for people and for other programs.

    Args:
        directory: The run directory.

    Returns:
        Report, evidence and model, as far as they are there.
    """
    names = ("report.html", "evidence.json", "lock.toml", "model")
    return [directory / name for name in names if (directory / name).exists()]


def _add_trial(record: CandidateRecord, trial: RateTrial, writer: Any) -> None:
    for name, curve in (("validation", trial.val_curve), ("training", trial.train_curve)):
        for epoch, value in curve.items():
            writer.add_scalar(name, value, epoch)
    params = {"stage": record.stage, "architecture": record.architecture, **trial.params}
    error = trial.error if math.isfinite(trial.error) else math.nan
    _add_params(writer, {**params, "state": trial.state}, {"error": error})


def _add_params(writer: Any, params: dict[str, Any], metrics: dict[str, float]) -> None:
    """As `SummaryWriter.add_hparams` does, but into the same folder."""
    from torch.utils.tensorboard.summary import hparams

    plain = {k: v if isinstance(v, int | float | str) else str(v) for k, v in params.items()}
    for part in hparams(plain, metrics):  # type: ignore[no-untyped-call]
        writer.file_writer.add_summary(part)
    for name, value in metrics.items():
        writer.add_scalar(name, value, 0)
