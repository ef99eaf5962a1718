"""Does a stack of 30 layers train? Plain, with residual connections, and with layer norm too.

`python studies/deep_residual/run.py` (about ten minutes on 2 cores) writes `results.json` and
`curves.svg` beside itself. Weekly CO2 at Mauna Loa (in statsmodels), one step ahead from 26 weeks;
3 seeds and 3 learning rates each, the best rate by validation error.
"""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import statsmodels.api as sm

from cellwise.architecture import Architecture
from cellwise.data import ForecastTask, prepare
from cellwise.training import Experiment, Member, TrainingSettings, train_cohort

HERE = Path(__file__).parent
STACKS = {
    "1 layer": "lstm(8)",
    "30 layers, plain": "30*lstm(8)",
    "30 layers, residual": "lstm(8) > 29*lstm(8, residual)",
    "30 layers, residual and layer norm": "lstm(8, ln) > 29*lstm(8, ln, residual)",
}
RATES, SEEDS, EPOCHS = (0.003, 0.01, 0.03), (0, 1, 2), 12
COLOURS = ("#6b7280", "#dc2626", "#2563eb", "#059669")


def data():
    series = sm.datasets.co2.load_pandas().data["co2"].interpolate()
    task = ForecastTask(target="y", horizon=1, context_length=26)
    return prepare(pa.table({"y": series.to_numpy()}), task).data


def train(text, windows):
    """Training curves of the best learning rate, (seeds, epochs), and its validation errors."""
    members = tuple(
        Member(fold=0, seed=seed, learning_rate=rate) for rate in RATES for seed in SEEDS
    )
    settings = TrainingSettings(epochs=EPOCHS, steps_per_epoch=40, patience=0)
    experiment = Experiment(
        architecture=Architecture.parse(text), members=members, settings=settings
    )
    records = train_cohort(experiment, windows).members
    by_rate = [records[i : i + len(SEEDS)] for i in range(0, len(records), len(SEEDS))]
    best = min(by_rate, key=lambda group: np.mean([r.error for r in group]))
    return {
        "learning_rate": best[0].learning_rate,
        # a member that blew up ends early: its last epochs are NaN
        "training": [[*r.train_curve, *[np.nan] * (EPOCHS - len(r.train_curve))] for r in best],
        "validation": [r.error for r in best],
    }


def draw(results):
    """Mean training loss by epoch on a logarithmic scale, a line each."""
    curves = {name: np.nanmean(r["training"], axis=0) for name, r in results.items()}
    low = np.floor(np.log10(min(c.min() for c in curves.values())) * 2) / 2
    high = np.ceil(np.log10(max(c.max() for c in curves.values())) * 2) / 2

    def place(epoch, value):
        x = 60 + 480 * (epoch - 1) / (EPOCHS - 1)
        return f"{x:.1f},{30 + 250 * (high - np.log10(value)) / (high - low):.1f}"

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 330" font-family="sans-serif"'
        ' font-size="12"><rect width="760" height="330" fill="white"/>'
    ]
    for tick in np.arange(low, high + 0.01, 0.5):
        y = place(1, 10**tick).split(",")[1]
        parts.append(f'<path d="M60 {y}H540" stroke="#e5e7eb"/>')
        parts.append(f'<text x="54" y="{float(y) + 4}" text-anchor="end">{10**tick:.2g}</text>')
    for epoch in range(1, EPOCHS + 1):
        x = place(epoch, 10**low).split(",")[0]
        parts.append(f'<text x="{x}" y="300" text-anchor="middle">{epoch}</text>')
    for curve, colour in zip(curves.values(), COLOURS, strict=True):
        points = " ".join(place(i + 1, v) for i, v in enumerate(curve))
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
    for i, (name, colour) in enumerate(zip(curves, COLOURS, strict=True)):
        parts.append(f'<text x="550" y="{50 + 20 * i}" fill="{colour}">{name}</text>')
    parts.append('<text x="300" y="322" text-anchor="middle">epoch (40 steps)</text>')
    parts.append('<text x="60" y="18">mean training loss of 3 seeds, standardised MSE</text></svg>')
    (HERE / "curves.svg").write_text("\n".join(parts))


def main():
    windows, results = data(), {}
    for name, text in STACKS.items():
        results[name] = {"architecture": text, **train(text, windows)}
        last = [round(curve[-1], 5) for curve in results[name]["training"]]
        print(f"{name}: training {last}, validation {results[name]['validation']}", flush=True)
    text = json.dumps(results, indent=1).replace("NaN", "null")
    (HERE / "results.json").write_text(text + "\n")
    draw(results)


if __name__ == "__main__":
    main()
