from dataclasses import replace

import numpy as np
import pytest

from cellwise.architecture import RecurrentLayer
from cellwise.search._importance import LEAST_TRIALS, Importances, importances, marginal, parameters
from cellwise.search._layer_options import LAYER_OPTIONS


@pytest.fixture
def records(make_candidate):
    """Give a function that makes trials whose error is a formula of their settings."""

    def make(error_of, num_trials=60):
        chance, found = np.random.default_rng(0), []
        for _ in range(num_trials):
            cells = int(2 ** chance.integers(1, 6))
            settings = {
                "learning_rate": float(10 ** chance.uniform(-4, 0)),
                "dropout": float(chance.uniform(0, 0.5)),
                "optimizer": str(chance.choice(["adam", "sgd"])),
                "momentum": 0.0,
                "nesterov": False,
                "batch_size": 64,
            }
            record = make_candidate(f"lstm({cells})", ()).record
            error = error_of(cells, settings)
            found.append(replace(record, settings=settings, error=error))
        return found

    return make


def rate_counts(cells, settings):
    return 1 + (np.log10(settings["learning_rate"]) + 2) ** 2 + 0.05 * np.log2(cells)


def test_setting_that_counts_comes_first_by_both(records):
    found = importances(records(rate_counts), seed=0).settings
    assert found[0].name == "learning_rate" and found[0].fanova > 0.7
    assert 0 < found[0].fanova_deviation < 0.3
    assert max(found, key=lambda one: one.ped_anova).name == "learning_rate"
    assert 0.7 < sum(one.fanova for one in found) <= 1.0


def test_settings_that_never_varied_are_left_out(records):
    names = {one.name for one in importances(records(rate_counts), seed=0).settings}
    assert names == {"num_cells", "learning_rate", "dropout", "optimizer"}


def test_few_trials_say_nothing(records):
    assert importances(records(rate_counts, LEAST_TRIALS - 1), seed=0) == Importances()


def test_planted_interaction_is_told_apart_from_what_settings_do_alone(records):
    def together(cells, settings):
        rate = np.log10(settings["learning_rate"]) + 2
        return 1 + 0.5 * rate * (settings["dropout"] - 0.25)

    found = importances(records(together, 300), seed=0)
    assert found.pairs[0].names == ("dropout", "learning_rate") and found.pairs[0].share > 0.5
    assert all(one.fanova < 0.15 for one in found.settings)
    assert found.pairs[1].share < 0.1 < found.pairs[0].share - 3 * found.pairs[0].deviation


def test_settings_that_add_up_do_not_interact(records):
    found = importances(records(rate_counts, 200), seed=0)
    assert sum(one.fanova for one in found.settings) > 0.85
    assert found.pairs[0].share < 0.05


def test_looking_ahead_is_an_optimizer_of_its_own(make_candidate):
    record = make_candidate("lstm(2) > lstm(4)", ()).record
    settings = {"optimizer": "sgd", "momentum": 0.9, "nesterov": True, "l1": 0.0}
    plain = {n: getattr(RecurrentLayer(cell="lstm", hidden_size=1), n) for n in LAYER_OPTIONS}
    assert parameters(replace(record, settings=settings)) == {
        **plain,
        "num_layers": 2,
        "num_cells": 6,
        "optimizer": "nesterov",
        "l1": 0.0,
    }


def test_marginal_of_few_values_has_a_point_each_with_its_spread():
    points = marginal(["sgd", "adam", "adam"], [3.0, 1.0, 2.0])
    assert [(p.value, p.error, p.num_trials) for p in points] == [("adam", 1.5, 2), ("sgd", 3.0, 1)]
    assert points[0].standard_error == pytest.approx(0.5)
    assert np.isnan(points[1].standard_error)


def test_marginal_of_many_numbers_has_five_bins_of_equal_count():
    points = marginal(list(np.linspace(0, 1, 50)), [float(i) for i in range(50)])
    assert [p.num_trials for p in points] == [10] * 5
    assert [p.error for p in points] == [4.5, 14.5, 24.5, 34.5, 44.5]
    assert points[0].value == "0 to 0.184"
