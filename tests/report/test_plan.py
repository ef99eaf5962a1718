from dataclasses import replace

import pytest
from rich.console import Console

from cellwise.records import CostRecord, DepthCost, PlanRecord
from cellwise.report._plan import depth_sentence, plan_report, plan_sentences


def cost(stage, architecture, seconds, memory=50_000_000):
    return CostRecord(
        stage=stage,
        architecture=architecture,
        num_models=27,
        predicted_seconds=seconds,
        least_seconds=seconds / 2,
        most_seconds=2 * seconds,
        predicted_bytes=memory,
    )


def depths(*ratios):
    return tuple(
        DepthCost(num_layers=n, hidden_size=16, epoch_seconds=r, ratio=r)
        for n, r in enumerate(ratios, 1)
    )


PLAN = PlanRecord(
    strategy="growth",
    shortest=(cost("width", "lstm(2)", 20.0), cost("final", "lstm(2)", 5.0)),
    longest=(
        cost("width", "lstm(2)", 20.0),
        cost("width", "lstm(4)", 40.0, 2_000_000_000),
        cost("final", "lstm(4)", 10.0),
    ),
    depths=depths(1.0, 2.0),
    pace=1.0,
    budget_seconds=0.0,
    kernels="cpu",
    num_threads=2,
)


def test_the_table_adds_up():
    console = Console(width=120, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(plan_report(PLAN))
    lines = [line.split() for line in capture.get().splitlines() if "lstm(4)" in line]
    assert lines[0] == [
        "width",
        "lstm(4)",
        "27",
        "40",
        "s",
        "20",
        "s",
        "80",
        "s",
        "2.0",
        "GB",
        "60",
        "s",
    ]
    assert lines[1][-2:] == ["70", "s"]


def test_ends_that_say_nothing_have_no_columns():
    same = [
        replace(one, least_seconds=s, most_seconds=s)
        for one in PLAN.longest
        if (s := one.predicted_seconds)
    ]
    console = Console(width=120)
    with console.capture() as capture:
        console.print(plan_report(replace(PLAN, longest=tuple(same))))
    head = next(line.split() for line in capture.get().splitlines() if "stage" in line)
    assert head == ["stage", "network", "models", "time", "memory", "by", "then"]


def test_both_ends_of_a_search_are_told():
    said = plan_sentences(PLAN)
    assert said[0].startswith("In all 25 s if no larger network helps, up to 70 s if every one")
    assert said[1] == "Memory: at most 2.0 GB beyond data and program."
    assert said[-1] == "Measured on this machine: kernels cpu, 2 threads."


def test_a_fixed_list_has_a_range_by_early_stopping():
    said = plan_sentences(replace(PLAN, shortest=PLAN.longest))
    assert said[0] == "In all about 70 s; 35 s to 2.3 min, by when training stops early."


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (100.0, "All of it fits into 100 s."),
        (40.0, "In 40 s the longest search gets as far as width, lstm(2)."),
        (15.0, "In 15 s not even lstm(2) would end; give more --budget."),
    ],
)
def test_a_budget_is_told_how_far_it_reaches(seconds, told):
    assert told in plan_sentences(replace(PLAN, budget_seconds=seconds))


def test_a_budget_is_shared_out_over_outer_folds():
    said = plan_sentences(replace(PLAN, budget_seconds=60.0, outer_folds=2))
    assert "Each of the 3 searches has an equal share of 60 s." in said


@pytest.mark.parametrize(
    ("ratios", "told"),
    [
        ((1.0, 1.5, 2.0), "Here less, since part"),
        ((1.0, 2.0, 3.1), "Here about that: beside one layer of 16 cells, 2 take 2.0 times, 3"),
        ((1.0, 2.4, 3.6), "Here more:"),
    ],
)
def test_whether_layers_cost_in_proportion_is_answered(ratios, told):
    assert told in depth_sentence(depths(*ratios))


def test_a_busy_machine_is_told():
    said = plan_sentences(replace(PLAN, pace=2.5))
    assert said[-1].endswith("2 threads; other work makes it 2.5 times slower now.")
