"""A run under the doctor's eyes: its records, its network and its data."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from cellwise._errors import RunError
from cellwise.architecture import Architecture
from cellwise.data import ForecastData, Prepared, prepare
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
        The diagnosis; an earlier study of the same network stays in it.

    Raises:
        RunError: If the run's table has changed since.
    """
    directory = RunDirectory(path)
    record = directory.read_record()
    prepared = prepare(path / record.source, model.task)
    if prepared.table.fingerprint != record.fingerprint:
        raise RunError(
            f"{record.source} must be the table that {path} was begun with, but its values have "
            "changed"
        )
    settings = check_settings(record.settings)
    found = examine(prepared, settings, evidence, model, layers=layers)
    return with_study_of(directory, found)


def examine(
    prepared: Prepared,
    settings: FitSettings,
    evidence: Evidence,
    model: SavedModel | None,
    *,
    layers: bool = False,
    train: bool = True,
) -> Diagnosis:
    """Examine what a search has found, and its network.

    Args:
        prepared: The data that the network was trained on.
        settings: Options of the run.
        evidence: What the run has found.
        model: Its network; ``None`` if there is none yet.
        layers: Whether to study what each layer has learned.
        train: Whether a network that failed may be trained again to see where.

    Returns:
        The diagnosis.
    """
    data, patient = prepared.data, None
    starts = data.test.train_starts
    if model is not None:
        windows = Windows.of(data, starts)
        patient = Patient(network=model.network, weights=model.weights, windows=windows)
    return diagnose(
        str(model.architecture) if model else "the search",
        patient,
        _trials(evidence, settings, data, train=train),
        data=data,
        starts=starts,
        layers=layers,
    )


def with_study_of(directory: RunDirectory, found: Diagnosis) -> Diagnosis:
    """Add what an earlier diagnosis of the same network says of its layers.

    Args:
        directory: Where the earlier one is, if there is one.
        found: The new one.

    Returns:
        The new one with a study, if either has one.
    """
    try:
        earlier = directory.read_diagnosis()
    except RunError:  # damaged: it is made anew
        earlier = None
    if found.study is not None or earlier is None or earlier.subject != found.subject:
        return found
    return replace(found, study=earlier.study)


def _trials(
    evidence: Evidence, settings: FitSettings, data: ForecastData, *, train: bool
) -> Trials:
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
        failed_at=_failure(evidence.candidates, training, data) if train else "",
    )


def _failure(
    candidates: tuple[CandidateRecord, ...], training: TrainingSettings, data: ForecastData
) -> str:
    """Train the first network that failed again, to say in which layer and at which step."""
    for candidate in (c for c in candidates if not c.started_from):  # others cannot be replayed
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
