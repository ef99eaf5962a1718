import time

import numpy as np
import optuna
import pytest

from cellwise.search._fanova import variance_shares

UNIT = np.array([[0.0, 1.0]] * 4)


def points(formula, count=400, noise=0.0):
    chance = np.random.default_rng(0)
    x = chance.uniform(size=(count, 4))
    return x, formula(x) + noise * chance.normal(size=count)


def test_single_shares_are_those_of_optuna():
    x, y = points(lambda x: 3 * x[:, 0] + np.sin(6 * x[:, 1]) * x[:, 2], 60)
    study = optuna.create_study()
    names = [f"x{i}" for i in range(4)]
    float_range = optuna.distributions.FloatDistribution(0.0, 1.0)
    study.add_trials(
        [
            optuna.trial.create_trial(
                params=dict(zip(names, map(float, row), strict=True)),
                distributions=dict.fromkeys(names, float_range),
                value=float(value),
            )
            for row, value in zip(x, y, strict=True)
        ]
    )
    theirs = optuna.importance.FanovaImportanceEvaluator(seed=3).evaluate(study)
    ours = variance_shares(x, UNIT, y, seed=3).single.mean(axis=0)
    assert ours == pytest.approx([theirs[name] for name in names], rel=1e-6)


def test_planted_interaction_is_found_and_the_others_are_not():
    """Of (x0 - 1/2)(x1 - 1/2) all variance is in the pair; x2 adds one of its own."""
    x, y = points(lambda x: 12 * (x[:, 0] - 0.5) * (x[:, 1] - 0.5) + x[:, 2], 500)
    found = variance_shares(x, UNIT, y, seed=0)
    pairs = {pair: shares.mean() for pair, shares in found.pairs.items()}
    assert max(pairs, key=pairs.get) == (0, 1)
    # in truth 12 / 13 and 1 / 13; a forest sees a product less sharply than a sum
    assert pairs[0, 1] > 0.5 and found.single.mean(axis=0)[2] == pytest.approx(1 / 13, abs=0.05)
    assert max(share for pair, share in pairs.items() if pair != (0, 1)) < 0.05


def test_sum_of_settings_has_no_interaction():
    x, y = points(lambda x: x[:, 0] + 2 * x[:, 1], 300)
    found = variance_shares(x, UNIT, y, seed=0)
    assert found.single.mean(axis=0)[:2] == pytest.approx([0.2, 0.8], abs=0.05)
    assert all(shares.mean() < 0.02 for shares in found.pairs.values())


def test_all_shares_of_a_tree_of_two_settings_make_one():
    x, y = points(lambda x: x[:, 0] * x[:, 1], 50, noise=0.1)
    found = variance_shares(x[:, :2], UNIT[:2], y, seed=0)
    assert found.single.sum(axis=1) + found.pairs[0, 1] == pytest.approx(1.0)


def test_errors_that_are_all_the_same_have_no_shares():
    found = variance_shares(np.random.default_rng(0).uniform(size=(30, 4)), UNIT, np.ones(30), 0)
    assert found.single.shape == (0, 4) and found.pairs[0, 1].shape == (0,)


def test_twelve_settings_take_seconds():
    chance = np.random.default_rng(0)
    x = chance.uniform(size=(300, 12))
    begun = time.process_time()
    variance_shares(x, np.array([[0.0, 1.0]] * 12), x[:, 0] + chance.normal(size=300), 0)
    assert time.process_time() - begun < 30
