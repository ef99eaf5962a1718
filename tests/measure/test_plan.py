import pytest
import torch

from cellwise.measure._effort import Effort
from cellwise.measure._plan import RATES, best_of_seeds, members_of, plan_of, rows_of, sources_of

EFFORT = Effort(steps=1, seeds=2, seed=5)
PLAN = [(7, "x", 0.1, 3), (8, "y", 0.2, 4)]


def test_every_condition_meets_every_rate_and_seed():
    plan = plan_of(EFFORT, [2, 4], ["a"])
    assert len(plan) == len(set(plan)) == 2 * len(RATES) * 2
    assert plan[:2] == [(2, "a", RATES[0], 5), (2, "a", RATES[0], 6)]


def test_members_follow_the_last_two_parts_of_a_condition():
    found = members_of(PLAN)
    assert [(one.learning_rate, one.seed) for one in found] == [(0.1, 3), (0.2, 4)]


def test_rows_of_one_seed_draw_the_same():
    first, second, again = (
        torch.rand(4, generator=source) for source in sources_of([*PLAN, (9, "z", 0.3, 3)])
    )
    assert torch.equal(first, again) and not torch.equal(first, second)


def test_a_row_holds_its_condition_and_what_was_measured():
    rows = rows_of(PLAN, ["size", "kind"], error=[0.5, 0.25])
    assert rows[1] == {"size": 8, "kind": "y", "learning_rate": 0.2, "seed": 4, "error": 0.25}
    with pytest.raises(ValueError, match="shorter"):
        rows_of(PLAN, ["size", "kind"], error=[0.5])


def test_the_best_of_each_seed_is_found_over_all_else():
    rows = rows_of(plan_of(EFFORT, [2, 4]), ["size"], learnt=[1, 1, 0, 0, 0, 1, 0, 0])
    assert best_of_seeds(rows, EFFORT, lambda row: row["size"] * row["learnt"]) == (2.0, 4.0)
