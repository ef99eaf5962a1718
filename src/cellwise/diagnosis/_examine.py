"""All checks, one after the other, on one trained network and the records of its search."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from cellwise._threads import torch_threads
from cellwise.data import ForecastData, Rows
from cellwise.diagnosis import _curves, _fitting, _setup, _states
from cellwise.diagnosis._alpha import check_alpha
from cellwise.diagnosis._catalogue import KEYS, Outcome
from cellwise.diagnosis._dependence import Dependence, dependence
from cellwise.diagnosis._gates import layer_gates
from cellwise.diagnosis._gradients import check_exploding, check_vanishing, gradient_flow
from cellwise.diagnosis._outputs import check_collapse
from cellwise.diagnosis._patient import Patient
from cellwise.diagnosis._study import study_layers
from cellwise.records import AlphaStep, BaselineRecord, CandidateRecord, Diagnosis, Finding

_CALLERS = "for a caller's own arrays: fit has no such input"
Found = tuple[str, Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """The records of a search.

    Attributes:
        candidates: Every candidate.
        chosen: The one that was trained in the end; ``None`` if there is none.
        baselines: Every classical method.
        epochs: Epochs that a network was given at most.
        noise_floor: Estimate of the error that nothing can go below; NaN if unknown.
        same_units: Whether the training loss is the metric of the validation curve.
        failed_at: Step and layer of the first network whose loss was no number, if replayed.
        alpha: The walk of the alpha rule; empty where it was not walked.
        refused_contexts: Past steps that tuning has tried and not taken.
    """

    candidates: tuple[CandidateRecord, ...]
    chosen: CandidateRecord | None
    baselines: tuple[BaselineRecord, ...] = ()
    epochs: int = 0
    noise_floor: float = float("nan")
    same_units: bool = True
    failed_at: str = ""
    alpha: tuple[AlphaStep, ...] = ()
    refused_contexts: tuple[int, ...] = ()

    @property
    def reference(self) -> float:
        """Error of the best classical method; NaN if none ran."""
        ran = [one.error for one in self.baselines if np.isfinite(one.error)]
        return min(ran, default=float("nan"))


def diagnose(
    subject: str,
    patient: Patient | None,
    trials: Trials | None = None,
    *,
    data: ForecastData | None = None,
    starts: Rows | None = None,
    layers: bool = False,
) -> Diagnosis:
    """Look for everything that can be wrong with a trained network; nothing is changed.

    Args:
        subject: What is examined, in words.
        patient: The network and windows that it was trained on; ``None`` if it was not trained.
        trials: The records of its search.
        data: The data, for what lies before the windows.
        starts: First rows of the windows that it was trained on, ``(n,)``.
        layers: Whether to study what each layer has learned, which takes longer.

    Returns:
        What was found, what was looked for, and what could not be looked for.
    """
    with torch_threads(1):
        outcomes = list(_outcomes(patient, trials, data, starts))
        study = study_layers(patient) if layers and patient is not None else None
    findings = [outcome for _, outcome in outcomes if isinstance(outcome, Finding)]
    skipped = {key: reason for key, reason in outcomes if isinstance(reason, str)}
    checked = {key for key, reason in outcomes if not isinstance(reason, str)}
    absent = {key: _CALLERS for key in KEYS if key not in checked | skipped.keys()}
    return Diagnosis(
        subject=subject,
        findings=tuple(sorted(findings, key=lambda one: one.severity)),
        checked=tuple(key for key in KEYS if key in checked),
        skipped=skipped | absent,
        study=study,
    )


def _outcomes(
    patient: Patient | None,
    trials: Trials | None,
    data: ForecastData | None,
    starts: Rows | None,
) -> Iterator[Found]:
    if trials is not None:
        yield from _of_records(trials, 1.0 if patient is None else patient.windows.input_size)
    if patient is None:
        return
    yield from _of_network(patient, _past(patient, data))
    yield from _of_states(patient)
    if data is not None and starts is not None:
        error = float(patient.window_errors().mean())
        refused = trials.refused_contexts if trials else ()
        yield "window_too_short", _setup.check_window(data, starts, error, refused)


def _of_records(trials: Trials, input_size: float) -> Iterator[Found]:
    yield "non_finite_loss", _non_finite(trials)
    yield "deeper_is_worse", _fitting.check_depth(trials.candidates)
    if trials.chosen is None:
        return
    members = _fitting.kept_members(trials.chosen)
    error = trials.reference
    by_rate = _curves.rate_test(trials.chosen.members)
    yield "exploding_loss", _curves.check_exploding_loss(members)
    flat = _curves.check_flat(
        members,
        by_rate=by_rate,
        floor=trials.noise_floor,
        reference=error,
        input_size=input_size,
    )
    yield "flat_loss", flat
    yield "too_few_epochs", _curves.check_epochs(members, trials.epochs)
    yield "early_stop_at_edge", _curves.check_early_stop(members, error)
    yield "alpha_overfitting", check_alpha(trials.alpha, trials.chosen, error)
    if not trials.same_units:
        yield "overfitting", "the training loss is not the metric of the validation curve"
        return
    yield "overfitting", _fitting.check_overfitting(members, error)


def _non_finite(trials: Trials) -> Outcome:
    """The first candidate with a fault, else the first with a note."""
    place, real = trials.failed_at, list[Finding]()
    for candidate in trials.candidates:
        one = _curves.check_non_finite(candidate.members, place)
        if isinstance(one, Finding):
            tried = "" if place else _tried(candidate, trials.chosen)
            real.append(replace(one, where=f"{tried}{one.where}"))
    return next((one for one in real if one.severity == "fault"), real[0] if real else None)


def _tried(candidate: CandidateRecord, chosen: CandidateRecord | None) -> str:
    """Another candidate than the chosen one, with the settings in which they differ."""
    if candidate == chosen:
        return ""
    own, usual = candidate.settings, chosen.settings if chosen else {}
    told = [f"{k.replace('_', ' ')} {v}" for k, v in own.items() if usual.get(k) != v]
    return ", ".join((candidate.architecture, *told, ""))


def _past(patient: Patient, data: ForecastData | None) -> Dependence | None:
    """How far back the training rows of the longest series depend on their past."""
    if data is None:
        return None
    span = max(data.series, key=lambda one: one.train_stop - one.start)
    rows = data.target[span.start : span.train_stop].astype(np.float64)
    return dependence(rows, patient.windows.context_length)


def _of_network(patient: Patient, past: Dependence | None) -> Iterator[Found]:
    flow = gradient_flow(patient)
    yield "unscaled_inputs", _setup.check_scaling(patient.windows)
    yield "vanishing_gradient", check_vanishing(patient, flow, past)
    yield "exploding_gradient", check_exploding(patient, flow)
    yield "underfitting", _fitting.check_underfitting(patient)
    collapse = check_collapse(patient)
    for key in ("stuck_output", "collapse_to_last", "collapse_to_mean"):
        here = isinstance(collapse, str) or (collapse is not None and collapse.key == key)
        yield key, collapse if here else None
    yield "leak_of_future", _setup.check_leak(patient, _known(patient))
    known = patient.windows.inputs[:, : patient.windows.context_length]
    yield "padding_trained_on", _setup.check_padding(known)


def _known(patient: Patient) -> list[int]:
    """Columns that `WindowReader` shows over the horizon because they are known there."""
    return list(range(1, len(patient.windows.names)))


def _of_states(patient: Patient) -> Iterator[Found]:
    keys = ("saturated_gates", "dead_cells", "duplicate_cells", "low_rank_state")
    if not patient.opens_up:
        yield from ((key, "the states inside of a branch or a pair are not read") for key in keys)
        return
    gates = layer_gates(patient)
    if not gates:
        yield keys[0], "no layer has gates that can be computed again"
    for one in gates:
        yield keys[0], _states.check_gates(one)
    for path, states in patient.states().items():
        where = patient.where(path)
        yield keys[1], _states.check_dead_cells(where, states)
        yield keys[2], _states.check_duplicate_cells(where, states)
        yield keys[3], _states.check_rank(where, states)
