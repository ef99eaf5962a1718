import math

import pytest

from cellwise.capacity._format import short, stated, whole
from cellwise.capacity._statement import Statement


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.09657, "0.0966"),
        (12.345, "12.3"),
        (256, "256"),
        (1950, "1,950"),
        (51_777, "51.8k"),
        (999_999, "1M"),
        (1.5e6, "1.5M"),
        (9999.4, "9,999"),
        (9999.6, "10k"),
        (2.5e9, "2.5G"),
        (3e12, "3T"),
        (2.0**60, "2^60"),
        (None, "-"),
        (math.inf, "-"),
    ],
)
def test_numbers_are_short(value, text):
    assert short(value) == text and len(text) <= 7


def test_counts_are_written_in_full_while_they_are_short():
    assert whole(51_777) == "51,777" and whole(2e8) == "200M" and whole(None) == "-"


def test_number_too_large_for_a_float_is_a_power():
    one = Statement(
        key="",
        name="",
        value=None,
        log2_value=4000.2,
        unit="",
        kind="theorem",
        checked="found",
        assumptions="",
        source="",
    )
    assert stated(one) == "2^4000"
