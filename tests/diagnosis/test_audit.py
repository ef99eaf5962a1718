import time

import numpy as np
import polars as pl
import pytest

from cellwise.data import ForecastTask, prepare
from cellwise.diagnosis import audit

BIKE = "tabular_hourly/bike_sharing_hour.csv"
HEALTHY = {
    "ETTh1": (
        "forecast_long/ETTh1.csv",
        {
            "target": "OT",
            "time": "date",
            "split": (8640, 2880, 2880),
            "past_covariates": ("HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL"),
        },
    ),
    "bike": (
        BIKE,
        {
            "target": "cnt",
            "time": "instant",
            "known_covariates": ("hr", "weekday", "workingday", "weathersit", "temp", "hum"),
        },
    ),
    "vic_elec": (
        "tabular_hourly/vic_elec.csv",
        {"target": "Demand", "time": "Time", "known_covariates": ("Temperature", "Holiday")},
    ),
    "pollution": (
        "tabular_hourly/pollution_beijing.csv",
        {
            "target": "pm2.5",
            "time": "No",
            "missing": "forward",
            "past_covariates": ("DEWP", "TEMP", "PRES", "Iws"),
        },
    ),
    "exchange": (
        "forecast_long/exchange_rate.csv",
        {"target": "OT", "past_covariates": ("0", "1", "2", "3", "4", "5", "6")},
    ),
    "sunspots": ("univariate/monthly-sunspots.csv", {"target": "Sunspots"}),
    "births": ("univariate/daily-total-female-births.csv", {"target": "Births"}),
    "airline": ("univariate/airline-passengers.csv", {"target": "Passengers", "horizon": 6}),
    "temperatures": ("univariate/daily-min-temperatures.csv", {"target": "Temp"}),
}


def real(data, name, options):
    return prepare(data(name), ForecastTask(**{"horizon": 12, **options}))


@pytest.mark.parametrize("name", HEALTHY)
def test_real_data_raise_no_false_alarm(real_data, name):
    found = audit(real(real_data, *HEALTHY[name]))
    assert found.status == "passed", [c.seen for c in (*found.failed, *found.warned)]


def test_parts_of_the_sum_are_a_leak_if_known_and_none_if_past(real_data):
    parts = ("casual", "registered")
    task = {"target": "cnt", "time": "instant", "horizon": 24}
    known = audit(real(real_data, BIKE, {**task, "known_covariates": ("hr", *parts)}))
    assert [c.key for c in known.failed] == ["future_combination"]
    assert "casual and registered together explain 100.0%" in known.failed[0].seen
    assert [c.key for c in known.warned] == ["future_columns"]
    past = audit(real(real_data, BIKE, {**task, "past_covariates": parts}))
    assert past.status == "passed"


def test_fifty_thousand_rows_of_ten_columns_take_seconds():
    noise = np.random.default_rng(0).normal(size=(50_000, 10))
    frame = pl.DataFrame({"y": noise[:, 0].cumsum()}).with_columns(
        **{f"x{i}": noise[:, i] for i in range(1, 10)}
    )
    names = tuple(f"x{i}" for i in range(2, 10))
    prepared = prepare(
        frame,
        ForecastTask(target="y", horizon=48, past_covariates=("x1",), known_covariates=names),
    )
    begun = time.process_time()
    assert len(audit(prepared).checks) == 6
    assert time.process_time() - begun < 20  # .4 on one thread, 3 on two of a busy machine
