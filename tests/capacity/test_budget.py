import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwise import SettingsError
from cellwise.architecture import Architecture
from cellwise.capacity import Budget, Case, Question, StepTime, equal_stacks, widest
from cellwise.capacity._budget import cell_of, cost_of

QUESTION = Question(inputs=10, outputs=1, length=50, samples=1000)


def test_worked_widths_of_20000_weights():
    found = equal_stacks(Budget(kind="parameters", amount=20_000), "lstm", QUESTION, (1, 2, 4, 8))
    assert [one.hidden_sizes[0] for one in found] == [65, 38, 25, 17]
    weights = [one.num_parameters(input_size=10, output_size=1) for one in found]
    assert weights == [19826, 19191, 18926, 18582]


@given(st.floats(0.5, 1e7), st.integers(1, 50))
def test_widest_is_the_last_that_fits(limit, slope):
    size = widest(lambda n: slope * n * n, limit, most=1000)
    assert size == 0 or slope * size**2 <= limit
    assert size == 1000 or slope * (size + 1) ** 2 > limit


@pytest.mark.parametrize("kind", ["parameters", "flops", "seconds"])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_one_cell_more_would_cost_too_much(kind, cell):
    amount = {"parameters": 5000, "flops": 1e7, "seconds": 0.1}[kind]
    for one in equal_stacks(Budget(kind=kind, amount=amount), cell, QUESTION):
        layers, size = one.num_layers, one.hidden_sizes[0]
        larger = Architecture.parse(f"{layers}*{cell}({size + 1})")
        costs = [
            cost_of(Case(architecture=each, question=QUESTION), kind, StepTime())
            for each in (one, larger)
        ]
        assert costs[0] <= amount < costs[1]


def test_own_budget_gives_back_the_network():
    case = Case(architecture=Architecture.parse("2*lstm(64)"), question=QUESTION)
    found = equal_stacks(Budget(kind="parameters", amount=case.weights), "lstm", QUESTION, (2,))
    assert found == (case.architecture,)


def test_depths_that_cost_too_much_are_left_out():
    found = equal_stacks(Budget(kind="parameters", amount=70), "lstm", QUESTION, (3, 1, 3, 2))
    assert [one.num_layers for one in found] == [1, 2]
    assert equal_stacks(Budget(kind="parameters", amount=1), "lstm", QUESTION) == ()


@pytest.mark.parametrize("amount", [0, -1, math.nan, math.inf])
def test_amount_that_is_no_budget_is_refused(amount):
    with pytest.raises(SettingsError, match="budget of flops must be above 0"):
        Budget(kind="flops", amount=amount)


def test_unknown_kind_is_refused():
    with pytest.raises(SettingsError, match="kind must be one of parameters, flops, seconds"):
        Budget(kind="euros", amount=1)


def test_stacks_are_made_of_the_first_cell():
    assert cell_of(Architecture.parse("gru(3) > lstm(3)")) == "gru"
