"""Ten fits of real data, small enough for a slow test."""

from pathlib import Path

import polars as pl

DATA = Path(__file__).parents[3] / "shared" / "data"
MOST_ROWS = 6000

RUNS = {
    "airline": ("univariate/airline-passengers.csv", "Passengers", "Month", 6),
    "temperatures": ("univariate/daily-min-temperatures.csv", "Temp", "Date", 7),
    "sunspots": ("univariate/monthly-sunspots.csv", "Sunspots", "Month", 12),
    "births": ("univariate/daily-total-female-births.csv", "Births", "Date", 7),
    "household": (
        "univariate/household_power_consumption_days.csv",
        "Global_active_power",
        "datetime",
        7,
    ),
    "etth1": ("forecast_long/ETTh1.csv", "OT", "date", 24),
    "exchange": ("forecast_long/exchange_rate.csv", "OT", "date", 14),
    "weather": ("forecast_long/WTH.csv", "WetBulbCelsius", "date", 24),
    "bikes": ("tabular_hourly/bike_sharing_hour.csv", "cnt", None, 24),
    "cash": ("nn5_daily.csv", "NN5-001", "date", 14),
}


def table_of(name: str) -> pl.DataFrame:
    path, target, time, _ = RUNS[name]
    frame = pl.read_csv(DATA / path, infer_schema_length=10_000, ignore_errors=True)
    columns = [one for one in (time, target) if one]
    return frame.select(columns).head(MOST_ROWS)


def fit_real(name: str, out: Path):
    from cellwise.run import fit

    _, target, time, horizon = RUNS[name]
    return fit(
        table_of(name),
        target=target,
        time=time,
        horizon=horizon,
        missing="interpolate",
        seeds=2,
        max_cells=16,
        max_layers=2,
        budget="40s",
        out=out,
    )
