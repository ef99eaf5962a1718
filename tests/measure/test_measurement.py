import json

import pytest
import torch

from cellwise.measure._effort import Effort
from cellwise.measure._fit import Fitted
from cellwise.measure._measurement import Measurement, Spent, spread


def fitted(ending, seconds=1.0):
    return Fitted(parameters=torch.zeros(4, 2), steps=10, seconds=seconds, ending=ending)


@pytest.fixture
def measurement():
    effort = Effort(steps=20, seeds=2)
    return Measurement(
        kind="bits",
        architecture="lstm(1)",
        num_parameters=10,
        value=2.0,
        unit="bits per parameter",
        replicates=(1.0, 2.0),
        sentence="Two.",
        bound="A lower bound.",
        protocol="As told.",
        source="Somebody",
        rows=({"labels": 3, "right": float("nan")},),
        spent=Spent.of([fitted("solved"), fitted("steps", 2.0)], effort),
    )


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
