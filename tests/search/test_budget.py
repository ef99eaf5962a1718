import pytest

from cellwise.search import Budget, _budget
from cellwise.search._budget import BudgetEndedError


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1000.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(_budget, "time", clock)
    return clock


def test_no_limit_never_ends(clock):
    budget = Budget()
    clock.now += 1e9
    budget.check_growth(1e9)
    assert budget.left == float("inf")


def test_growth_has_seven_tenths_of_the_time(clock):
    budget = Budget(100.0)
    clock.now += 69.0
    budget.check_growth()
    assert budget.left_for_growth == pytest.approx(1.0)
    clock.now += 1.0
    with pytest.raises(BudgetEndedError, match=r"^$"):
        budget.check_growth()
    assert budget.left == pytest.approx(30.0)


def test_work_that_would_not_end_in_time_is_not_begun(clock):
    budget = Budget(100.0)
    clock.now += 60.0
    budget.check_growth(9.0)
    with pytest.raises(BudgetEndedError, match=r"^$"):
        budget.check_growth(11.0)


def test_time_before_a_resume_counts(clock):
    budget = Budget(100.0, spent=50.0)
    clock.now += 5.0
    assert budget.seconds == pytest.approx(55.0)


def test_growth_may_be_given_less_where_tuning_follows():
    budget = Budget(100.0, spent=50.0, growth_share=0.35)
    with pytest.raises(BudgetEndedError):
        budget.check_growth()
    budget.check_tuning()


def test_tuning_ends_in_time_for_the_final_training():
    with pytest.raises(BudgetEndedError):
        Budget(100.0, spent=71.0).check_tuning()
    Budget(0.0, spent=1e9).check_tuning()


def test_what_is_kept_for_later_bounds_growth_and_tuning(clock):
    budget = Budget(100.0)
    budget.reserve = 60.0
    clock.now += 30.0
    assert budget.left_for_growth == budget.left_for_search == pytest.approx(10.0)
    budget.check_tuning(9.0)
    with pytest.raises(BudgetEndedError, match=r"^$"):
        budget.check_tuning(11.0)


def test_searches_in_a_row_share_what_is_left(clock):
    whole = Budget(100.0)
    clock.now += 10.0
    part = whole.part(3, begun=10.0)
    assert part.limit == pytest.approx(40.0) and part.span == pytest.approx(30.0)
    assert part.seconds == pytest.approx(10.0) and part.left == pytest.approx(30.0)
    assert part.left_for_growth == pytest.approx(21.0)  # seven tenths of its own time
    clock.now += 21.0
    with pytest.raises(BudgetEndedError, match=r"^$"):
        part.check_tuning()
    assert whole.left == pytest.approx(69.0)


def test_parts_of_no_limit_have_none_and_parts_of_nothing_end_at_once(clock):
    endless = Budget().part(2, begun=50.0)
    assert endless.left == float("inf") and endless.span == 0.0
    with pytest.raises(BudgetEndedError, match=r"^$"):
        Budget(10.0, spent=20.0).part(2, begun=20.0).check_growth()
