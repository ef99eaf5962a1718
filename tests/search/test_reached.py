from dataclasses import replace

import pytest

from cellwise.search import SearchSettings
from cellwise.search._reached import limits_reached
from cellwise.training import TrainingSettings


@pytest.fixture
def make_chosen(make_candidate, make_member):
    """Give the function that makes a candidate whose networks had these validation curves."""

    def make(architecture, *curves):
        record = make_candidate(architecture, ()).record
        members = tuple(
            make_member(curve=curve, best_epoch=curve.index(min(curve)) + 1, error=min(curve))
            for curve in curves
        )
        return replace(record, members=members)

    return make


def settings(epochs=4, **given):
    return SearchSettings(training=TrainingSettings(epochs=epochs), **given)


def names(chosen, bounds):
    return [one.name for one in limits_reached(chosen, bounds)]


FALLING, LEVEL = (4.0, 3.0, 2.0, 1.0), (1.0, 0.9, 0.91, 0.92)


def test_epochs_whose_last_is_the_best_for_most_networks(make_chosen):
    (found,) = limits_reached(make_chosen("lstm(4)", FALLING, FALLING, LEVEL), settings())
    assert (found.name, found.value) == ("epochs", 4)
    assert found.reason == "the last of 4 epochs was the best for 2 of 3 networks"
    assert names(make_chosen("lstm(4)", FALLING, LEVEL, LEVEL), settings()) == []
    still = (1.0, 0.99, 0.985, 0.984)  # what a schedule takes off at its end
    assert names(make_chosen("lstm(4)", still, still), settings()) == []
    assert names(make_chosen("lstm(4)", (2.0, 1.9)), settings(epochs=2)) == ["epochs"]


@pytest.mark.parametrize(
    ("architecture", "most", "strategy", "reached"),
    [
        ("lstm(4)", 4, "growth", True),
        ("lstm(4)", 5, "growth", True),
        ("lstm(4)", 8, "structured", True),  # one larger size, which two rejections would end
        ("lstm(4)", 16, "growth", False),
        ("lstm(4)", 8, "tpe", False),
        ("lstm(8)", 8, "tpe", True),
        ("lstm(8)", 8, "known", False),
    ],
)
def test_cells(make_chosen, architecture, most, strategy, reached):
    bounds = settings(max_cells=most, strategy=strategy)
    assert names(make_chosen(architecture, LEVEL), bounds) == ["max_cells"] * reached


def test_layers(make_chosen):
    deep = make_chosen("lstm(4) > lstm(4)", LEVEL)
    assert names(deep, settings(max_layers=2)) == ["max_layers"]
    assert names(deep, settings(max_layers=3)) == []
