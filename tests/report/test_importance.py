import math
from dataclasses import replace

from cellwise.records import ImportanceRecord, InteractionRecord, MarginalPoint
from cellwise.report._importance import against_greff, importance_section


def test_run_without_a_joint_search_has_no_part(use_network):
    assert importance_section(use_network) == ""


def test_every_setting_has_a_row_and_what_is_not_known_is_absent(use_network):
    points = (
        MarginalPoint(value="0.01", error=0.5, standard_error=0.02, num_trials=9),
        MarginalPoint(value="0.1", error=0.7, standard_error=math.nan, num_trials=1),
    )
    record = ImportanceRecord(
        name="learning_rate", fanova=0.62, ped_anova=math.nan, marginal=points
    )
    page = importance_section(replace(use_network, importance=(record,)))
    for words in ("learning rate", "62.0", "(9)", "0.1: 0.7000 (1)", "Greff"):
        assert words in page
    assert "nan" not in page


def record(name, fanova):
    point = MarginalPoint(value="1", error=0.5, standard_error=0.02, num_trials=9)
    return ImportanceRecord(
        name=name, fanova=fanova, ped_anova=0.3, marginal=(point,), fanova_deviation=0.04
    )


def test_pairs_are_listed_with_their_spread(use_network):
    pairs = tuple(
        InteractionRecord(names=("dropout", f"setting_{i}"), share=0.2 / (i + 1), deviation=0.011)
        for i in range(7)
    )
    importance = (record("learning_rate", 0.62),)
    page = importance_section(replace(use_network, importance=importance, interactions=pairs))
    assert "62.0 % ± 4.0" in page
    assert "dropout and setting 0" in page and "20.0 % ± 1.1" in page
    assert "setting 4" in page and "setting 5" not in page


def test_order_is_held_against_the_published_one(use_network):
    pair = InteractionRecord(names=("learning_rate", "num_cells"), share=0.08, deviation=0.01)
    first, second = record("learning_rate", 0.6), record("num_cells", 0.2)
    told = against_greff(replace(use_network, importance=(first, second), interactions=(pair,)))
    assert "Here: learning rate (60.0 %), then num cells (20.0 %), the same order" in told
    assert "by themselves 80.0 %, all pairs 8.0 %" in told
    assert "another order" in against_greff(replace(use_network, importance=(second, first)))
