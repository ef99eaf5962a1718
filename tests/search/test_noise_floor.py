import math

import numpy as np
import polars as pl
import pytest

from cellwise.data import ForecastTask, prepare
from cellwise.search._noise_floor import noise_floor


def data_of(values, horizon=1):
    task = ForecastTask(target="y", horizon=horizon, context_length=8, num_folds=2)
    return prepare(pl.DataFrame({"y": values}), task).data


def floor(data, metric="mse", best=math.inf):
    return noise_floor(data, data.folds[0].train_starts, metric, best)


def wave(noise, seed=0, n=3000):
    rng = np.random.default_rng(seed)
    return np.sin(np.arange(n) * 2 * np.pi / 25) + noise * rng.normal(size=n)


@pytest.mark.parametrize("noise", [0.3, 0.6, 1.0])
def test_variance_of_known_noise_is_found_within_a_factor_of_two(noise):
    data = data_of(wave(noise))
    truth = noise**2 / data.series[0].scale ** 2
    assert truth / 2 < floor(data) < 2 * truth


def test_white_noise_is_all_floor():
    assert floor(data_of(np.random.default_rng(0).normal(size=2000))) == pytest.approx(1, abs=0.25)


def test_a_map_without_noise_has_a_floor_near_0():
    x = [0.4]
    for _ in range(2999):
        x.append(3.9 * x[-1] * (1 - x[-1]))  # chaotic, yet each value gives the next
    assert floor(data_of(np.array(x))) < 0.05


def test_a_little_above_the_best_error_is_taken_down_to_it():
    data = data_of(wave(1.0))
    best = floor(data, best=1e9) / 1.1
    assert floor(data, best=best) == best


def test_far_above_the_best_error_is_no_estimate():
    assert np.isnan(floor(data_of(wave(1.0)), best=0.01))


def test_metrics_agree_on_gaussian_noise():
    data = data_of(wave(0.6))
    mse = floor(data)
    mae = math.sqrt(2 / math.pi) * math.sqrt(mse)
    assert floor(data, "rmse") == pytest.approx(math.sqrt(mse))
    assert floor(data, "mae") == pytest.approx(mae)
    assert floor(data, "mase") == pytest.approx(mae / data.series[0].mase_scale)


def test_smape_has_no_floor():
    assert math.isnan(floor(data_of(wave(0.6)), "smape"))


def test_few_windows_have_no_floor():
    data = data_of(wave(0.6))
    assert math.isnan(noise_floor(data, data.folds[0].train_starts[:39], "mse", 1.0))


@pytest.mark.parametrize(
    "values",
    [
        np.tile([0.0, 1.0, 3.0, 2.0], 100),
        np.random.default_rng(0).integers(0, 2, 400).astype(float),
        np.repeat([0.0, 1.0], 200),
        np.arange(400.0),
    ],
    ids=["periodic", "coin", "step", "ramp"],
)
def test_values_on_a_lattice_have_a_finite_floor(values):
    assert 0 <= floor(data_of(values)) <= 2
