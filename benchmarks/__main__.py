"""Run every case in alternation and print ratios; `--json FILE` writes them."""

import argparse
import json
import platform
import statistics
import subprocess
from pathlib import Path

import torch

from benchmarks.cases import CASES, THREADS, cohort_seconds, data_of, plain_seconds


def measure(case, repeats):
    data = data_of(case)
    cohort_seconds(case, data), plain_seconds(case, data, 1)  # warm-up
    rows = []
    for _ in range(repeats):  # A B C, A B C: a busy moment hits all of them
        rows.append(
            (
                cohort_seconds(case, data),
                plain_seconds(case, data, 1),
                plain_seconds(case, data, THREADS),
            )
        )
    ratios = [min(one, all_) / cohort for cohort, one, all_ in rows]
    steps = case.members * case.steps
    return {
        "name": case.name,
        "model_steps_per_second": steps / statistics.median(r[0] for r in rows),
        "torch_best": steps / statistics.median(min(r[1:]) for r in rows),
        "ratio": statistics.median(ratios),
        "ratio_spread": [min(ratios), max(ratios)],
    }


def commit():
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    found = []
    for case in CASES:
        found.append(measure(case, arguments.repeats))
        row = found[-1]
        low, high = row["ratio_spread"]
        print(
            f"{row['name']:<24} {row['model_steps_per_second']:8.0f} model-steps/s, "
            f"{row['ratio']:.2f}x a torch.nn.LSTM loop ({low:.2f} to {high:.2f})",
            flush=True,
        )
    if arguments.json:
        about = {"torch": torch.__version__, "machine": platform.processor() or platform.machine()}
        about |= {
            "threads": THREADS,
            "commit": commit(),
            "against": "serial loop, best of 1 and 2 threads",
        }
        arguments.json.write_text(json.dumps({**about, "cases": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
