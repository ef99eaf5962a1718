import math

import pytest

from cellwise.report._format import (
    duration,
    number,
    p_equation,
    percent,
    plus_minus,
    size_text,
    tidied,
)


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
    assert p_equation(0.99999) == "p > 0.999"


def test_large_percentages_have_no_decimals() -> None:
    assert percent(-30.118) == "\N{MINUS SIGN}3,012 %"
    assert percent(9.994) == "+999.4 %"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "is 490.5% worse than ridge (one-sided p = 1).",
            "has 5.9 times the error of ridge (one-sided p > 0.999).",
        ),
        (
            "is 54.8% worse than ridge (one-sided p = 0.998).",
            "is 54.8 % worse than ridge (one-sided p = 0.998).",
        ),
        (
            "learning rate 0.127279, batch size 32: 2864.1% worse",
            "learning rate 0.127, batch size 32: 2,864 % worse",
        ),
        ("8.1% better, p = 6.68e-05", "8.1 % better, p < 0.001"),
        ("the last 3 steps", "the last 3 steps"),
    ],
)
def test_recorded_sentences_are_written_alike(text: str, told: str) -> None:
    assert tidied(text) == told


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.01, "< 0.1 s"), (4.26, "4.3 s"), (45.2, "45 s"), (412, "7 min"), (4330, "1 h 12 min")],
)
def test_time_spans(seconds: float, text: str) -> None:
    assert duration(seconds) == text
