"""The README's real data, as tests. Slow: ten minutes each."""

from pathlib import Path

import pytest

import cellwise

DATA = Path(__file__).parents[3] / "shared" / "data"


def real(name):
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"{path} is not on this machine")
    return path


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_etth1_is_for_ridge_and_the_network_reaches_the_prototype(tmp_path):
    run = cellwise.fit(
        real("forecast_long/ETTh1.csv"),
        target="OT",
        time="date",
        horizon=24,
        split=(8640, 2880, 2880),
        calendar="none",
        budget="10m",
        out=tmp_path / "run",
    )
    assert run.verdict.network_test.mse <= 0.030
    assert (run.verdict.kind, run.verdict.benchmark) == ("use_benchmark", "ridge")


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_vic_elec_is_for_a_network(tmp_path):
    run = cellwise.fit(
        real("tabular_hourly/vic_elec.csv"),
        target="Demand",
        time="Time",
        horizon=48,
        known_covariates=("Temperature", "Holiday"),
        timezone="Australia/Melbourne",
        split=(28000, 7088, 17520),
        budget="10m",
        out=tmp_path / "run",
    )
    assert run.verdict.kind == "use_network"
    assert run.verdict.network_test.original_mae <= 185
