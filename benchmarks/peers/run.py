"""Run all peers one after the other on the same rows and write what they found, in place of what was known.

`python benchmarks/peers/run.py PEERS_PYTHON [TASK ...]`, with the interpreter of a virtual
environment that has `requirements.txt`; Cellwise runs in this one, which needs pandas.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "results" / "peers.json"
OURS = [
    ("cellwise_fit.py",),
    ("cellwise_fit.py", "--budget", "20s"),
]
PEERS = [
    ("autolstm.py",),
    ("optuna_torch.py",),
    ("optuna_torch.py", "anchor"),
    ("hyperband.py", "600"),
]


def run(python: str, script: str, *arguments: str) -> dict:
    """Run one peer; its result is the last line of its output."""
    print(f"{script} {' '.join(arguments)}", file=sys.stderr, flush=True)
    done = subprocess.run(
        [python, str(HERE / script), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    if done.returncode:
        return {
            "peer": script,
            "task": {"name": arguments[0]},
            "failed": f"exit status {done.returncode}",
        }
    return json.loads(done.stdout.splitlines()[-1]) | {"load_after": os.getloadavg()[0]}


def job_of(result: dict) -> tuple[str, str, int | None]:
    """What a result is of: a later one takes its place."""
    return result["peer"], result["task"]["name"], result.get("cores")


def main(python: str, *tasks: str) -> None:
    found = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    for task in tasks or ("etth1",):
        jobs = [(sys.executable, *job) for job in OURS] + [(python, *job) for job in PEERS]
        for interpreter, script, *options in jobs:
            latest = run(interpreter, script, task, *options)
            found = [one for one in found if job_of(one) != job_of(latest)] + [latest]
            RESULTS.write_text(json.dumps(found, indent=1) + "\n")
            print(json.dumps(found[-1]), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
