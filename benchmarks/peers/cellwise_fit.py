"""Cellwise on the same job: `cellwise fit` with its defaults, univariate, without a calendar."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from _task import DATA, TASKS, Clock, report


def main(name: str, *options: str) -> None:
    task, clock = TASKS[name], Clock()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        command = [str(DATA / task.path), "--target", task.target, "--time", task.time]
        command += ["--horizon", str(task.horizon), "--split", ",".join(map(str, task.split))]
        command += ["--calendar", "none", "--out", str(out), "--json"]
        command += ["--missing", "interpolate"] if task.fill else []
        done = subprocess.run(
            [sys.executable, "-m", "cellwise", "fit", *command, *options],
            stdout=subprocess.PIPE,
            check=True,
        )
        evidence = json.loads((out / "evidence.json").read_text())
    verdict = json.loads(done.stdout.splitlines()[-1])
    report(
        " ".join(("Cellwise", *options)),
        task,
        clock,
        ("cellwise", "torch", "optuna"),
        mse=verdict["test"]["network"]["mse"],
        mae=verdict["test"]["original"]["network"]["mae"],
        benchmark=verdict["benchmark"],
        benchmark_mse=verdict["test"]["benchmark"]["mse"],
        trials=len(evidence["candidates"]),
        chosen=verdict["architecture"],
        verdict=verdict["verdict"],
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
