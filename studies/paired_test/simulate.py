"""Level and power of paired tests on simulated scores of two sizes.

A difference in window loss is an effect, plus noise of each training run (fold, seed), plus
window noise: overlapping windows (a moving average over the horizon) and a slow regime (AR(1)).
Error of the incumbent is 1, so effects are relative. `python studies/paired_test/simulate.py`;
with `scales`, folds of unlike difficulty, and differences with and without the fold's error taken out.
"""

import importlib.util
import sys
from pathlib import Path

import numpy as np
from scipy import signal

# the file alone: importing the search room would import torch
_SPEC = importlib.util.spec_from_file_location(
    "statistics_of_search",
    Path(__file__).parents[2] / "src" / "cellwise" / "search" / "_statistics.py",
)
tests = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(tests)

FOLDS, WINDOWS, HORIZON, LEVEL = 3, 960, 24, 0.025


# ETTh1, 8 against 16 cells: run noise 0.01, window noise 0.3; the regime is our worst case
SETTINGS = [(0.01, 0.1, 0.0), (0.01, 0.3, 0.0), (0.03, 0.3, 0.0), (0.01, 0.3, 0.3)]


def differences(rng, effect, seeds, run_noise, window_noise, regime):
    runs = effect + run_noise * rng.standard_normal((FOLDS, seeds, 1)) * np.sqrt(2)
    shape = (FOLDS, seeds, WINDOWS + HORIZON)
    shared = rng.standard_normal((1, 1, FOLDS * WINDOWS + HORIZON))
    overlap = signal.lfilter(np.ones(HORIZON) / np.sqrt(HORIZON), 1, shared)[..., HORIZON:]
    slow = signal.lfilter(
        [np.sqrt(1 - 0.995**2)], [1, -0.995], rng.standard_normal((1, 1, FOLDS * WINDOWS))
    )
    data = window_noise * (np.sqrt(1 - regime) * overlap + np.sqrt(regime) * slow)
    own = 0.3 * window_noise * rng.standard_normal(shape)[..., HORIZON:]
    return runs + data.reshape(FOLDS, 1, WINDOWS) + own


def p_values(d):
    by_run = d.mean(axis=2)
    series = d.mean(axis=1).reshape(-1)
    share = WINDOWS / (9 * WINDOWS)

    def blocks(per_fold):
        means = np.concatenate([tests.block_means(row, per_fold) for row in d.mean(axis=1)])
        return tests.two_noise_t(means, list(by_run))[1]

    return {
        "corrected t, folds x seeds": tests.corrected_resampled_t(by_run.reshape(-1), share)[1],
        "corrected t, fold means": tests.corrected_resampled_t(by_run.mean(axis=1), share)[1],
        "Diebold-Mariano": tests.diebold_mariano(series, HORIZON)[1],
        "2 blocks a fold + seeds": blocks(2),
        "3 blocks a fold + seeds": blocks(3),
        "4 blocks a fold + seeds": blocks(4),
    }


def main(repeats=2000):
    print("run noise, window noise, regime, seeds | share of p < .025 (and gain >= 1 %)")
    for run_noise, window_noise, regime in [
        (0.003, 0.3, 0.0),
        (0.01, 0.3, 0.0),
        (0.01, 0.3, 0.3),
        (0.03, 0.3, 0.3),
    ]:
        for seeds in (2, 3):
            for effect in (0.0, 0.03):
                rng = np.random.default_rng(0)
                hits: dict[str, list[bool]] = {}
                strict: dict[str, list[bool]] = {}
                for _ in range(repeats):
                    d = differences(rng, effect, seeds, run_noise, window_noise, regime)
                    for name, p in p_values(d).items():
                        hits.setdefault(name, []).append(p < LEVEL)
                        strict.setdefault(name, []).append(p < LEVEL and d.mean() >= 0.01)
                words = "; ".join(
                    f"{n} {np.mean(h):.3f} ({np.mean(strict[n]):.3f})" for n, h in hits.items()
                )
                print(
                    f"{run_noise} {window_noise} {regime} S={seeds} effect {effect}: {words}",
                    flush=True,
                )


def main_scales(repeats=1500):
    print("fold scales, run noise, window noise, regime | share of p < .025 and gain >= 1 %")
    for scales in ([1, 1, 1], [1, 1.6, 2.2], [4, 1, 2.5]):
        k = np.array(scales) / np.mean(scales)
        for noise in [(0.01, 0.3, 0.0), (0.03, 0.3, 0.0), (0.03, 0.3, 0.3), (0.06, 0.5, 0.0)]:
            for effect in (0.0, 0.03, 0.08):
                rng, hits = np.random.default_rng(0), []
                for _ in range(repeats):
                    d = differences(rng, effect, 3, *noise) * k[:, None, None]
                    # the incumbent's error in each fold has a noise that the candidate shares
                    level = k * (1 + 0.1 * rng.standard_normal(3)) + d.mean(axis=(1, 2)) / 2
                    enough = d.mean() / level.mean() >= 0.01
                    relative = d / level[:, None, None]
                    both = (p_values(one)["3 blocks a fold + seeds"] for one in (d, relative))
                    hits.append([p < LEVEL and enough for p in both])
                absolute, relative = np.mean(hits, axis=0)
                print(
                    f"{scales} {noise} effect {effect}: {absolute:.3f} {relative:.3f}", flush=True
                )


if __name__ == "__main__":
    main_scales() if sys.argv[1:] == ["scales"] else main()
