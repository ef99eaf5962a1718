"""The job that all peers do: rows, windows and score of a forecasting table."""

import json
import os
import resource
import sys
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CONTEXT = 96  # what Cellwise takes for all three tables, from their seasonality


@dataclass(frozen=True)
class Task:
    """A table cut in time order; the test windows begin at every row of the test part."""

    name: str
    path: str
    target: str
    time: str
    horizon: int
    split: tuple[int, int, int]
    fill: bool = False

    def values(self) -> tuple[np.ndarray, float]:
        """Read the target, standardised by its training rows, and that deviation."""
        raw = pd.read_csv(DATA / self.path)[self.target]
        if self.fill:  # leading gaps are dropped, others interpolated, as Cellwise does
            raw = raw[raw.first_valid_index() :].interpolate()
        raw = raw.to_numpy(float)[: sum(self.split)]
        train = raw[: self.split[0]]
        return (raw - train.mean()) / train.std(), float(train.std())

    def origins(self, part: int) -> np.ndarray:
        """First forecast rows of the windows of a part (0 training, 1 validation, 2 test)."""
        ends = np.cumsum((0, *self.split))
        first = max(ends[part], CONTEXT)
        return np.arange(first, ends[part + 1] - self.horizon + 1)


TASKS = {
    task.name: task
    for task in (
        Task("etth1", "forecast_long/ETTh1.csv", "OT", "date", 24, (8640, 2880, 2880)),
        Task("vic_elec", "tabular_hourly/vic_elec.csv", "Demand", "Time", 48, (28000, 7088, 17520)),
        Task(
            "pollution",
            "tabular_hourly/pollution_beijing.csv",
            "pm2.5",
            "No",
            24,
            (26280, 8760, 8760),
            fill=True,
        ),
    )
}


def windows(values: np.ndarray, origins: np.ndarray, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut windows: inputs ``(N, CONTEXT, 1)`` and targets ``(N, horizon)``."""
    x = values[origins[:, None] + np.arange(-CONTEXT, 0)]
    y = values[origins[:, None] + np.arange(horizon)]
    return x[..., None].astype(np.float32), y.astype(np.float32)


def score(task: Task, forecasts: np.ndarray) -> dict[str, float]:
    """Score forecasts ``(N, horizon)`` of the test windows, standardised and in the table's unit."""
    values, deviation = task.values()
    _, truth = windows(values, task.origins(2), task.horizon)
    if forecasts.shape != truth.shape:
        raise ValueError(f"forecasts must have shape {truth.shape}, got {forecasts.shape}")
    difference = forecasts - truth
    return {
        "mse": float(np.mean(difference**2)),
        "mae": float(np.mean(np.abs(difference)) * deviation),
    }


class Clock:
    """Wall clock and processor seconds since it was made, children too."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.monotonic(), _cpu_seconds()

    def read(self) -> dict[str, float]:
        return {
            "seconds": round(time.monotonic() - self._wall, 1),
            "cpu_seconds": round(_cpu_seconds() - self._cpu, 1),
        }


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def report(peer: str, task: Task, clock: Clock, packages: tuple[str, ...], **found: object) -> None:
    """Print the result as the last line of stdout."""
    result = {
        "peer": peer,
        "task": asdict(task),
        **clock.read(),
        "cores": len(os.sched_getaffinity(0)),
        **found,
        "versions": {"python": sys.version.split()[0], **{p: version(p) for p in packages}},
    }
    print(json.dumps(result), flush=True)
