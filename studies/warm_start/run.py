"""Growth with and without warm starts: steps to the same error, and the size that is chosen.

Run: `python studies/warm_start/run.py [data set ...]`; writes results.json beside this file.
Each line of the table is a size; curves are means over folds and seeds of the best error so far.
"""

import json
import resource
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from cellwise.data import ForecastTask, prepare
from cellwise.run._settings import default_epochs
from cellwise.search import Candidate, SearchSettings, candidate_experiment, compare, evaluate
from cellwise.search._candidate import warm_experiment
from cellwise.search._choice import choose
from cellwise.search._configuration import RUNGS
from cellwise.search._growth import Growth
from cellwise.training import TrainingSettings, train_cohort

HERE = Path(__file__).parent
DATA = HERE.parents[1].parent / "shared" / "data"
BIKE = ("hr", "weekday", "workingday", "holiday", "weathersit", "temp", "hum", "windspeed")
TASKS = {
    "temperatures": (
        "univariate/daily-min-temperatures.csv",
        {"target": "Temp", "horizon": 7, "context_length": 28},
    ),
    "ETTh1": (
        "forecast_long/ETTh1.csv",
        {
            "target": "OT",
            "time": "date",
            "horizon": 24,
            "context_length": 48,
            "calendar": "none",
            "split": (8640, 2880, 2880),
        },
    ),
    "bike": (
        "tabular_hourly/bike_sharing_hour.csv",
        {
            "target": "cnt",
            "time": "instant",
            "horizon": 24,
            "context_length": 48,
            "known_covariates": BIKE,
        },
    ),
}


def cpu_seconds() -> float:
    """CPU seconds of this process so far, user and system, of all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@dataclass(slots=True)
class Ladder:
    """One search, what each size cost, and the same sizes trained once more without growing."""

    data: object
    settings: SearchSettings
    warm_share: float = 1.0  # of the epochs, for sizes that begin warm
    seconds: dict[str, float] = field(default_factory=dict)
    growth: Growth | None = None

    def run(self) -> None:
        """Grow."""
        self.growth = Growth(
            settings=self.settings,
            metric="mse",
            trial=self.trial,
            count_parameters=lambda a: a.num_parameters(
                input_size=self.data.input_size, output_size=self.data.output_size
            ),
        )
        self.growth.run()

    def trial(self, architecture, stage, centre) -> Candidate:
        """Train a size, from the incumbent if the starts are warm."""
        start = self.growth.incumbent if self.settings.warm else None
        return self.train(architecture, stage, centre, start)

    def train(self, architecture, stage, centre, start) -> Candidate:
        """Train a size, from another one if there is one."""
        begun = cpu_seconds()
        cold = candidate_experiment(architecture, self.settings, len(self.data.folds), centre)
        experiment, origin = warm_experiment(cold, start, self.data)
        if origin and self.warm_share < 1:
            experiment = shortened(experiment, self.warm_share)
        found = evaluate(experiment, train_cohort(experiment, self.data), stage, self.data, origin)
        self.seconds[f"{stage} {architecture}"] = cpu_seconds() - begun
        return found


def shortened(experiment, share: float):
    """The cohort with fewer epochs, over which its schedule runs."""
    epochs = max(2, round(experiment.settings.epochs * share))
    training = replace(experiment.settings, epochs=epochs, patience=max(6, epochs // 4))
    halving = tuple(sorted({max(1, int(epochs * rung)) for rung in RUNGS}))
    return replace(experiment, settings=training, halving=halving)


def best_so_far(candidate: Candidate) -> np.ndarray:
    """Mean over folds and seeds of the best monitored error up to each epoch."""
    record = candidate.record
    kept = [
        m for m in record.members if m.state != "halved" and m.learning_rate == record.learning_rate
    ]
    length = max(len(m.val_curve) for m in kept)
    curves = [np.minimum.accumulate(m.val_curve) for m in kept]
    return np.mean([np.pad(c, (0, length - len(c)), mode="edge") for c in curves], axis=0)


def member_epochs(candidate: Candidate) -> int:
    """Epochs of all members of a cohort, those that were halved as well."""
    return sum(len(m.train_curve) for m in candidate.record.members)


def first_at(curve: np.ndarray, error: float) -> int | None:
    """The first epoch at which a curve is at or below an error."""
    reached = np.flatnonzero(curve <= error * (1 + 1e-9))
    return int(reached[0]) + 1 if len(reached) else None


def summary(ladder: Ladder, steps: int) -> dict:
    """What a search tried, chose and cost."""
    growth = ladder.growth
    sound = [c for c in growth.candidates if not c.failed]
    chosen, _ = choose(sound, growth.incumbent, "mse", alpha=ladder.settings.alpha, goal=0.0)
    sizes = {}
    for one in growth.candidates:
        curve = best_so_far(one)
        sizes[str(one.architecture)] = {
            "error": one.record.error,
            "rate": one.record.learning_rate,
            "curve": [round(float(v), 6) for v in curve],
            "epochs_to_best": first_at(curve, curve[-1]),
            "member_steps": member_epochs(one) * steps,
            "cpu_seconds": round(ladder.seconds[f"{one.record.stage} {one.architecture}"], 1),
            "started_from": one.record.started_from,
        }
    return {
        "incumbent": str(growth.incumbent.architecture),
        "chosen": str(chosen.architecture),
        "chosen_error": chosen.record.error,
        "decisions": [
            [c.stage, c.candidate, c.incumbent, round(c.gain, 4), round(c.p_value, 4), c.accepted]
            for c in growth.comparisons
        ],
        "member_steps": sum(one["member_steps"] for one in sizes.values()),
        "cpu_seconds": round(sum(one["cpu_seconds"] for one in sizes.values()), 1),
        "sizes": sizes,
    }


def study(name: str, max_cells: int, seed: int) -> dict:
    """Search a data set cold and warm; train warm sizes once more without growing them."""
    path, options = TASKS[name]
    data = prepare(DATA / path, ForecastTask(**options)).data
    windows = max(len(fold.train_starts) for fold in data.folds)
    epochs = default_epochs(windows)
    training = TrainingSettings(epochs=epochs, patience=max(6, epochs // 4))
    steps = min(training.steps_per_epoch, -(-windows // training.batch_size))
    cold_settings = SearchSettings(
        max_cells=max_cells, max_layers=2, num_seeds=3, seed=seed, training=training
    )
    ladders = {}
    for word, share in (("cold", 0.0), ("warm", 1.0), ("warm, half the epochs", 0.5)):
        ladders[word] = Ladder(data, replace(cold_settings, warm=share > 0), share or 1.0)
        ladders[word].run()
    found = {word: summary(ladder, steps) for word, ladder in ladders.items()}
    found |= {"epochs": epochs, "steps_per_epoch": steps}
    found["again"] = again(ladders["warm"])
    for size, one in found["warm"]["sizes"].items():
        if size in found["cold"]["sizes"]:
            target = found["cold"]["sizes"][size]["curve"][-1]
            one["epochs_to_cold_error"] = first_at(np.array(one["curve"]), target)
    return found


def again(ladder: Ladder) -> dict:
    """Errors of warm-started sizes, and of what they began from after as many epochs more."""
    found: dict = {}
    for one in ladder.growth.candidates:
        if one.start is None:
            continue
        base = one.start
        name = str(base.architecture)
        if name not in found:
            rate = base.record.learning_rate
            more = ladder.train(base.architecture, "again", rate, base)
            paired = compare("mse", more.errors, base.errors)
            found[name] = {
                "before": base.record.error,
                "again": more.record.error,
                "gain": round(paired.gain, 4),
                "p_value": round(paired.p_value, 4),
                "larger": {},
            }
        found[name]["larger"][str(one.architecture)] = one.record.error
    return found


def main() -> None:
    """Study the data sets named, or all."""
    path = HERE / "results.json"
    results = json.loads(path.read_text()) if path.exists() else {}
    for argument in sys.argv[1:] or [*TASKS]:
        name, _, seed = argument.partition(":")
        begun = cpu_seconds()
        results[argument] = study(name, 16, int(seed or 0))
        results[argument]["cpu_seconds"] = round(cpu_seconds() - begun, 1)
        path.write_text(json.dumps(results, indent=1) + "\n")
        print(argument, results[argument]["cpu_seconds"], "CPU s", flush=True)


if __name__ == "__main__":
    main()
