from dataclasses import replace

import numpy as np
import pytest

from cellwise.search._alpha import alpha_walk, relative_gaps


def trained(make_candidate, make_member, *, gap, error=0.5, folds=3):
    """A candidate whose training error is lower than its validation error by a share."""
    members = tuple(
        replace(
            make_member(fold=fold, seed=seed, error=error),
            train_curve=(0.9, error * (1 - gap - 0.001 * fold)),
        )
        for fold in range(folds)
        for seed in (0, 1)
    )
    one = make_candidate("lstm(4)", [np.full((2, 5), error)] * folds)
    return replace(one, record=replace(one.record, members=members))


@pytest.fixture
def walk(tiny_data, make_candidate, make_member):
    def run(gap_of, max_cells=1000):
        asked = []

        def trial(cells):
            asked.append(cells)
            return trained(make_candidate, make_member, gap=gap_of(cells))

        return asked, alpha_walk(tiny_data, trial, max_cells)

    return run


def test_cells_are_those_of_the_rule_by_both_counts(walk, tiny_data):
    _, steps = walk(lambda cells: 0.0)
    windows = len(tiny_data.folds[0].train_starts)
    apart = (windows + 10 - 1) // 10
    assert [s.alpha for s in steps] == list(range(2, 11))
    for step in steps:
        assert step.cells_by_windows == pytest.approx(windows / (step.alpha * 3))
        assert step.cells_by_independent == pytest.approx(apart / (step.alpha * 3))


def test_walk_ends_at_the_first_step_without_a_gap(walk):
    asked, steps = walk(lambda cells: 0.3 if cells > 10 else 0.05)
    assert asked == [s.cells for s in steps if s.cells]
    assert all(cells > 10 for cells in asked[:-1]) and asked[-1] <= 10
    last = next(s for s in steps if s.cells == asked[-1])
    assert last.reason.endswith("the walk ends") and last.gap == pytest.approx(0.051)
    assert all(s.cells == 0 for s in steps if s.alpha > last.alpha)


def test_walk_that_always_overfits_goes_to_the_end(walk):
    asked, steps = walk(lambda cells: 0.5)
    assert len(asked) == len({int(s.cells_by_windows) for s in steps})
    assert all(s.reason.startswith(("overfits", "as many")) for s in steps)


def test_sizes_above_the_limit_are_passed_over(walk):
    asked, steps = walk(lambda cells: 0.5, max_cells=10)
    assert max(asked) <= 10
    assert steps[0].reason == "more than the 10 cells that are allowed"


def test_gap_is_not_measured_in_other_units(make_candidate, make_member):
    record = trained(make_candidate, make_member, gap=0.2).record
    assert len(relative_gaps(record, "mase")) == 0
    assert relative_gaps(record, "mse") == pytest.approx([0.2, 0.201, 0.202])
    assert relative_gaps(record, "rmse")[0] == pytest.approx(1 - (0.5 * 0.8) ** 0.5 / 0.5)
