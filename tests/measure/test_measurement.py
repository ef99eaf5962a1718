import json

import pytest
import torch

from cellwise.architecture import Architecture
from cellwise.measure._effort import Effort
from cellwise.measure._fit import Fitted
from cellwise.measure._measurement import Experiment, Spent, spread


def fitted(ending, seconds=1.0):
    return Fitted(parameters=torch.zeros(4, 2), steps=10, seconds=seconds, ending=ending)


EXPERIMENT = Experiment(
    kind="bits", unit="bits per parameter", protocol="As told.", source="Somebody"
)


@pytest.fixture
def measurement():
    return EXPERIMENT.found(
        Architecture.parse("lstm(1)"),
        (1.0, 2.0),
        num_parameters=10,
        sentence="Two.",
        rows=({"labels": 3, "right": float("nan")},),
        spent=Spent.of([fitted("solved"), fitted("steps", 2.0)], Effort(steps=20, seeds=2)),
    )


def test_the_finding_is_the_best_of_the_seeds_where_all_are_lower_bounds(measurement):
    assert measurement.value == 2.0 and measurement.bound.startswith("A lower bound")


def test_costs_add_up_and_the_worst_ending_is_told(measurement):
    spent = measurement.spent
    assert (spent.seconds, spent.members, spent.seeds, spent.ending) == (3.0, 8, (0, 1), "steps")
    assert spent.sentence == (
        "8 networks, 2 seeds, at most 20 steps each, 3.0 s; training ended when the steps were taken."
    )
    assert Spent.of([fitted("steps"), fitted("time")], spent.limits).ending == "time"


def test_json_holds_the_budget_the_spread_and_no_nan(measurement):
    plain = json.loads(json.dumps(measurement.to_dict(), allow_nan=False))
    assert plain["mean"] == 1.5 and plain["deviation"] == pytest.approx(0.5**0.5)
    assert plain["rows"] == [{"labels": 3, "right": None}]
    assert plain["budget"] == measurement.spent.sentence


def test_one_value_has_no_spread():
    assert spread((3.0,)) == (3.0, 0.0)
