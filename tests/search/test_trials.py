from dataclasses import replace

import numpy as np
import pytest

from cellwise.search import LocalEngine, Workplace
from cellwise.search._foresight import Foresight
from cellwise.search._trials import GroupTrials
from cellwise.training import TrainingSettings

TRAINING = TrainingSettings(epochs=4, steps_per_epoch=2, warmup_steps=1)


@pytest.fixture
def work(tiny_prepared, make_candidate):
    """Give the configuration to begin with, the trials, and what they were told."""
    told = []
    engine = LocalEngine(tiny_prepared.data, "")
    trials = GroupTrials(
        places=lambda length: Workplace(prepared=tiny_prepared, engine=engine),
        seeds=(0, 1),
        foresight=Foresight(),
        before_cohort=lambda foreseen, experiment, engine: told.append(experiment),
        on_epoch=lambda report: None,
        on_candidate=told.append,
    )
    return make_candidate("lstm(2)", (), training=TRAINING).configuration, trials, told


def with_recipe(base, **changes):
    return replace(base, recipe=replace(base.recipe, **changes))


def test_single_settings_of_a_shape_share_a_cohort_and_are_trained_to_the_end(work):
    base, trials, told = work
    groups = [[with_recipe(base, dropout=rate)] for rate in (0.1, 0.3)]
    found = trials("dropout", groups)
    assert [[c.configuration for c in group] for group in found] == groups
    (experiment,) = (one for one in told if hasattr(one, "members") and hasattr(one, "halving"))
    assert experiment.halving == () and len(experiment.members) == 2 * 2 * 2
    assert not any(c.failed for group in found for c in group)
    assert found[0][0].record.settings == groups[0][0].to_plain()


def test_rates_of_a_setting_race_and_one_is_left(work):
    base, trials, told = work
    groups = [
        [with_recipe(base, optimizer=name, learning_rate=rate) for rate in (0.01, 0.03)]
        for name in ("nadam", "rmsprop")
    ]
    found = trials("optimizer", groups)
    experiments = [one for one in told if hasattr(one, "halving")]
    assert [e.halving for e in experiments] == [(1, 2), (1, 2)]
    assert [sum(not c.failed for c in group) for group in found] == [1, 1]
    assert len([one for one in told if hasattr(one, "settings") and hasattr(one, "stage")]) == 4


def test_other_shapes_are_other_cohorts(work):
    base, trials, told = work
    other = replace(base, training=replace(TRAINING, schedule="step"))
    trials("schedule", [[base], [other]])
    assert len([one for one in told if hasattr(one, "halving")]) == 2


def test_cohorts_of_a_stage_are_asked_for_at_once(work, tiny_prepared):
    asked = []

    class Watched(LocalEngine):
        def run_all(self, experiments, on_epoch):
            asked.append(list(experiments))
            return super().run_all(experiments, on_epoch)

    base, trials, _told = work
    engine = Watched(tiny_prepared.data, "")
    trials = replace(trials, places=lambda _: Workplace(prepared=tiny_prepared, engine=engine))
    trials(
        "schedule",
        [[replace(base, training=replace(TRAINING, schedule=name))] for name in ("step", "cosine")],
    )
    assert [[e.settings.schedule for e in batch] for batch in asked] == [["step", "cosine"]]


def test_errors_are_recalled_from_disk_where_the_engine_has_kept_them(
    work, tiny_prepared, tmp_path
):
    base, trials, _told = work
    groups = [[with_recipe(base, learning_rate=rate) for rate in (0.01, 0.03)]]
    in_memory = trials("rate", groups)[0]
    engine = LocalEngine(tiny_prepared.data, "", tmp_path)
    kept = replace(trials, places=lambda _: Workplace(prepared=tiny_prepared, engine=engine))
    on_disk = kept("rate", groups)[0]
    assert [callable(one.held) for one in on_disk] == [not one.failed for one in in_memory]
    for one, other in zip(in_memory, on_disk, strict=True):
        assert other.record.error == one.record.error or (one.failed and other.failed)
        assert len(one.errors) == len(other.errors) == (0 if one.failed else 2)
        assert all(np.array_equal(*fold) for fold in zip(one.errors, other.errors, strict=True))
