import math

import pytest

from cellwise.capacity import alpha_cells, alpha_width
from cellwise.capacity._rules import mean_width, rule_statements, uniform_width


def by_key(case):
    return {one.key: one for one in rule_statements(case)}


def test_worked_numbers_of_the_rule_as_written():
    expected = [454.55, 303.03, 227.27, 181.82, 151.52, 129.87, 113.64, 101.01, 90.91]
    found = [
        alpha_cells(samples=10_000, inputs=10, outputs=1, alpha=alpha) for alpha in range(2, 11)
    ]
    assert found == pytest.approx(expected, abs=0.005)


def test_rule_as_written_allows_more_weights_than_points(make_case):
    # 454 cells in one layer, 10 inputs
    assert make_case("lstm(454)", inputs=10).weights == 844_895


@pytest.mark.parametrize(
    ("layers", "cells", "roots"),
    [(1, (30, 17, 11), (30.1715, 17.4269, 11.1497)), (2, (18, 11, 7), (18.471, 11.026, 7.308))],
)
def test_worked_numbers_of_the_consistent_rule(make_case, layers, cells, roots):
    case = make_case(f"{layers}*lstm(5)", inputs=10, samples=10_000)
    assert tuple(alpha_width(case, alpha) for alpha in (2, 5, 10)) == cells
    for alpha, root in zip((2, 5, 10), roots, strict=True):
        # the closed form, as an independent way to the same number
        a, b, c = 8 * layers - 4, 40 + 4 * layers + 1, 1 - 10_000 / alpha
        assert (-b + math.sqrt(b * b - 4 * a * c)) / (2 * a) == pytest.approx(root, abs=5e-4)


def test_width_shrinks_with_alpha_and_depth(make_case):
    for text in ("lstm(3)", "gru(3)", "3*rnn(3)"):
        widths = [alpha_width(make_case(text, samples=5000), alpha) for alpha in range(2, 11)]
        assert widths == sorted(widths, reverse=True)
    shallow, deep = (alpha_width(make_case(t, samples=5000), 2) for t in ("lstm(3)", "4*lstm(3)"))
    assert deep < shallow


def test_too_few_data_allow_no_cell(make_case):
    found = by_key(make_case(samples=20))["alpha_10_weights"]
    assert found.value == 0 and "too few" in found.silence


def test_worked_widths_for_universality():
    assert (mean_width(10, 1), uniform_width(10, 1)) == (11, 14)
    assert mean_width(2, 9) == 9


def test_memory_floor_needs_the_demand(make_case):
    assert by_key(make_case())["memory_floor"].silence.startswith("needs --memory")
    given = by_key(make_case(memory=12))["memory_floor"]
    assert given.value == 12 and given.says


def test_windows_are_counted_with_and_without_overlap(make_case):
    apart, cut = (by_key(make_case(samples=9951, stride=s)) for s in (0, 1))
    assert apart["independent_windows"].value == 9951
    assert apart["disjoint_windows"].value == cut["independent_windows"].value == 200


def test_no_rule_calls_itself_a_theorem(make_case):
    found = by_key(make_case())
    assert {one.kind for one in found.values()} == {"heuristic", "exact"}


def test_degrees_of_freedom_reading(make_case):
    case = make_case("lstm(3)", samples=32)
    assert by_key(case)["degrees_share"].value == 1.0


def test_rule_as_written_at_its_other_end(make_case):
    assert make_case("lstm(90)", inputs=10).weights == pytest.approx(36_000, rel=0.02)


def test_two_readings_of_the_rule_differ_by_inputs_and_outputs():
    written = alpha_cells(samples=10_000, inputs=10, outputs=1, alpha=2)
    assert pytest.approx(written * (10 + 1)) == 10_000 / 2
