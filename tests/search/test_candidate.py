from dataclasses import replace

import numpy as np
import pytest

from cellwise.architecture import Architecture
from cellwise.search import LocalEngine, SearchSettings, candidate_experiment, evaluate
from cellwise.search._candidate import evaluate_each
from cellwise.search._configuration import cohort
from cellwise.training import TrainingSettings

ARCH = Architecture.parse("lstm(2)")
SETTINGS = SearchSettings(
    num_seeds=2, training=TrainingSettings(epochs=4, steps_per_epoch=3, warmup_steps=1)
)


def train(experiment, data):
    return LocalEngine(data, "").run(experiment, lambda report: None)


@pytest.fixture
def candidate(tiny_data):
    def make(experiment):
        return evaluate(experiment, train(experiment, tiny_data), "width", tiny_data)

    return make


def test_cohort_is_folds_by_seeds_by_three_rates():
    members = candidate_experiment(ARCH, SETTINGS, 3, 0.03).members
    assert len(members) == 3 * 2 * 3
    assert {m.learning_rate for m in members} == {0.01, 0.03, 0.09}
    assert [(m.fold, m.seed) for m in members[::3]] == [(f, s) for f in range(3) for s in (0, 1)]


@pytest.mark.parametrize(("epochs", "halving"), [(12, (3, 6)), (4, (1, 2)), (2, (1,)), (1, (1,))])
def test_rates_are_halved_after_a_quarter_and_a_half(epochs, halving):
    settings = replace(SETTINGS, training=TrainingSettings(epochs=epochs))
    assert candidate_experiment(ARCH, settings, 2, 0.01).halving == halving


def test_record_is_the_mean_over_folds_and_seeds_of_one_rate(candidate, tiny_data):
    found = candidate(candidate_experiment(ARCH, SETTINGS, 2, 0.01))
    record = found.record
    assert [e.shape for e in found.errors] == [(2, len(f.val_starts)) for f in tiny_data.folds]
    by_fold = [e.mean(axis=1) for e in found.errors]  # (folds, seeds)
    assert record.error_by_fold == pytest.approx([e.mean() for e in by_fold])
    assert record.error == pytest.approx(np.mean(by_fold))
    assert record.score.mse == pytest.approx(record.error)
    pooled = np.sqrt(sum(e.var(ddof=1) for e in by_fold) / 2)
    assert record.seed_deviation == pytest.approx(pooled)
    assert record.standard_error == pytest.approx(pooled / 2)
    kept = [m for m in record.members if m.state != "halved"]
    assert {m.learning_rate for m in kept} == {record.learning_rate}
    assert len(kept) == 4 and len(record.members) == 12
    # 4 gates x 2 cells x (1 feature + 2 cells + bias) + 2 outputs x (2 cells + bias)
    assert record.num_parameters == 4 * 2 * (1 + 2 + 1) + 2 * (2 + 1)


def test_kept_rate_has_the_lowest_error_when_none_was_halved_yet(candidate):
    settings = replace(SETTINGS, training=replace(SETTINGS.training, epochs=1))
    record = candidate(candidate_experiment(ARCH, settings, 2, 0.01)).record
    assert {m.learning_rate for m in record.members if m.state == "finished"} >= {
        record.learning_rate
    }


def test_one_seed_has_no_deviation(candidate):
    record = candidate(candidate_experiment(ARCH, replace(SETTINGS, num_seeds=1), 2, 0.01)).record
    assert np.isnan(record.seed_deviation)


def test_candidate_whose_rates_all_blow_up_has_failed(candidate):
    experiment = candidate_experiment(ARCH, SETTINGS, 2, 0.01)
    members = tuple(replace(m, learning_rate=m.learning_rate * 1e38) for m in experiment.members)
    settings = replace(experiment.settings, warmup_steps=0)
    found = candidate(replace(experiment, members=members, settings=settings))
    assert found.failed
    assert np.isnan(found.record.error) and np.isnan(found.record.learning_rate)


def test_a_rate_that_blows_up_is_not_the_one_kept(candidate):
    experiment = candidate_experiment(ARCH, SETTINGS, 2, 0.01)
    members = tuple(
        replace(m, learning_rate=1e38) if m.learning_rate > 0.02 else m for m in experiment.members
    )
    settings = replace(experiment.settings, warmup_steps=0)
    found = candidate(replace(experiment, members=members, settings=settings))
    assert not found.failed
    assert found.record.learning_rate < 0.02


def test_each_recipe_of_a_cohort_is_a_candidate(tiny_data, make_candidate):
    base = make_candidate("lstm(2)", (), training=SETTINGS.training).configuration
    configurations = [
        replace(base, context_length=8, recipe=replace(base.recipe, dropout=rate))
        for rate in (0.0, 0.5)
    ]
    experiment = cohort(configurations, SETTINGS.seeds, 2)
    found = evaluate_each(experiment, train(experiment, tiny_data), "dropout", tiny_data)
    assert [c.configuration for c in found] == configurations
    assert [len(c.record.members) for c in found] == [4, 4]
    assert found[0].record.error != found[1].record.error
    alone = cohort(configurations[1:], SETTINGS.seeds, 2)
    (one,) = evaluate_each(alone, train(alone, tiny_data), "dropout", tiny_data)
    assert one.record.error == pytest.approx(found[1].record.error, rel=1e-4)


def test_recipe_that_was_halved_has_no_errors_but_members(tiny_data):
    experiment = candidate_experiment(ARCH, SETTINGS, 2, 0.01)
    result = train(experiment, tiny_data)
    found = evaluate_each(experiment, result, "rates", tiny_data)
    whole = [c for c in found if not c.failed]
    assert len(found) == 3 and len(whole) == 1
    assert {m.state for c in found if c.failed for m in c.record.members} == {"halved"}
    best = evaluate(experiment, result, "rates", tiny_data)
    assert best.record.error == whole[0].record.error
