from dataclasses import replace

import numpy as np
import pytest

from cellwise.search import Ranges, SearchSettings
from cellwise.search._options import Facts
from cellwise.search._tuning import Tuning, single_layer

FOLDS, SEEDS, WINDOWS = 3, 3, 60


@pytest.fixture
def world(make_candidate):
    """Give a function that tunes in a world whose errors are a formula of the settings."""

    def run(
        error_of,
        *,
        stages,
        run_noise=0.01,
        chance=None,
        failing=lambda c: False,
        num_windows=0,
        **ranges,
    ):
        chance = chance or np.random.default_rng(0)
        # what all share: windows differ far more than settings
        base_errors = [0.5 + 0.2 * chance.random(WINDOWS) for _ in range(FOLDS)]
        start = make_candidate("lstm(4)", ()).configuration

        def measure(configuration):
            runs = 1 + run_noise * chance.normal(size=(FOLDS, SEEDS, 1))
            errors = [error_of(configuration) * base_errors[k] * runs[k] for k in range(FOLDS)]
            one = make_candidate("lstm(4)", () if failing(configuration) else errors)
            return replace(one, configuration=configuration)

        asked = []

        def trials(stage, groups):
            asked.append((stage, groups))
            return [[measure(one) for one in group] for group in groups]

        tuning = Tuning(
            settings=SearchSettings(),
            ranges=Ranges.model_validate({"stages": stages, **ranges}),
            facts=Facts(contexts=(4,), num_windows=num_windows),
            trials=trials,
            walk=lambda candidate: (),
            incumbent=measure(start),
        )
        tuning.run()
        return tuning, asked

    return run


def test_batch_sizes_above_the_number_of_windows_are_left_out(world):
    sizes = {"stages": ["batch_size"], "num_windows": 625}
    tuning, asked = world(lambda c: 1.0, batch_size=[32, 700, 100_000], **sizes)
    ((_, groups),) = asked
    assert {one.training.batch_size for group in groups for one in group} == {32}
    (stage,) = tuning.record.stages
    words = "; batch sizes 700 and 100000 are more than the 625 windows of the smallest fold"
    assert stage.reason.endswith(words)
    tuning, asked = world(lambda c: 1.0, batch_size=[100_000], **sizes)
    assert asked == [] and tuning.record.stages[0].reason == (
        "changed nothing: there is nothing else to try; batch size 100000 is more than the 625 "
        "windows of the smallest fold"
    )


def test_setting_that_helps_is_found_and_kept_for_the_stages_after_it(world):
    tuning, asked = world(lambda c: 1.0 - 0.3 * (c.recipe.dropout == 0.2), stages=["dropout", "l2"])
    assert tuning.incumbent.configuration.recipe.dropout == 0.2
    first, second = tuning.record.stages
    assert first.changed and first.reason.startswith("dropout 0.2: ") is False
    assert "dropout 0.2: " in first.reason and "better, p = " in first.reason
    assert not second.changed and second.reason.startswith("changed nothing: ")
    assert all(g[0].recipe.dropout == 0.2 for g in asked[1][1])
    assert tuning.record.settings["dropout"] == 0.2
    assert tuning.record.error < tuning.record.error_before


def test_level_is_divided_by_the_number_of_settings_tried(world):
    tuning, _ = world(lambda c: 1.0, stages=["dropout"], dropout=[0.0, 0.1, 0.2, 0.3, 0.5])
    (record,) = tuning.record.comparisons
    assert record.alpha == pytest.approx(0.05 / 4)


def test_range_test_is_short_and_unscheduled_and_centres_the_fine_grid(world):
    best = 0.0316
    tuning, asked = world(
        lambda c: 1 + abs(np.log10(c.recipe.learning_rate / best)), stages=["learning_rate"]
    )
    (stage, groups), (_, fine) = asked
    training = groups[0][0].training
    assert stage == "range_test" and training.schedule == "constant"
    assert training.stop_after == training.epochs // 4
    assert [p.learning_rate for p in tuning.record.range_test] == [
        g[0].recipe.learning_rate for g in groups
    ]
    assert best in [one.recipe.learning_rate for one in fine[0]]
    assert tuning.incumbent.configuration.recipe.learning_rate == best
    assert tuning.incumbent.configuration.training.stop_after == 0


def test_rates_that_blow_up_are_not_the_centre(world):
    tuning, _ = world(
        lambda c: 1 / c.recipe.learning_rate,
        failing=lambda c: c.recipe.learning_rate > 0.05,
        stages=["learning_rate"],
    )
    assert np.isnan(tuning.record.range_test[-1].error)
    assert tuning.incumbent.configuration.recipe.learning_rate <= 0.05


def test_stage_in_which_all_fail_changes_nothing(world):
    tuning, _ = world(lambda c: 1.0, failing=lambda c: c.recipe.l1 > 0, stages=["l1"])
    assert tuning.record.stages[0].reason == (
        "changed nothing: all that was tried ended with non-finite numbers"
    )


def test_stage_without_options_says_so(world):
    tuning, asked = world(lambda c: 1.0, stages=["dropout"], dropout=[0.0])
    assert asked == []
    assert tuning.record.stages[0].reason == "changed nothing: there is nothing else to try"


def test_alpha_is_a_stage_that_only_tells(world):
    tuning, _ = world(lambda c: 1.0, stages=["alpha"])
    assert tuning.record.stages[0].name == "alpha" and not tuning.record.stages[0].changed


def test_nothing_is_found_where_there_is_nothing(world):
    """At the level of 5 % a stage, of 40 worlds without effect few may change anything."""
    chance, changed = np.random.default_rng(7), 0
    for _ in range(40):
        tuning, _ = world(lambda c: 1.0, stages=["dropout", "l1", "l2"], chance=chance)
        changed += sum(stage.changed for stage in tuning.record.stages)
    assert changed <= 6  # of 120


def test_single_layer_keeps_the_settings(make_candidate):
    base = make_candidate("gru(4) > gru(2)", ()).configuration
    wide = single_layer(base, 9)
    assert str(wide.architecture) == "gru(9)" and wide.recipe == base.recipe
