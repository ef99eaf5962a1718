"""Prices of training on this machine, fitted to a few cohorts and remembered."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import nnls

from cellwise._device import Device, describe_device
from cellwise._errors import RunError
from cellwise._extension import load_extension, num_threads
from cellwise._machine import describe_machine
from cellwise.architecture import Architecture
from cellwise.data import Fold, ForecastData, SeriesSpan
from cellwise.kernels import Backend, choose_backend
from cellwise.records import read_record, write_record
from cellwise.training._cost import CostModel, pass_terms
from cellwise.training._experiment import Experiment
from cellwise.training._probe import PieceSeconds, Probe
from cellwise.training._settings import Member, TrainingSettings

# Architecture, members, batch, context, features, horizon: small ones tell the overheads apart,
# large ones what work costs once it has left the caches
PROBES = (
    ("lstm(2)", 1, 64, 24, 1, 4),
    ("lstm(2)", 27, 64, 24, 1, 4),
    ("lstm(2)", 9, 64, 96, 5, 24),
    ("lstm(8)", 27, 64, 24, 4, 4),
    ("lstm(16)", 9, 64, 48, 5, 24),
    ("lstm(32)", 9, 32, 24, 1, 4),
    ("lstm(64)", 3, 64, 24, 4, 12),
    ("2*lstm(4)", 9, 64, 24, 1, 4),
    ("4*lstm(4)", 3, 64, 48, 1, 4),
    ("3*lstm(16)", 3, 32, 24, 2, 4),
    ("lstm(4)", 27, 16, 96, 5, 24),
    ("2*lstm(32)", 9, 16, 24, 1, 4),
    ("lstm(128)", 3, 16, 16, 1, 4),
    ("lstm(4)", 9, 64, 96, 9, 1),
    ("lstm(16)", 27, 64, 24, 1, 1),
    ("2*lstm(8)", 18, 32, 48, 3, 8),
    ("lstm(4)", 27, 64, 96, 5, 24),
    ("lstm(16)", 18, 64, 168, 3, 24),
    ("lstm(32)", 27, 64, 96, 5, 24),
    ("lstm(64)", 9, 64, 96, 5, 24),
)
_STEPS = 2
# Windows that are looked at and scored in a probe
_SCORED = 128
# Seconds and rounds of the first calibration, and seconds of looking again how busy the machine is
_FIRST_SECONDS, _FIRST_ROUNDS, _LOOK_SECONDS, _LEAST_LOOKS = 5.0, 6, 0.2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Times of the probes on this machine; kept in the user's cache directory.

    Attributes:
        shortest: Shortest time ever seen of each of ``PROBES``.
        looks: How many of them were timed so far.
    """

    shortest: tuple[PieceSeconds, ...] = ()
    looks: int = 0


def calibrated(
    backend: Backend = "auto",
    device: Device = "cpu",
    on_note: Callable[[str], None] = lambda _: None,
) -> tuple[CostModel, float]:
    """Return the prices of this machine, and how much slower than them it is now.

    The first time, all probes are timed, which takes some seconds; later a few of them, in turn.
    The shortest time of each is kept, so that prices are those of an idle machine in the end.

    Args:
        backend: Kernels that will run.
        device: Where; main memory is timed in its place where this process sees no CUDA device,
            as that which shares work out among others.
        on_note: Told when it measures for the first time.

    Returns:
        The prices; and measured over shortest seconds, 1 on an idle machine.
    """
    if device == "cuda" and not torch.cuda.is_available():
        device = "cpu"
    path = cache_file(backend, device)
    probes = [_probe(*sizes, backend, device) for sizes in PROBES]
    try:
        known = read_record(path, Calibration)
    except RunError:  # not there yet, or damaged
        known = Calibration()
    if len(known.shortest) != len(probes):
        on_note("calibrating: what training costs on this machine is measured once")
        known = _first(probes)
    calibration, pace = look_again(known, probes)
    try:
        write_record(path, calibration)
    except RunError as error:
        on_note(f"the calibration is not kept: {error}")
    return fit_prices(probes, calibration.shortest), pace


def cache_file(backend: Backend = "auto", device: Device = "cpu") -> Path:
    """Return where the prices of this machine are kept.

    Args:
        backend: Kernels that will run.
        device: Where.

    Returns:
        A file below ``$XDG_CACHE_HOME``, by default ``~/.cache``, named by machine, kernels,
        threads and versions.
    """
    identity = {
        **describe_machine(),
        "processor": _processor(),
        "kernels": choose_backend(backend, device).name,
        "instructions": load_extension()[1],
        "threads": num_threads(),
        "versions": [version(name) for name in ("cellwise", "torch", "numpy")],
        "probes": PROBES,
    }
    if device == "cuda":
        identity["device"] = describe_device(device)
    name = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "cellwise" / f"cost-{name}.json"


def _first(probes: Sequence[Probe]) -> Calibration:
    """Time all probes round after round while there is time."""
    begun = time.monotonic()
    shortest: list[PieceSeconds] = [probe.measure() for probe in probes]
    for _ in range(_FIRST_ROUNDS):
        if time.monotonic() - begun > _FIRST_SECONDS:
            break
        shortest = [p.measure().shortest(s) for p, s in zip(probes, shortest, strict=True)]
    return Calibration(shortest=tuple(shortest))


def look_again(known: Calibration, probes: Sequence[Probe]) -> tuple[Calibration, float]:
    """Time the probes that are next in turn, while there is time.

    Args:
        known: Shortest times so far.
        probes: All of them.

    Returns:
        The shortest times now; and the median over the probes of measured over shortest seconds of
        a step.
    """
    begun, shortest, looks = time.monotonic(), list(known.shortest), known.looks
    ratios: list[float] = []
    while len(ratios) < _LEAST_LOOKS or time.monotonic() - begun < _LOOK_SECONDS:
        index = looks % len(probes)
        found = probes[index].measure()
        shortest[index] = found.shortest(shortest[index])
        ratios.append(found.step / shortest[index].step)
        looks += 1
    return Calibration(shortest=tuple(shortest), looks=looks), float(np.median(ratios))


def fit_prices(probes: Sequence[Probe], taken: Sequence[PieceSeconds]) -> CostModel:
    """Fit prices to times.

    Args:
        probes: What was timed.
        taken: Times of each.

    Returns:
        Prices that are not negative, by least squares of relative errors.
    """
    steps, passes, scores = [], [], []
    for probe in probes:
        network, members = probe.experiment.network(probe.data), len(probe.experiment.members)
        batch = probe.experiment.settings.batch_size
        steps.append(pass_terms(network, probe.data, members, batch))
        passes.append(pass_terms(network, probe.data, members, _SCORED))
        scores.append([members, members * _SCORED * probe.data.horizon])
    forward = _prices(np.array(passes), np.array([t.validation for t in taken]))
    beside = np.array([t.scoring for t in taken]) - np.array(passes) @ forward
    used = beside > 0
    return CostModel(
        training=tuple(_prices(np.array(steps), np.array([t.step for t in taken])).tolist()),
        forward=tuple(forward.tolist()),
        scoring=tuple(_prices(np.array(scores)[used], beside[used]).tolist()),
    )


def _prices(terms: NDArray[np.float64], seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(seconds):
        return np.zeros(terms.shape[1])
    largest = np.maximum(terms.max(axis=0), 1.0)  # columns of like size keep the fit sound
    prices, _ = nnls(terms / largest / seconds[:, None], np.ones(len(seconds)))
    return np.asarray(prices / largest)


def _probe(
    text: str,
    members: int,
    batch: int,
    context: int,
    features: int,
    horizon: int,
    backend: Backend,
    device: Device = "cpu",
) -> Probe:
    settings = TrainingSettings(
        batch_size=batch,
        steps_per_epoch=_STEPS,
        epochs=1,
        warmup_steps=0,
        backend=backend,
        device=device,
    )
    experiment = Experiment(
        architecture=Architecture.parse(text),
        members=tuple(Member(fold=0, seed=seed, learning_rate=1e-3) for seed in range(members)),
        settings=settings,
    )
    return Probe(experiment, _noise(context, features, horizon, _STEPS * batch))


def _noise(context: int, features: int, horizon: int, windows: int) -> ForecastData:
    """Noise with so many windows to learn from; what the numbers are costs nothing."""
    rows = windows + _SCORED + context + horizon
    values = np.random.default_rng(0).standard_normal((rows, features)).astype(np.float32)
    starts = np.arange(windows + _SCORED, dtype=np.int64)
    stops = np.array([rows], dtype=np.int64)
    fold = Fold(
        name="probe",
        train_starts=starts[:windows],
        val_starts=starts[windows:],
        history_stops=stops,
    )
    return ForecastData(
        target=values[:, 0],
        past=values[:, 1:],
        known=values[:, :0],
        calendar=values[:, :0],
        target_name="y",
        past_names=tuple(f"x{index}" for index in range(1, features)),
        known_names=(),
        calendar_names=(),
        series=(_span(rows),),
        context_length=context,
        horizon=horizon,
        anchor="last",
        season_length=1,
        input_gain=1.0,
        output_gain=1.0,
        folds=(fold,),
        test=fold,
    )


def _span(rows: int) -> SeriesSpan:
    stops = dict.fromkeys(("stop", "train_stop", "val_stop", "test_stop"), rows)
    return SeriesSpan(name="", start=0, center=0.0, scale=1.0, mase_scale=1.0, **stops)


def _processor() -> str:
    """The model of the processor, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line for line in lines if line.startswith("model name")), "")
