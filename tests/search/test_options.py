from dataclasses import replace

import pytest

from cellwise.architecture import Architecture
from cellwise.search import Configuration, Ranges
from cellwise.search._options import Facts, options
from cellwise.training import Member, TrainingSettings

RANGES = Ranges.model_validate({})
BASE = Configuration(
    architecture=Architecture.parse("lstm(4)"),
    recipe=Member(fold=0, seed=0, learning_rate=0.01),
    training=TrainingSettings(steps_per_epoch=100, warmup_steps=20),
    context_length=48,
)
FACTS = Facts(contexts=(24, 96), sizes=(Architecture.parse("lstm(8)"),), centre=0.03)


@pytest.mark.parametrize("stage", [s for s in RANGES.stages if s != "alpha"])
def test_every_stage_tries_something_but_not_what_there_is(stage):
    groups = options(stage, BASE, RANGES, FACTS)
    everything = [one for group in groups for one in group]
    assert everything and BASE not in everything
    assert len(set(everything)) == len(everything)


@pytest.mark.parametrize("stage", ["dropout", "l1", "l2", "weight_decay", "clip_norm"])
def test_strengths_change_one_setting_at_the_same_rate(stage):
    values = {group[0].to_plain()[stage] for group in options(stage, BASE, RANGES, FACTS)}
    assert values == set(getattr(RANGES, stage)) - {BASE.to_plain()[stage]}
    for (one,) in options(stage, BASE, RANGES, FACTS):
        assert replace(one.recipe, **{stage: getattr(BASE.recipe, stage)}) == BASE.recipe


def test_fine_grid_lies_around_the_best_of_the_range_test():
    ((*group,),) = options("learning_rate", BASE, RANGES, FACTS)
    assert [one.recipe.learning_rate for one in group] == [0.0075, 0.015, 0.03, 0.06]


def test_no_rate_is_tried_where_the_range_test_found_none():
    assert options("learning_rate", BASE, RANGES, Facts(centre=0.0)) == []


def test_optimizer_so_far_is_not_tried_again():
    sgd = replace(BASE, recipe=replace(BASE.recipe, optimizer="sgd", momentum=0.9))
    tried = [group[0].recipe for group in options("optimizer", sgd, RANGES, FACTS)]
    assert len(tried) == len(RANGES.optimizer) - 1
    assert {"optimizer": "sgd", "momentum": 0.9, "nesterov": False} not in [
        {"optimizer": r.optimizer, "momentum": r.momentum, "nesterov": r.nesterov} for r in tried
    ]
    adamw = next(r for r in tried if r.weight_decay)
    assert (adamw.optimizer, adamw.momentum, adamw.weight_decay) == ("adam", 0.0, 0.01)


def test_plain_gradients_are_tried_at_higher_rates():
    groups = options("optimizer", BASE, RANGES, FACTS)
    top = {g[0].recipe.optimizer: max(c.recipe.learning_rate for c in g) for g in groups}
    assert top["sgd"] > 5 * top["rmsprop"]


def test_batch_size_keeps_the_windows_seen_and_moves_the_rate_with_its_root():
    groups = {g[0].training.batch_size: g for g in options("batch_size", BASE, RANGES, FACTS)}
    assert set(groups) == {16, 32, 128, 256}
    for size, group in groups.items():
        training = group[0].training
        assert training.steps_per_epoch * size == 100 * 64
        assert training.warmup_steps == round(20 * 64 / size)
        assert group[1].recipe.learning_rate == pytest.approx(0.01 * (size / 64) ** 0.5, rel=1e-5)


def test_warm_up_is_a_share_of_all_steps():
    assert BASE.warmup == 0.01  # 20 of 2,000 steps
    groups = options("warmup", BASE, RANGES, FACTS)
    assert [g[0].training.warmup_steps for g in groups] == [0, 40, 200]
    assert [g[0].to_plain()["warmup"] for g in groups] == [0.0, 0.02, 0.1]
    risen = replace(BASE, training=replace(BASE.training, schedule="one_cycle"))
    assert options("warmup", risen, RANGES, FACTS) == []


@pytest.mark.parametrize(
    ("stage", "texts"),
    [
        (
            "activation",
            [f"activation={a}" for a in ("relu", "linear")] + ["gate_activation=hard_sigmoid"],
        ),
        ("recurrent_dropout", ["recurrent_dropout=0.1", "recurrent_dropout=0.25"]),
        ("zoneout", ["zoneout=0.1", "zoneout=0.25"]),
    ],
)
def test_options_of_layers_are_tried_one_at_a_time_at_several_rates(stage, texts):
    groups = options(stage, BASE, RANGES, FACTS)
    assert [str(g[0].architecture) for g in groups] == [f"lstm(4, {text})" for text in texts]
    assert {len(group) for group in groups} == {3}


def test_neighbours_in_size_keep_the_options_of_layers():
    base = replace(BASE, architecture=Architecture.parse("lstm(4, activation=relu)"))
    ((one, *_),) = options("size", base, RANGES, FACTS)
    assert str(one.architecture) == "lstm(8, activation=relu)"


def test_other_contexts_change_nothing_else():
    groups = options("context_length", BASE, RANGES, FACTS)
    assert groups == [[replace(BASE, context_length=n)] for n in (24, 96)]
