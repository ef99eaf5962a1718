import math

import pytest

from cellwise.capacity import log2_zhang_order, tu_gap, tu_growth, tu_rademacher
from cellwise.capacity._published import published_statements

UNIT = {"widest": 64, "input_norm": 1.0, "head_norm": 1.0, "samples": 1e5}


def test_worked_orders_of_zhang():
    flat = log2_zhang_order(**UNIT, length=50, recurrent_norm=1.0)
    growing = log2_zhang_order(**UNIT, length=50, recurrent_norm=1.1)
    assert 2**flat == pytest.approx(505.96, abs=0.01)
    assert 2**growing == pytest.approx(59395.6, abs=0.1)


def test_small_recurrent_norms_do_not_help_zhang():
    flat = log2_zhang_order(**UNIT, length=50, recurrent_norm=1.0)
    for norm in (0.0, 0.5):
        assert log2_zhang_order(**UNIT, length=50, recurrent_norm=norm) == flat


def test_zhang_does_not_overflow():
    assert log2_zhang_order(**UNIT, length=10**6, recurrent_norm=2.0) == pytest.approx(
        1e6, rel=1e-3
    )


def test_worked_growth_of_tu():
    found = [tu_growth(b, 10) for b in (0.5, 0.9, 1.0, 1.1)]
    assert found == pytest.approx([3.976562, 30.264312, 55, 100.0], abs=1e-6)
    assert tu_growth(1 - 1e-9, 10) == pytest.approx(55, rel=1e-7)
    assert tu_growth(3.0, 10**4) == math.inf


def test_growth_is_the_published_closed_form():
    for b, length in [(0.3, 7), (1.7, 12)]:
        closed = ((1 - b**length) / (1 - b) - length * b**length) / (1 - b)
        assert tu_growth(b, length) == pytest.approx(closed)


def test_tu_adds_its_three_parts():
    usual = {
        "fisher_rao": 2.0,
        "data_norm": 30.0,
        "data_one_norm": 10.0,
        "head_one_norm": 1.0,
        "input_one_norm": 2.0,
        "growth": 3.0,
        "samples": 100,
    }
    complexity = tu_rademacher(smallest_eigenvalue=0.25, **usual)
    assert complexity == pytest.approx(2 * 30 / 200 * 2 + 1 * 2 * 10 * 3 / 100)
    gap = tu_gap(rademacher=complexity, classes=2, samples=100)
    assert gap == pytest.approx(8 * complexity + 3 * math.sqrt(math.log(40) / 200))
    assert tu_rademacher(smallest_eigenvalue=0.0, **usual) == math.inf


def test_gated_layers_are_not_stated(make_case):
    zhang, tu = published_statements(make_case("lstm(3)"))
    assert zhang.silence == tu.silence == "not stated for this layer"


def test_plain_network_gets_the_order_of_zhang(make_case):
    zhang, _ = published_statements(make_case("rnn(3)", samples=10**9, length=2))
    assert zhang.says and zhang.value == pytest.approx(3 * 4 / math.sqrt(1e9))
    assert published_statements(make_case("rnn(3)"))[0].silence == "above 1"
    assert published_statements(make_case("2*rnn(3)"))[0].value is None
