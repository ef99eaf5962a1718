from dataclasses import replace

import numpy as np
import optuna
import pytest

from cellwise.search import Ranges, SearchSettings
from cellwise.search._batches import BRACKETS, OwnBatches
from cellwise.search._budget import BudgetEndedError, TooDearError
from cellwise.search._joint import Joint, _is_due, possible_gain
from cellwise.search._space import Space


@pytest.fixture
def joint(make_candidate, make_member):
    """Give a function that sets up a joint search in a world with one best rate and size."""

    def error_of(configuration):
        rate = np.log10(configuration.recipe.learning_rate) + 2
        size = np.log2(configuration.architecture.num_cells) - 4
        return 1 + rate**2 + 0.1 * abs(size)

    def measured(configuration, kept):
        error = error_of(configuration)
        members = tuple(
            make_member(seed=s, error=error, state="finished" if kept else "halved") for s in (0, 1)
        )
        one = make_candidate("lstm(4)", [np.full((2, 9), error)] * 2 if kept else ())
        record = replace(one.record, members=members)
        return replace(one, configuration=configuration, record=record)

    def make(sampler="tpe", num_trials=40, affordable=lambda group: True, **options):
        asked = []

        def trials(stage, groups, rungs):
            (group,) = groups
            if not affordable(group):
                raise TooDearError
            asked.append((group, rungs))
            left = max(1, len(group) // 2 ** len(rungs))
            best = sorted(range(len(group)), key=lambda i: error_of(group[i]))[:left]
            return [[measured(one, i in best) for i, one in enumerate(group)]]

        settings = SearchSettings(num_trials=num_trials, **options)
        space = Space(settings, Ranges.model_validate({}), (48,))
        search = Joint(
            sampler=sampler,
            batches=OwnBatches(sampler, space),
            trials=trials,
            seed=0,
            num_trials=num_trials,
            stop_gain=settings.stop_gain,
        )
        return search, asked

    return make


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_batches_share_a_shape_and_follow_the_brackets(joint, sampler):
    search, asked = joint(sampler, 42)
    search.run()
    assert [(len(group), rungs) for group, rungs in asked] == list(BRACKETS) * 3
    for group, _ in asked:
        assert len({one.shape for one in group}) == 1
        assert len({one.recipe for one in group}) == len(group)
    count = len({str(one.architecture) for group, _ in asked for one in group})
    assert search.stages == {sampler: f"all 42 trials were made, with {count} architectures"}


def test_tpe_learns_and_keeps_the_lowest_error(joint, monkeypatch):
    from cellwise.search import _joint

    monkeypatch.setattr(_joint, "possible_gain", lambda study, seed: 1.0)  # it takes seconds
    search, _ = joint("tpe", 70)
    search.run()
    errors = [c.record.error for c in search.candidates]
    assert search.incumbent.record.error == min(errors) < 1.2
    assert np.median(errors[-10:]) < np.median(errors[:10])


def test_search_is_the_same_when_it_is_replayed(joint):
    first, again = joint("tpe", 20)[0], joint("tpe", 20)[0]
    first.run()
    again.run()
    assert [c.configuration for c in first.candidates] == [
        c.configuration for c in again.candidates
    ]


def test_known_architectures_come_first_each_in_a_cohort_of_its_shape(joint):
    known = ("lstm(5)", "lstm(7) > lstm(3)")
    search, asked = joint("random", 20, known=known)
    search.run()
    assert [str(group[0].architecture) for group, _ in asked[:2]] == list(known)
    assert len(asked[0][0]) == 1
    assert sum(len(group) for group, _ in asked) == 20


def test_it_stops_where_little_can_be_gained(joint, monkeypatch):
    from cellwise.search import _joint

    monkeypatch.setattr(_joint, "possible_gain", lambda study, seed: 0.001)
    search, _ = joint("random", 500)
    search.run()
    assert search.stages["random"] == (
        "after 50 trials further search can gain at most 0.001, less than the standard error of "
        "0.01"
    )


def test_it_stops_where_less_can_be_gained_than_is_asked_for(joint, monkeypatch):
    from cellwise.search import _joint

    monkeypatch.setattr(_joint, "possible_gain", lambda study, seed: 0.05)
    search, _ = joint("random", 60)
    search.run()
    assert search.stages["random"].startswith("all 60 trials were made, with ")
    search, _ = joint("random", 500, stop_gain=0.10)
    search.run()
    assert search.stages["random"] == (
        "after 50 trials further search can gain at most 0.05, less than 10.00% of the best error "
        "that are asked for"
    )


def test_possible_gain_shrinks_as_the_best_is_approached():
    import optuna

    def study_of(spread):
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
        study.optimize(lambda t: spread * t.suggest_float("x", -1, 1) ** 2, n_trials=15)
        return study

    wide, narrow = (possible_gain(study_of(spread), 0) for spread in (1.0, 0.01))
    assert 0 <= narrow < wide


def test_estimates_wait_for_ever_more_trials():
    due = [done for done in range(1, 2001) if _is_due(done, 1)]
    assert due[:4] == [20, 28, 36, 45] and len(due) < 30
    by_eight = [done for done in range(8, 200, 8) if _is_due(done, 8)]
    assert by_eight == [24, 32, 40, 48, 56, 72, 88, 112, 136, 168]


def test_estimate_looks_at_the_best_trials_alone(monkeypatch):
    seen = []
    monkeypatch.setattr(
        "optuna.terminator.RegretBoundEvaluator.evaluate",
        lambda self, trials, direction: seen.append([t.value for t in trials]) or 1.0,
    )
    study = optuna.create_study()
    for value in range(300):
        study.add_trial(optuna.create_trial(value=float(-value)))
    possible_gain(study, 0)
    assert seen == [[-299.0 + i for i in range(200)]]


def test_what_is_too_dear_is_tried_with_fewer_trials(joint):
    search, asked = joint("random", 42, affordable=lambda group: len(group) <= 2)
    search.run()
    assert [len(group) for group, _ in asked] == [2, 2, 2] * 3
    states = [t.state.name for t in search.batches.study.trials]
    assert len(states) == 42 and states.count("RUNNING") == 0
    assert states.count("PRUNED") >= 42 - 18
    assert search.stages["random"].endswith(", 24 of them too dear to train")


def test_a_size_that_is_too_dear_leads_to_the_largest_that_is_not(joint):
    def affordable(group):
        return group[0].architecture.num_cells <= 8 and group[0].training.batch_size == 256

    search, asked = joint("random", 60, affordable=affordable, known=("lstm(60)",))
    search.run()
    assert str(asked[0][0][0].architecture) == "lstm(7)"
    assert all(affordable(group) for group, _ in asked)


def test_the_smallest_network_comes_first(joint):
    search, _ = joint("random", 16)
    search.run()
    first = search.candidates[0].configuration
    assert (str(first.architecture), first.recipe.learning_rate) == ("lstm(2)", 0.01)


def test_it_ends_where_nothing_is_affordable(joint):
    search, asked = joint("random", 400, affordable=lambda group: False)
    with pytest.raises(BudgetEndedError):
        search.run()
    assert asked == [] and search.candidates == []
