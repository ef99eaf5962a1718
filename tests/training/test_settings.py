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


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"optimizer": "adagrad"}, "optimizer must be one of adam, nadam, rmsprop, sgd, got 'adag"),
        ({"momentum": 1.0, "optimizer": "sgd"}, "momentum must be at least 0 and below 1, got 1"),
        ({"momentum": 0.9}, "momentum is for sgd and rmsprop, got optimizer 'adam'"),
        ({"nesterov": True, "optimizer": "sgd"}, "nesterov needs sgd with momentum, got"),
    ],
)
def test_optimizer_and_momentum_fit_together(settings, message):
    with pytest.raises(SettingsError, match=message):
        Member(fold=0, seed=0, learning_rate=0.1, **settings)


def test_replicates_share_their_recipe():
    one = Member(fold=1, seed=7, learning_rate=0.1, l2=0.5)
    assert one.recipe == Member(fold=2, seed=3, learning_rate=0.1, l2=0.5).recipe
    assert one.recipe != Member(fold=1, seed=7, learning_rate=0.1).recipe


def test_schedule_is_one_of_those_there_are():
    with pytest.raises(SettingsError, match=r"schedule must be one of constant, .*got 'linear'"):
        TrainingSettings(schedule="linear")


@pytest.mark.parametrize("factor", [0.0, 1.5])
def test_final_factor_lies_above_0_and_up_to_1(factor):
    with pytest.raises(SettingsError, match=f"final_factor must be above 0 .*got {factor}"):
        TrainingSettings(final_factor=factor)
