"""Expected numbers: the vectors of the theory notes, scipy, and small independent code."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cellwise.search._statistics import (
    block_means,
    corrected_resampled_t,
    diebold_mariano,
    holm,
    long_run_variance,
    runs_needed,
    two_noise_t,
)

DIFFERENCES = np.array([0.012, 0.020, 0.005, 0.018, 0.010, 0.015, 0.009, 0.022, 0.004, 0.013])


@pytest.mark.parametrize(
    ("share", "t", "p"), [(1 / 9, 4.60344, 6.421e-4), (0.25, 3.57523, 2.988e-3)]
)
def test_corrected_resampled_t_is_that_of_nadeau_and_bengio(share, t, p):
    found = corrected_resampled_t(DIFFERENCES, share)
    assert found[0] == pytest.approx(t, abs=5e-6)
    assert found[1] == pytest.approx(p, rel=2e-4)


def test_without_overlap_it_is_the_plain_t_test():
    expected = stats.ttest_1samp(DIFFERENCES, 0.0, alternative="greater")
    found = corrected_resampled_t(DIFFERENCES, 0.0)
    assert found == pytest.approx(tuple(expected))
    # theory.md 11
    assert found == pytest.approx((6.68864, 4.48e-5), rel=2e-3)


def test_signed_ranks_agree_with_the_corrected_test():
    # theory.md 11, a second opinion without a normal distribution: W = 55, p = 9.766e-4
    ranks = stats.wilcoxon(DIFFERENCES, alternative="greater")
    assert (ranks.statistic, ranks.pvalue) == (55, pytest.approx(9.766e-4, rel=1e-4))
    for share in (1 / 9, 0.25):
        assert (corrected_resampled_t(DIFFERENCES, share)[1] < 0.05) == (ranks.pvalue < 0.05)


def test_worked_adjustment_of_holm():
    assert holm((0.01, 0.04, 0.03, 0.005)) == pytest.approx((0.03, 0.06, 0.06, 0.02))


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_lies_between_no_adjustment_and_bonferronis(p_values):
    adjusted, number = holm(p_values), len(p_values)
    for p, found in zip(p_values, adjusted, strict=True):
        assert p <= found <= min(1.0, number * p) or found == pytest.approx(min(1.0, number * p))
    pairs = sorted(zip(p_values, adjusted, strict=True))
    assert [found for _, found in pairs] == sorted(adjusted)


def test_holm_keeps_the_error_of_the_family():
    rng = np.random.default_rng(0)
    finds = [min(holm(p)) < 0.05 for p in rng.uniform(size=(4000, 5))]
    assert np.mean(finds) == pytest.approx(0.05, abs=0.012)


def test_worked_numbers_of_runs():
    assert [runs_needed(effect) for effect in (2.0, 1.0, 0.5)] == [4, 8, 27]


def test_runs_are_as_many_as_a_simulation_needs():
    rng, runs = np.random.default_rng(0), int(runs_needed(0.7, alpha=0.01))
    draws = rng.normal(0.7, 1.0, (20_000, runs))
    shown = stats.ttest_1samp(draws, 0.0, axis=1, alternative="greater").pvalue < 0.01
    assert shown.mean() == pytest.approx(0.8, abs=0.03)


def test_an_effect_next_to_nothing_needs_more_runs_than_anyone_makes():
    assert runs_needed(0.01) == math.inf
    assert runs_needed(0.08) > runs_needed(0.1)


def by_hand_diebold_mariano(d, horizon):
    """Harvey, Leybourne & Newbold (1997), written with plain loops."""
    n, mean = len(d), sum(d) / len(d)
    total = 0.0
    for lag in range(horizon):
        gamma = sum((d[i] - mean) * (d[i - lag] - mean) for i in range(lag, n)) / n
        total += gamma if lag == 0 else 2 * gamma
    dm = mean / math.sqrt(total / n)
    statistic = dm * math.sqrt((n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n)
    return statistic, 1 - stats.t.cdf(statistic, n - 1)


@pytest.mark.parametrize("horizon", [1, 2, 5])
@pytest.mark.parametrize("seed", range(3))
def test_diebold_mariano_is_that_of_harvey_leybourne_newbold(horizon, seed):
    noise = np.random.default_rng(seed).normal(size=60 + horizon)
    d = 0.1 + np.convolve(noise, np.ones(horizon), "valid")
    assert diebold_mariano(d, horizon) == pytest.approx(by_hand_diebold_mariano(d, horizon))


def test_diebold_mariano_is_one_sided():
    d = np.random.default_rng(0).normal(1.0, 1.0, 50)
    assert diebold_mariano(d, 1)[1] < 0.01
    assert diebold_mariano(-d, 1)[1] > 0.99


def test_equal_forecasts_are_no_improvement():
    assert diebold_mariano(np.zeros(20), 3) == (0.0, 1.0)


def test_constant_improvement_is_certain():
    assert diebold_mariano(np.ones(20), 1) == (math.inf, 0.0)


def test_negative_estimate_falls_back_to_bartlett():
    values = np.array([1.0, -1.0] * 10)  # gamma_0 = 1, gamma_1 = -0.95: 1 - 1.9 < 0
    assert long_run_variance(values, 1) == pytest.approx(1 - 0.95)


def test_long_run_variance_of_white_noise_is_its_variance():
    values = np.random.default_rng(0).normal(0, 2.0, 40_000)
    assert long_run_variance(values, 3) == pytest.approx(4.0, rel=0.05)


def test_blocks_are_consecutive_and_nearly_equal():
    assert block_means(np.arange(7.0), 3).tolist() == [1.0, 3.5, 5.5]


def test_short_series_have_fewer_blocks():
    assert block_means(np.array([2.0, 4.0]), 3).tolist() == [2.0, 4.0]


def test_two_noise_t_without_seeds_is_the_t_test_of_the_blocks():
    blocks = DIFFERENCES[:6]
    expected = stats.ttest_1samp(blocks, 0.0, alternative="greater")
    found = two_noise_t(blocks, [np.array([d]) for d in blocks])
    assert found == pytest.approx(tuple(expected))


def test_two_noise_t_adds_both_variances_with_satterthwaites_degrees():
    blocks = np.array([0.1, 0.3, 0.2, 0.4])
    runs = [np.array([0.1, 0.3]), np.array([0.2, 0.4])]
    # blocks: variance 1/60, of the mean 1/240; runs: pooled variance 0.02, of the mean 0.005
    data, optimisation = 1 / 240, 0.005
    degrees = (data + optimisation) ** 2 / (data**2 / 3 + optimisation**2 / 2)
    t = 0.25 / math.sqrt(data + optimisation)
    assert two_noise_t(blocks, runs) == pytest.approx((t, stats.t.sf(t, degrees)))


@pytest.mark.parametrize("noise", [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0)])
def test_two_noise_t_keeps_its_level(noise):
    rng, hits, trials = np.random.default_rng(0), 0, 2000
    for _ in range(trials):
        data = noise[0] * rng.normal(size=(3, 3))  # (folds, blocks)
        seeds = noise[1] * rng.normal(size=(3, 2))  # (folds, seeds)
        blocks = (data + seeds.mean(axis=1, keepdims=True)).ravel()
        runs = [d.mean() + s for d, s in zip(data, seeds, strict=True)]
        hits += two_noise_t(blocks, runs)[1] < 0.05
    # three standard errors of a share of 5 %
    assert hits / trials <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / trials)
