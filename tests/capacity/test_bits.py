import pytest

from cellwise.capacity import memorised_bits
from cellwise.capacity._bits import bit_statements


def by_key(case):
    return {one.key: one for one in bit_statements(case)}


def test_worked_bits():
    found = [memorised_bits(1000, p) for p in (1.0, 0.99, 0.9, 0.75, 0.5)]
    assert found == pytest.approx([1000, 919.207, 531.004, 188.722, 0], abs=5e-4)


def test_worked_bit_budgets(make_case):
    assert by_key(make_case("lstm(3)"))["stored_bits"].value == 320
    assert by_key(make_case("lstm(64)", inputs=10))["stored_bits"].value == 96_325


def test_memorisation_ratio_counts_label_bits(make_case):
    case = make_case("lstm(3)", samples=640, task="classification")
    assert by_key(case)["memorisation_ratio"].value == 2.0
