"""Growth alone, tuning after growth, and a joint search in the same time, on three tables.

`python studies/tuning/run.py [BUDGET] [TABLE ...]`. Tuning begins with what growth has chosen, and both
are trained afresh with the same seeds, so one run gives both test errors.
"""

import json
import sys
from pathlib import Path

import cellwise

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[2] / "shared" / "data"
TABLES = {
    "etth1": {
        "table": DATA / "forecast_long" / "ETTh1.csv",
        "target": "OT",
        "time": "date",
        "horizon": 24,
        "split": (8640, 2880, 2880),
        "calendar": "none",
    },
    "vic_elec": {
        "table": DATA / "tabular_hourly" / "vic_elec.csv",
        "target": "Demand",
        "time": "Time",
        "horizon": 48,
        "known_covariates": ("Temperature", "Holiday"),
        "timezone": "Australia/Melbourne",
        "split": (28000, 7088, 17520),
    },
    "pollution": {
        "table": DATA / "tabular_hourly" / "pollution_beijing.csv",
        "target": "pm2.5",
        "time": "No",
        "horizon": 24,
        "past_covariates": ("DEWP", "TEMP", "PRES", "Iws", "Is", "Ir"),
        "missing": "interpolate",
        "split": (26280, 8760, 8760),
    },
}


def fit(name: str, out: Path, **options: object) -> cellwise.Run:
    """Fit a table within the limits that both searches share."""
    return cellwise.fit(**TABLES[name], out=out, force=True, max_cells=32, max_layers=2, **options)


def finals(run: cellwise.Run) -> dict[str, dict[str, object]]:
    """Test errors by role: mean and range over five fresh seeds."""
    return {
        final.role: {
            "architecture": final.architecture,
            "test": sum(final.errors) / len(final.errors),
            "lowest": min(final.errors),
            "highest": max(final.errors),
        }
        for final in run.evidence.finals
    }


def main(budget: str = "6m", *names: str) -> None:
    results = HERE / "results.json"
    found = json.loads(results.read_text()) if results.exists() else {}
    for name in names or TABLES:
        tuned = fit(name, Path("runs") / f"{name}-tuned", tune=True, budget=budget)
        seconds = tuned.verdict.seconds
        joint = fit(
            name,
            Path("runs") / f"{name}-tpe",
            search="tpe",
            trials=10_000,
            budget=f"{seconds:.0f}s",
        )
        stages = tuned.evidence.tuning.stages if tuned.evidence.tuning else ()
        found[name] = {
            "metric": tuned.evidence.data.metric,
            "benchmark": [tuned.verdict.benchmark, tuned.verdict.benchmark_test.mse],
            "growth_seconds": sum(c.seconds for c in tuned.evidence.candidates),
            "tuning_seconds": sum(stage.seconds for stage in stages),
            "seconds": seconds,
            "stages": {stage.name: stage.reason for stage in stages},
            "missing": tuned.verdict.missing,
            "tuned": finals(tuned),
            "tpe": finals(joint),
            "tpe_trials": len(joint.evidence.candidates),
            "tpe_seconds": joint.verdict.seconds,
        }
        results.write_text(json.dumps(found, indent=1) + "\n")
        print(json.dumps(found[name]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
