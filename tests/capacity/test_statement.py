import math

from cellwise.capacity._statement import Statement, held, power_of_two

USUAL = {
    "key": "k",
    "name": "n",
    "unit": "u",
    "kind": "theorem",
    "checked": "found",
    "assumptions": "a",
    "source": "s",
}


def test_statement_that_says_something():
    one = Statement(value=0.5, **USUAL)
    assert one.says and one.verdict == "says something here"


def test_plain_values_carry_the_verdict():
    plain = Statement(value=2.0, silence="above 1", **USUAL).to_dict()
    assert plain["says"] is False and plain["verdict"] == "says nothing here: above 1"
    assert {"value", "log2_value", "unit", "kind", "checked", "assumptions", "source"} <= set(plain)


def test_number_and_logarithm_are_held_apart():
    assert held(8.0) == (8.0, 3.0)
    assert held(0.0) == (0.0, None)
    assert held(math.inf) == (None, None)


def test_power_of_two_is_infinite_where_a_float_ends():
    assert power_of_two(3) == 8 and power_of_two(1e6) == math.inf
