"""A run under the doctor's eyes: its records, its network and its data."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cellwise._errors import RunError
from cellwise._files import write_tensors
from cellwise.architecture import Architecture
from cellwise.data import ForecastData, Prepared, prepare
from cellwise.diagnosis import LiveDoctor, Patient, Trials, Windows, diagnose, replay
from cellwise.export import SavedModel
from cellwise.records import RANGE_TEST, CandidateRecord, Diagnosis, Evidence, Finding
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
    return examine(directory, prepared, settings, evidence, model, layers=layers)


def examine(
    directory: RunDirectory,
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
        directory: Where an earlier diagnosis is, if there is one.
        prepared: The data that the network was trained on.
        settings: Options of the run.
        evidence: What the run has found.
        model: Its network; ``None`` if there is none yet.
        layers: Whether to study what each layer has learned.
        train: Whether a network that failed may be trained again to see where.

    Returns:
        The diagnosis, with what was seen in training and an earlier study of the same network.
    """
    data, earlier = prepared.data, _earlier(directory)
    patient = None if model is None else _patient(model, data)
    failed = [one.where for one in earlier.live if one.key == "non_finite_loss"]
    if not failed and train:
        failed = [_failure(evidence.candidates, _training(settings, data), data)]
    subject = str(model.architecture) if model else earlier.subject
    found = diagnose(
        subject,
        patient,
        replace(_trials(evidence, settings, data), failed_at=failed[0] if failed else ""),
        data=data,
        starts=data.test.train_starts,
        layers=layers,
    )
    if layers and patient is not None:
        write_tensors(directory.states, _states(patient), {"architecture": subject})
    study = earlier.study if earlier.subject == subject else None
    remedies = earlier.remedies if earlier.subject == subject else ()
    return replace(found, live=earlier.live, study=found.study or study, remedies=remedies)


def _patient(model: SavedModel, data: ForecastData) -> Patient:
    windows = Windows.of(data, data.test.train_starts)
    return Patient(network=model.network, weights=model.weights, windows=windows)


def _states(patient: Patient) -> dict[str, NDArray[np.float32]]:
    states = patient.states() if patient.opens_up else {}
    found = {"inputs": patient.windows.inputs, **states, "outputs": patient.outputs()}
    return {name: np.ascontiguousarray(values.numpy()) for name, values in found.items()}


def live_doctor(directory: RunDirectory, tell: Callable[[Finding], None]) -> LiveDoctor:
    """Return the doctor that looks at the cohorts of a run while they train.

    Args:
        directory: Where each finding is kept as soon as it is made.
        tell: Given each finding, once in the life of the run.

    Returns:
        The doctor; it knows what was found before the run was interrupted.
    """
    earlier = _earlier(directory)

    def keep(finding: Finding) -> None:
        directory.write_diagnosis(replace(earlier, live=tuple(doctor.found)))
        tell(finding)

    doctor = LiveDoctor(keep, earlier.live)
    return doctor


def _earlier(directory: RunDirectory) -> Diagnosis:
    """What is in the run; empty where there is nothing, or it is damaged: it is made anew."""
    try:
        found = directory.read_diagnosis()
    except RunError:
        found = None
    return found or Diagnosis(subject="the search", findings=(), checked=())


def _trials(evidence: Evidence, settings: FitSettings, data: ForecastData) -> Trials:
    candidates = tried(evidence)
    training = _training(settings, data)
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
        alpha=evidence.tuning.alpha if evidence.tuning else (),
        refused_contexts=_refused_contexts(evidence),
        same_units=(own.get("loss", training.loss), training.metric) in _UNITS,
    )


def _refused_contexts(evidence: Evidence) -> tuple[int, ...]:
    """Past steps that a stage of tuning has tried to the end and not taken, in order."""
    if evidence.tuning is None:
        return ()
    stage = "context_length"
    ended = [c for c in evidence.tuning.candidates if c.stage == stage and np.isfinite(c.error)]
    lengths = {int(c.settings[stage]) for c in ended}
    return tuple(sorted(lengths - {evidence.tuning.settings.get(stage)}))


def tried(evidence: Evidence) -> tuple[CandidateRecord, ...]:
    """Return what a search has tried in earnest.

    Args:
        evidence: What the run has found.

    Returns:
        Candidates of growth and of tuning, without the range test, which is meant to reach rates
        that fail.
    """
    tuned = evidence.tuning.candidates if evidence.tuning else ()
    return (*evidence.candidates, *(c for c in tuned if c.stage != RANGE_TEST))


def _training(settings: FitSettings, data: ForecastData) -> TrainingSettings:
    return settings.bounds(max(len(fold.train_starts) for fold in data.folds)).training


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
            where = f"{candidate.architecture}, fold {failed.fold + 1}, seed {failed.seed}"
            return f"{where}, {words}" if words else ""
    return ""
