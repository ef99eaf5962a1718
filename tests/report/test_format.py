import math

import pytest

from cellwise.report._format import duration, number, p_equation, percent, plus_minus, size_text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.30124, "0.3012"), (12345.6, "12,346"), (1.5, "1.500"), (0.0, "0"), (2e-5, "2.0e-05")],
)
def test_numbers_keep_four_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_sizes() -> None:
    found = [size_text(one) for one in (3e5, 12.4e6, 1.44e9)]
    assert found == ["< 1 MB", "12 MB", "1.4 GB"]


def test_what_is_not_finite_is_a_dash() -> None:
    found = {number(math.nan), number(math.inf), percent(math.nan), duration(math.nan)}
    assert found == {"\N{EN DASH}"}


def test_the_spread_has_the_decimals_of_the_value() -> None:
    assert plus_minus(0.30124, 0.00413) == "0.3012 ± 0.0041"
    assert plus_minus(0.30124, math.nan) == "0.3012"


def test_percent_has_a_sign() -> None:
    assert percent(0.031) == "+3.1 %"
    assert percent(-0.031) == "\N{MINUS SIGN}3.1 %"


def test_small_p_values_are_bounds() -> None:
    assert p_equation(0.0002) == "p < 0.001"
    assert p_equation(0.0213) == "p = 0.021"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.01, "< 0.1 s"), (4.26, "4.3 s"), (45.2, "45 s"), (412, "7 min"), (4330, "1 h 12 min")],
)
def test_time_spans(seconds: float, text: str) -> None:
    assert duration(seconds) == text
