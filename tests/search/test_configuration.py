from dataclasses import replace

import pytest

from cellwise.architecture import Architecture
from cellwise.search import Configuration
from cellwise.search._configuration import cohort, replicate
from cellwise.training import Member, TrainingSettings

BASE = Configuration(
    architecture=Architecture.parse("lstm(4)"),
    recipe=Member(fold=0, seed=0, learning_rate=0.01),
    training=TrainingSettings(epochs=12),
    context_length=48,
)


def with_recipe(**changes):
    return replace(BASE, recipe=replace(BASE.recipe, **changes))


def test_words_name_only_what_differs():
    other = replace(with_recipe(dropout=0.2), training=replace(BASE.training, schedule="step"))
    assert other.words(BASE) == "dropout 0.2, schedule step"
    assert replace(BASE, architecture=Architecture.parse("lstm(8)")).words(BASE) == "lstm(8)"
    assert BASE.words(BASE) == ""
    nesterov = with_recipe(optimizer="sgd", momentum=0.9, nesterov=True)
    assert nesterov.words(BASE) == "optimizer sgd, momentum 0.9, nesterov"


def test_all_words_hold_every_setting():
    words = BASE.words()
    assert words.startswith("lstm(4), learning rate 0.01")
    assert "context length 48" in words and "no nesterov" in words


def test_plain_values_have_no_fold_and_no_seed():
    plain = BASE.to_plain()
    assert not {"fold", "seed"} & set(plain)
    assert (plain["dropout"], plain["batch_size"], plain["optimizer"]) == (0.0, 64, "adam")


def test_cohort_is_folds_by_seeds_by_configurations():
    members = cohort([BASE, with_recipe(l2=0.1)], (5, 6), 3).members
    assert [(m.fold, m.seed, m.l2) for m in members[:4]] == [
        (0, 5, 0.0),
        (0, 5, 0.1),
        (0, 6, 0.0),
        (0, 6, 0.1),
    ]
    assert len(members) == 12


@pytest.mark.parametrize(("rungs", "epochs"), [((0.25, 0.5), (3, 6)), ((), ()), ((0.01,), (1,))])
def test_halving_is_after_the_shares_asked_for(rungs, epochs):
    assert cohort([BASE], (0,), 2, rungs=rungs).halving == epochs


def test_replicate_has_its_fold_and_seed():
    assert replicate(BASE.recipe, 2, 9) == Member(fold=2, seed=9, learning_rate=0.01)


def test_shape_is_what_a_cohort_shares():
    assert with_recipe(l1=0.1).shape == BASE.shape
    assert replace(BASE, context_length=24).shape != BASE.shape
