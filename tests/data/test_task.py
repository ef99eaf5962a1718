import pytest

from cellwise._errors import SettingsError
from cellwise.data import ForecastTask


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"horizon": 0}, "horizon must be at least 1, got 0"),
        ({"context_length": 0}, "context_length must be at least 1, got 0"),
        ({"horizon": 10**20}, "horizon must be at most 1,000,000,000, got 100,000,000,"),
        ({"context_length": 10**23}, "context_length must be at most 1,000,000,000, got 100,"),
        ({"num_folds": 1001}, "num_folds must be at most 1,000, got 1,001"),
        ({"num_folds": 1}, "num_folds must be at least 2, got 1"),
        ({"anchor": "first"}, "anchor must be one of last, mean, none, got 'first'"),
        ({"split": (0.6, 0.3, 0.3)}, "split fractions must sum to at most 1, got 1.2"),
        ({"split": (100.0, 0.5, 20.0)}, "split must be all fractions below 1 or all whole"),
        ({"split": (0.5, 0.5, 0.0)}, "split must be three positive numbers"),
        ({"known_covariates": ("y",)}, "column 'y' must have one role only, got several"),
    ],
)
def test_message_names_the_field(fields, message):
    with pytest.raises(SettingsError, match=message):
        ForecastTask(**{"target": "y", "horizon": 2, **fields})


def test_dict_round_trip_with_lists_for_tuples():
    task = ForecastTask(target="y", horizon=2, past_covariates=("a",), split=(10, 5, 5))
    plain = {k: list(v) if isinstance(v, tuple) else v for k, v in task.to_dict().items()}
    assert ForecastTask.from_dict(plain) == task


def test_split_in_rows_is_no_fraction():
    assert not ForecastTask(target="y", horizon=2, split=(10, 5, 5)).split_is_fraction
