"""Growth over synthetic trials: its decisions on noise, and on curves with a known end."""

import numpy as np
import pytest

from cellwise.architecture import Architecture
from cellwise.search import SearchSettings
from cellwise.search._growth import Growth, doubling, equal_budget_pair

FOLDS, SEEDS, WINDOWS = 3, 2, 30


def count(architecture):
    return architecture.num_parameters(input_size=1, output_size=1)


@pytest.fixture
def grow(make_candidate):
    """Give a function that runs growth where each size has the error of a curve plus noise."""

    def run(curve, *, data=0.05, seeds=0.001, seed=0, **settings):
        rng = np.random.default_rng(seed)
        centres = []

        def trial(architecture, stage, centre):
            centres.append(centre)
            level = curve(architecture)
            if level is None:
                return make_candidate(architecture, (), stage=stage, rate=float("nan"))
            errors = tuple(
                level + rng.normal(0, data, (1, WINDOWS)) + rng.normal(0, seeds, (SEEDS, 1))
                for _ in range(FOLDS)
            )
            return make_candidate(architecture, errors, stage=stage, rate=2 * centre)

        growth = Growth(
            settings=SearchSettings(**{"max_cells": 64, "max_layers": 1, **settings}),
            metric="mse",
            trial=trial,
            count_parameters=count,
        )
        growth.run()
        return growth, centres

    return run


def sizes(growth, stage="width"):
    return [c.architecture.hidden_sizes for c in growth.candidates if c.record.stage == stage]


@pytest.mark.parametrize(("data", "seeds"), [(0.05, 0.01), (0.01, 0.05), (0.05, 0.0)])
def test_on_pure_noise_width_grows_in_at_most_5_percent_of_searches(data, seeds, grow):
    searches = 400
    grown = sum(
        grow(lambda a: 0.5, data=data, seeds=seeds, seed=s)[0].incumbent.architecture.num_cells > 2
        for s in range(searches)
    )
    assert grown / searches <= 0.05


def test_curve_that_flattens_is_climbed_to_where_gains_end(grow):
    found = [
        grow(lambda a: 0.30 + 0.35 / a.num_cells, seed=s, data=0.004, seeds=0.001)[0]
        for s in range(20)
    ]
    ends = [g.incumbent.architecture.num_cells for g in found]
    # 32 is 1.7 % better than 16, 64 only 1.8 % better than 32
    assert np.median(ends) in (32, 64) and min(ends) >= 16


def test_gain_of_depth_is_found(grow):
    def curve(a):
        return 0.5 if a.num_layers == 1 else 0.3

    growth, _ = grow(curve, max_layers=2, data=0.01)
    assert growth.incumbent.architecture.num_layers == 2
    assert [c.stage for c in growth.comparisons if c.accepted] == ["depth 2"]
    assert "control" not in growth.stages


def test_depth_goes_on_while_it_helps(grow):
    growth, _ = grow(lambda a: 0.5 / a.num_layers, max_layers=3, data=0.01)
    assert growth.incumbent.architecture.num_layers == 3
    assert set(growth.stages) == {"width", "depth 2", "depth 3"}


def test_control_is_tried_before_depth_is_given_up(grow):
    growth, _ = grow(lambda a: 0.5, max_layers=2, data=0.01)
    ((one, two),) = sizes(growth, "control")
    assert one == two
    assert growth.candidates[-1].record.stage == "control"


def test_one_layer_at_most_tries_no_depth(grow):
    growth, _ = grow(lambda a: 0.5, max_layers=1)
    assert set(growth.stages) == {"width"}


def test_no_pair_fits_where_the_stack_is_too_small(grow):
    assert equal_budget_pair(Architecture.parse("lstm(1)"), count) is None


def test_width_ends_after_its_patience(grow):
    growth, _ = grow(lambda a: 0.5, patience=2, data=0.01)
    assert sizes(growth) == [(2,), (4,), (8,)]
    assert growth.stages["width"] == "2 sizes in a row brought no gain"


def test_an_accepted_size_gives_patience_back(grow):
    growth, _ = grow(lambda a: 0.5 if a.num_cells < 8 else 0.3, patience=2, data=0.01)
    assert sizes(growth) == [(2,), (4,), (8,), (16,), (32,)]
    assert growth.incumbent.architecture.num_cells == 8


def test_width_ends_at_the_limit(grow):
    growth, _ = grow(lambda a: 1.0 / a.num_cells, max_cells=8, data=0.001)
    assert sizes(growth) == [(2,), (4,), (8,)]
    assert growth.stages["width"] == "every size up to the limit was tried"


def test_growth_stops_at_the_goal(grow):
    growth, _ = grow(lambda a: 1.0 / a.num_cells, goal=0.3, max_layers=3, data=0.001)
    assert sizes(growth) == [(2,), (4,)]
    assert growth.stages == {"width": "the goal of 0.3 is reached"}


def test_the_level_is_shared_by_the_tries_of_a_stage(grow):
    growth, _ = grow(lambda a: 0.5 / a.num_layers, max_layers=3, data=0.01, alpha=0.06)
    levels = {c.stage: c.alpha for c in growth.comparisons}
    assert levels["width"] == pytest.approx(0.03)
    assert levels["depth 2"] == pytest.approx(0.03)
    assert levels["depth 3"] == pytest.approx(0.015)


def test_rates_are_centred_on_the_best_of_the_incumbent(grow):
    _, centres = grow(lambda a: 1.0 / a.num_cells, data=0.001, max_cells=8, learning_rate=0.01)
    assert centres == pytest.approx([0.01, 0.02, 0.04])


def test_a_size_that_blew_up_is_rejected(grow):
    growth, _ = grow(lambda a: None if a.num_cells == 4 else 1.0 / a.num_cells, data=0.001)
    first = growth.comparisons[0]
    assert (first.candidate, first.accepted) == ("lstm(4)", False)
    assert first.reason == "training ended with non-finite numbers"
    assert growth.incumbent.architecture.num_cells > 4


def test_the_next_size_replaces_a_first_one_that_blew_up(grow):
    growth, centres = grow(lambda a: None if a.num_cells == 2 else 0.5, data=0.001)
    assert growth.incumbent.architecture.num_cells == 4
    assert centres[1] == centres[0]


def test_growth_goes_on_where_every_size_blew_up(grow):
    growth, _ = grow(lambda a: None, max_layers=2)
    assert growth.incumbent.failed


def test_observer_is_told_every_decision(make_candidate):
    told = []
    errors = tuple(np.full((1, 9), 0.5) for _ in range(2))
    growth = Growth(
        settings=SearchSettings(max_cells=8, max_layers=1),
        metric="mse",
        trial=lambda a, stage, centre: make_candidate(a, errors, stage=stage),
        count_parameters=count,
        on_comparison=told.append,
    )
    growth.run()
    assert told == growth.comparisons and len(told) == 2


def test_sizes_double_up_to_the_limit():
    assert list(doubling(2, 20)) == [2, 4, 8, 16]


@pytest.mark.parametrize("cells", [2, 8, 32, 64])
def test_control_has_as_many_weights_or_as_near_below_as_can_be(cells):
    base = Architecture.parse(f"lstm({cells})")
    pair = equal_budget_pair(base, count)
    (one, two) = pair.hidden_sizes
    assert one == two and count(pair) <= count(base)
    assert count(Architecture.parse(f"2*lstm({one + 1})")) > count(base)
