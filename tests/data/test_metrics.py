from dataclasses import replace

import numpy as np
import pytest

from cellwise._errors import SettingsError
from cellwise.data import all_errors, summarise, to_original, window_errors


@pytest.fixture
def toy(ramp):
    """Give two steps of truth, 14.5 and 15, behind a context; MASE scale of theory.md section 11."""
    span = replace(ramp.series[0], center=10.0, scale=2.0, mase_scale=1.571429 / 2.0)
    target = ((np.array([10, 12, 11, 13, 14.5, 15]) - 10) / 2).astype(np.float32)
    return replace(ramp, target=target, series=(replace(span, stop=6),))


STARTS = np.array([0])
FORECAST = ((np.array([[14.0, 16.0]]) - 10) / 2).astype(np.float32)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("mae", 0.75 / 2),
        ("mse", (0.25 + 1) / 2 / 4),
        ("mase", 0.477273),
        ("smape", 100 * (0.5 / 28.5 * 2 + 1 / 31 * 2) / 2),
    ],
)
def test_by_hand(toy, metric, expected):
    assert window_errors(metric, toy, STARTS, FORECAST)[0] == pytest.approx(expected, rel=1e-5)


def test_rmse_is_the_root_of_the_mean():
    assert summarise("rmse", np.array([1.0, 7.0])) == 2.0


def test_original_units(toy):
    errors = all_errors(toy, STARTS, FORECAST)
    assert errors["original_mae"] == pytest.approx(0.75)
    assert errors["original_mse"] == pytest.approx(0.625)
    assert to_original(toy, STARTS, FORECAST).tolist() == [[14.0, 16.0]]


def test_smape_of_zeros_is_no_error(toy):
    span = replace(toy.series[0], center=0.0, scale=1.0)
    data = replace(toy, target=np.zeros(6, np.float32), series=(span,))
    assert window_errors("smape", data, STARTS, np.zeros((1, 2), np.float32)).tolist() == [0.0]


def test_unknown_metric_is_named(toy):
    with pytest.raises(SettingsError, match=r"metric must be one of mae, .*, got 'r2'"):
        window_errors("r2", toy, STARTS, FORECAST)
