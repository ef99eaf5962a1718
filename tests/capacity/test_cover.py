import math

import pytest

from cellwise.capacity import cover_gap, cover_of, cover_regression_gap
from cellwise.capacity._cover import cover_statement


@pytest.mark.parametrize(
    ("length", "log_number", "gap"),
    [(1, 106.670279, 0.0234164), (2, 293.103359, 0.0384772), (10, 940.797947, 0.0686947)],
)
def test_worked_bounds(unit_norms, length, log_number, gap):
    cover = cover_of(unit_norms(), length)
    assert cover.log_number(8.0) == pytest.approx(log_number, abs=1e-6)
    found = cover_gap(cover, margin=1.0, samples=1e5, delta=0.05)
    assert found == pytest.approx(gap, abs=1e-7)


def test_worked_bounds_of_a_torch_network(measured_norms):
    import torch

    torch.manual_seed(1)
    module, head = torch.nn.LSTM(1, 3), torch.nn.Linear(3, 2)
    norms = measured_norms((module,), head, 1.0)
    found = []
    for length in (1, 10, 50):
        cover = cover_of(norms, length)
        assert sum(cover.entries) == 68
        found.append(cover_gap(cover, margin=1.0, samples=1e5, delta=0.05))
    assert found == pytest.approx([0.0201, 0.0633, 0.1468], abs=5e-5)


def test_gap_shrinks_with_samples_and_margin_and_grows_with_length(unit_norms):
    short, long = (cover_of(unit_norms(), length) for length in (5, 50))
    usual = cover_gap(short, margin=1.0, samples=1e5, delta=0.05)
    assert cover_gap(short, margin=1.0, samples=1e6, delta=0.05) < usual
    assert cover_gap(short, margin=2.0, samples=1e5, delta=0.05) < usual
    assert cover_gap(long, margin=1.0, samples=1e5, delta=0.05) > usual
    assert cover_gap(short, margin=1.0, samples=1e5, delta=0.05, price=10.0) > usual


def test_regression_bound_is_no_worse_than_any_distance(unit_norms):
    cover = cover_of(unit_norms(), 10)
    best = cover_regression_gap(cover, samples=1e5, delta=0.05)
    for e in (1e-5, 1e-3, 1e-2, 0.1):
        nats = cover.log_number(2 / e) + math.log(20)
        assert best <= 1.02 * (2 * e + math.sqrt(nats / 2e5))


@pytest.mark.parametrize("samples", [1e2, 1e5, 1e9])
def test_two_passes_find_the_best_of_all_distances(unit_norms, samples):
    from cellwise.capacity import _cover

    cover = cover_of(unit_norms(layers=2), 10)
    found = cover_regression_gap(cover, samples=samples, delta=0.05)
    each = (
        2 * e + math.sqrt((cover.log_number(2 / e) + math.log(20)) / (2 * samples))
        for e in _cover._DISTANCES
    )
    assert found == min(each)


def test_regression_bound_vanishes_with_samples(unit_norms):
    cover = cover_of(unit_norms(), 10)
    assert cover_regression_gap(cover, samples=1e15, delta=0.05) < 1e-4


def test_statement_says_when_it_is_vacuous(make_case):
    few = cover_statement(make_case("lstm(3)", samples=100))
    many = cover_statement(make_case("lstm(3)", samples=10**8))
    assert few.silence == "above 1" and few.value > 1
    assert many.says and many.value < 1


def test_classification_uses_the_margin(make_case):
    usual = {"outputs": 3, "samples": 10**7, "task": "classification"}
    wide, narrow = (cover_statement(make_case(margin=m, **usual)).value for m in (2.0, 0.5))
    assert wide < narrow


def test_other_layers_are_not_stated(make_case):
    assert cover_statement(make_case("gru(3)")).silence == "not stated for this layer"


def test_endless_sequences_are_not_computed(make_case):
    found = cover_statement(make_case("lstm(3)", length=10**6))
    assert found.value is None and "not computed beyond 50,000 steps" in found.silence
