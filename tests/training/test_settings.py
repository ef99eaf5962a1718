import pytest

from cellwise import SettingsError
from cellwise.training import Member, TrainingSettings


@pytest.mark.parametrize("rate", [0.0, -0.1, float("nan")])
def test_learning_rate_must_be_positive(rate):
    with pytest.raises(SettingsError, match="learning_rate must be above 0, got"):
        Member(fold=0, seed=0, learning_rate=rate)


@pytest.mark.parametrize("rate", [-0.1, 1.0])
def test_dropout_lies_from_0_to_below_1(rate):
    with pytest.raises(SettingsError, match=rf"dropout must be at least 0 .*got {rate}"):
        Member(fold=0, seed=0, learning_rate=0.1, dropout=rate)


@pytest.mark.parametrize("name", ["weight_decay", "l1", "l2", "clip_norm"])
def test_member_strengths_are_not_negative(name):
    with pytest.raises(SettingsError, match=f"{name} must be at least 0, got -1"):
        Member(fold=0, seed=0, learning_rate=0.1, **{name: -1})


@pytest.mark.parametrize("name", ["batch_size", "epochs", "steps_per_epoch"])
def test_counts_are_at_least_1(name):
    with pytest.raises(SettingsError, match=f"{name} must be at least 1, got 0"):
        TrainingSettings(**{name: 0})


@pytest.mark.parametrize("level", [0.0, 1.0, 1.5])
def test_quantile_lies_between_0_and_1(level):
    with pytest.raises(SettingsError, match=f"quantile must be between 0 and 1, got {level}"):
        TrainingSettings(quantile=level)


def test_huber_delta_is_positive():
    with pytest.raises(SettingsError, match="huber_delta must be above 0, got 0"):
        TrainingSettings(huber_delta=0)
