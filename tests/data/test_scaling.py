import json

import pytest

from cellwise import _errors
from cellwise.data import ForecastTask, Scaling, prepare


@pytest.fixture
def scaling(hourly):
    task = ForecastTask(target="load", horizon=6, time="t", known_covariates=("temp",))
    return Scaling.of(prepare(hourly(400), task))


def test_round_trip_through_json(scaling):
    assert Scaling.from_dict(json.loads(json.dumps(scaling.to_dict()))) == scaling


def test_round_trip_without_time(hourly):
    found = Scaling.of(prepare(hourly(400), ForecastTask(target="load", horizon=6)))
    assert Scaling.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_other_version_is_refused(scaling):
    with pytest.raises(_errors.RunError, match="scaling schema_version must be 1, got 7"):
        Scaling.from_dict(scaling.to_dict() | {"schema_version": 7})


def test_columns_are_those_of_the_data(tiny_prepared):
    assert Scaling.of(tiny_prepared).columns == tiny_prepared.data.columns == ("y",)
