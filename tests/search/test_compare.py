import math
from dataclasses import astuple

import numpy as np
import pytest
from scipy import stats

from cellwise.search import compare, decide, overall
from cellwise.search._compare import Paired, gain_words, relative_gain


def folds(shape, seed, mean):
    rng = np.random.default_rng(seed)
    return tuple(np.abs(rng.normal(mean, 0.1, shape)) for _ in range(3))


def test_overall_is_the_mean_over_seeds_and_folds():
    errors = (np.array([[1.0, 3.0], [4.0, 4.0]]), np.array([[9.0, 9.0, 9.0]] * 2))
    assert overall("mse", errors) == pytest.approx((3 + 9) / 2)


def test_overall_rmse_takes_the_root_of_each_run():
    errors = (np.array([[4.0, 4.0], [16.0, 16.0]]),)
    assert overall("rmse", errors) == pytest.approx((2 + 4) / 2)


def test_one_seed_gives_the_t_test_of_the_block_means():
    candidate, incumbent = folds((1, 9), 0, 0.5), folds((1, 9), 1, 0.6)
    blocks = np.concatenate(
        [
            (i - c)[0].reshape(3, 3).mean(axis=1) / i.mean()
            for c, i in zip(candidate, incumbent, strict=True)
        ]
    )
    expected = stats.ttest_1samp(blocks, 0.0, alternative="greater")
    found = compare("mse", candidate, incumbent)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.difference == pytest.approx(blocks.mean())
    assert found.standard_error == pytest.approx(stats.sem(blocks))
    assert found.gain == pytest.approx(1 - np.mean(candidate) / np.mean(incumbent))


def test_folds_of_unlike_difficulty_count_alike():
    candidate, incumbent = folds((3, 9), 0, 0.5), folds((3, 9), 1, 0.6)
    scales = (4.0, 1.0, 2.5)
    harder = [
        tuple(k * e for k, e in zip(scales, es, strict=True)) for es in (candidate, incumbent)
    ]
    plain, scaled = compare("mse", candidate, incumbent), compare("mse", *harder)
    assert scaled.p_value == pytest.approx(plain.p_value)
    assert scaled.difference == pytest.approx(plain.difference)
    assert scaled.gain != pytest.approx(plain.gain)  # what is reported is the error as it stands


def test_method_without_seeds_is_paired_with_every_seed():
    network, method = folds((2, 9), 0, 0.5), folds((1, 9), 1, 0.6)
    twice = tuple(np.repeat(m, 2, axis=0) for m in method)
    once, again = compare("mse", network, method), compare("mse", network, twice)
    assert astuple(once) == pytest.approx(astuple(again))


def test_the_same_errors_are_no_gain():
    errors = folds((2, 9), 0, 0.5)
    found = compare("mse", errors, errors)
    assert (found.gain, found.difference, found.standard_error) == (0.0, 0.0, 0.0)
    assert found.p_value == 1.0


def test_nothing_beats_a_perfect_method():
    perfect = tuple(np.zeros((1, 9)) for _ in range(3))
    assert compare("mse", folds((2, 9), 0, 0.5), perfect).gain == -math.inf
    assert compare("mse", perfect, perfect).gain == 0.0


@pytest.mark.parametrize(
    ("error", "reference", "gain"),
    [(0.9, 1.0, 0.1), (2.0, 1.0, -1.0), (0.0, 1.0, 1.0), (0.0, 0.0, 0.0), (1.0, 0.0, -math.inf)],
)
def test_relative_gain_is_the_share_that_is_gone(error, reference, gain):
    assert relative_gain(error, reference) == pytest.approx(gain)


@pytest.mark.parametrize(
    ("gain", "p", "accepted", "reason"),
    [
        (0.05, 0.01, True, "5.0% better, p = 0.01"),
        (0.05, 0.2, False, "5.0% better, but p = 0.2 is not below 0.05"),
        (0.005, 0.01, False, "0.5% better, less than the 1% that counts"),
        (-0.03, 0.9, False, "3.0% worse"),
        (0.05, 0.05, False, "5.0% better, but p = 0.05 is not below 0.05"),
    ],
)
def test_decision_says_why(gain, p, accepted, reason):
    paired = Paired(gain=gain, difference=gain, standard_error=0.1, p_value=p)
    record = decide(paired, stage="width", candidate="a", incumbent="b", alpha=0.05, min_gain=0.01)
    assert (record.accepted, record.reason) == (accepted, reason)
    assert (record.candidate, record.incumbent, record.stage) == ("a", "b", "width")


@pytest.mark.parametrize(
    ("gain", "words"),
    [(0.081, "8.1% better"), (-0.5, "50.0% worse"), (0.0, "no better"), (-math.inf, "worse")],
)
def test_gain_in_words(gain, words):
    assert gain_words(gain) == words
