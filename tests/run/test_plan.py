import pytest

from cellwise import SettingsError, plan


def test_a_plan_lists_what_growth_would_train(make_table, tiny_options):
    found = plan(make_table(), **{**tiny_options, "budget": "1m"})
    longest = [cost.architecture for cost in found.longest]
    assert longest[:2] == ["lstm(2)", "lstm(4)"] and found.longest[-1].stage == "final"
    assert found.shortest != found.longest
    assert found.strategy == "growth" and found.budget_seconds == 60.0
    assert [d.num_layers for d in found.depths] == [1, 2]
    assert found.depths[0].ratio == 1.0 and found.depths[1].ratio > 1.0
    assert found.kernels and found.num_threads >= 1 and found.pace > 0


def test_outer_folds_are_searches_of_their_own(make_table, tiny_options):
    alone = plan(make_table(), **tiny_options)
    found = plan(make_table(), **{**tiny_options, "outer_folds": 2})
    assert found.outer_folds == 2
    for costs, rest in ((found.shortest, alone.shortest), (found.longest, alone.longest)):
        assert [one.stage for one in costs[:2]] == ["outer fold 1", "outer fold 2"]
        assert [one.architecture for one in costs[2:]] == [one.architecture for one in rest]
        assert all(0 < one.predicted_seconds <= one.most_seconds for one in costs)
    assert found.longest[0].num_models > found.longest[2].num_models


def test_a_fixed_list_is_walked_once(make_table, tiny_options):
    options = {**tiny_options, "search": "grid", "grid": "layers=1 cells=2,4"}
    found = plan(make_table(), **options)
    assert found.shortest is found.longest
    assert [c.architecture for c in found.longest if c.stage == "grid"] == ["lstm(2)", "lstm(4)"]


def test_tuning_of_the_context_length_is_foreseen(make_table, tiny_options):
    ranges = {"stages": ["context_length"], "context_length": {"lowest": 4, "values": [12]}}
    options = {**tiny_options, "tune": True, "ranges": ranges, "max_layers": 1}
    stages = [cost.stage for cost in plan(make_table(), **options).shortest]
    assert "context_length" in stages


def test_options_are_checked_as_those_of_fit(make_table, tiny_options):
    with pytest.raises(SettingsError, match="max_cells"):
        plan(make_table(), **{**tiny_options, "max_cells": 1})
