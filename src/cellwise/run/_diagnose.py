"""A run under the doctor's eyes: its records, its network and its data."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from cellwise._errors import RunError
from cellwise.architecture import Architecture
from cellwise.data import ForecastData, prepare
from cellwise.diagnosis import Patient, Trials, Windows, diagnose, replay
from cellwise.export import SavedModel
from cellwise.records import CandidateRecord, Diagnosis, Evidence
from cellwise.run._directory import RunDirectory
from cellwise.run._settings import FitSettings, check_settings
from cellwise.training import Experiment, Member, TrainingSettings

# Losses and metrics whose curves are in the same units
_UNITS = {("mse", "mse"), ("mae", "mae")}


def diagnose_run(path: Path, evidence: Evidence, model: SavedModel, *, layers: bool) -> Diagnosis:
    """Examine the network of a run on the windows that it was trained on.

    Args:
        path: The run directory.
        evidence: What the run has found.
        model: Its network.
        layers: Whether to study what each layer has learned.

    Returns:
        The diagnosis.

    Raises:
        RunError: If the run's table has changed since.
    """
    directory = RunDirectory(path)
    record = directory.read_record()
    settings = check_settings(record.settings)
    prepared = prepare(path / record.source, model.task)
    if prepared.table.fingerprint != record.fingerprint:
        raise RunError(
            f"{record.source} must be the table that {path} was begun with, but its values have "
            "changed"
        )
    data = prepared.data
    starts = data.test.train_starts
    patient = Patient(
        network=model.network, weights=model.weights, windows=Windows.of(data, starts)
    )
    return diagnose(
        str(model.architecture),
        patient,
        _trials(evidence, settings, data),
        data=data,
        starts=starts,
        layers=layers,
    )


def _trials(evidence: Evidence, settings: FitSettings, data: ForecastData) -> Trials:
    tuned = evidence.tuning.candidates if evidence.tuning else ()
    candidates = (*evidence.candidates, *tuned)
    training = settings.bounds(max(len(fold.train_starts) for fold in data.folds)).training
    text = evidence.verdict.architecture
    chosen = [c for c in candidates if c.architecture == text and np.isfinite(c.error)]
    best = min(chosen, key=lambda c: c.error, default=None)
    own = best.settings if best else {}
    return Trials(
        candidates=candidates,
        chosen=best,
        baselines=evidence.baselines,
        epochs=own.get("epochs", training.epochs),
        noise_floor=evidence.verdict.noise_floor,
        same_units=(own.get("loss", training.loss), training.metric) in _UNITS,
        failed_at=_failure(evidence.candidates, training, data),
    )


def _failure(
    candidates: tuple[CandidateRecord, ...], training: TrainingSettings, data: ForecastData
) -> str:
    """Train the first network that failed again, to say in which layer and at which step."""
    for candidate in candidates:
        for failed in candidate.members:
            if failed.state != "non-finite" or not failed.train_curve:
                continue
            member = Member(fold=failed.fold, seed=failed.seed, learning_rate=failed.learning_rate)
            experiment = Experiment(
                architecture=Architecture.parse(candidate.architecture),
                members=(member,),
                settings=replace(training, stop_after=0),
            )
            words = replay(experiment, data, len(failed.train_curve)).words
            return f"fold {failed.fold + 1}, seed {failed.seed}, {words}" if words else ""
    return ""
