import pytest

from cellwise import SettingsError
from cellwise.run import check_settings, seconds_of
from cellwise.run._settings import is_path


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("5m", 300), ("1.5h", 5400), ("45", 45), (" 2 m ", 120)]
)
def test_durations_are_read(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "0s", "-5m", "5 days", "m", "1e3", "5m30s"])
def test_other_durations_are_refused(text):
    with pytest.raises(SettingsError, match=r"budget must be a duration such as 90s, 5m or 1h, go"):
        seconds_of(text)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"horizon": 0}, "horizon must be at least 1, got 0"),
        ({"horizon": "many"}, "horizon: should be a valid integer.*, got 'many'"),
        ({"horizon": 1.5}, r"horizon: should be a valid integer.*, got 1\.5"),
        ({"cells": 3}, "cells: there is no such setting; did you mean cell"),
        ({"nonsense": 3}, "^nonsense: there is no such setting$"),
        ({"budget": ""}, "budget must be a duration such as .*, got ''"),
        ({"max_cells": 10**20}, "max_cells: should be less than or equal to 100000, got 1000"),
        (
            {"search": "tpe", "known": ("lstm(400)",)},
            "known must have 2 to 64 cells .*got 'lstm.400.'",
        ),
        ({"search": "tpe", "known": ("lstm(1)",)}, "known must have 2 to 64 cells .*got 'lstm.1.'"),
        ({"search": "tpe", "known": ("5*lstm(2)",)}, "known must have .* at most 4 layers"),
        ({"max_cells": 1}, "max_cells: should be greater than or equal to 2, got 1"),
        ({"max_layers": 0}, "max_layers: .*, got 0"),
        ({"epochs": 0}, "epochs: .*, got 0"),
        ({"epochs": 10**20}, "epochs: should be less than or equal to 100000, got 1000"),
        ({"folds": 1}, "folds: .*, got 1"),
        ({"seeds": 0}, "seeds: .*, got 0"),
        ({"seed": -1}, "seed: .*, got -1"),
        ({"goal": 0.0}, r"goal: should be greater than 0, got 0\.0"),
        ({"metric": "r2"}, "metric: should be 'mse'.*, got 'r2'|metric: .*, got 'r2'"),
        ({"cell": "transformer"}, "cell: should be 'lstm', 'gru' or 'rnn', got 'transformer'"),
        ({"calendar": "lunar"}, "calendar: should be 'auto' or 'none', got 'lunar'"),
        ({"missing": "drop"}, "missing: .*, got 'drop'"),
        ({"anchor": "first"}, "anchor: .*, got 'first'"),
        ({"budget": "soon"}, "budget must be a duration such as .*, got 'soon'"),
        ({"context_length": 0}, "context_length must be at least 1, got 0"),
        ({"split": (0.9, 0.2, 0.2)}, r"split fractions must sum to at most 1, got 1\.3"),
        ({"past_covariates": ("y",)}, "column 'y' must have one role only"),
        ({"search": "bayes"}, "search: should be 'growth', .*, got 'bayes'"),
        ({"search": "grid", "warm": True}, "warm goes with growth, not with search='grid'"),
        ({"tune": True, "warm": True}, "warm goes with growth, not with search='structured'"),
        ({"stop_gain": 0.1}, "stop_gain is for search tpe, gp, random, not for 'growth'"),
        ({"search": "tpe", "stop_gain": 2.0}, "stop_gain: should be less than 1, got 2.0"),
        ({"search": "tpe", "tune": True}, "tune goes with growth, not with search='tpe'"),
        ({"trials": 5}, "trials does not go with search='growth'"),
        ({"ranges": {"dropout": [0.1]}}, "ranges does not go with search='growth'"),
        (
            {"search": "grid", "grid": "layers=1 cells=4", "max_cells": 2},
            "grid must lie within max_cells=2, got 'layers=1 cells=4'",
        ),
        ({"device": "tpu"}, "device: should be 'cpu' or 'cuda', got 'tpu'"),
        ({"save_activations": ("top",)}, "save_activations must be an index such as -2, .* 'top'"),
        ({"address": "auto"}, "address leads to a Ray cluster; give engine='ray' with it"),
        ({"engine": "slurm"}, "engine: .*, got 'slurm'"),
        ({"search": "grid"}, "grid must be given with search='grid', and only with it"),
        ({"grid": "layers=1 cells=2"}, "grid must be given with search='grid', and only with"),
        ({"search": "grid", "grid": "1x4"}, "grid must be such as .*, got '1x4'"),
        (
            {"search": "tpe", "known": ("lstm(2) > dense(3)",)},
            "known must be layers such as lstm.8., which search='tpe' varies, not 'lstm.2. > de",
        ),
        ({"search": "tpe", "known": ("gru(2)",)}, "known must be layers such as lstm"),
        ({"search": "known"}, "known must name the architectures for search='known'"),
        ({"known": ("lstm(2)",)}, "known does not go with search='growth'; use search='known'"),
        ({"known": ("lstn(2)",)}, ".*lstn"),
        ({"trials": 0}, "trials: .*, got 0"),
    ],
)
def test_message_names_the_option_and_what_was_given(options, message):
    with pytest.raises(SettingsError, match=f"^{message}") as found:
        check_settings({"target": "y", "horizon": 2, **options})
    assert "\n" not in str(found.value)


def test_target_must_be_given():
    with pytest.raises(SettingsError, match=r"^target: Field required"):
        check_settings({"horizon": 2})


def test_none_takes_the_default():
    plain = check_settings({"target": "y", "horizon": 2})
    assert check_settings({"target": "y", "horizon": 2, "folds": None, "budget": None}) == plain


def test_options_reach_task_and_search():
    settings = check_settings(
        {
            "target": "y",
            "horizon": 3,
            "folds": 4,
            "known_covariates": ["a"],
            "budget": "2m",
            "max_cells": 8,
            "goal": 0.5,
            "cell": "gru",
            "seeds": 3,
            "seed": 7,
            "epochs": 5,
            "metric": "rmse",
        }
    )
    assert (settings.task.num_folds, settings.task.known_covariates) == (4, ("a",))
    search = settings.bounds(1000)
    assert (search.budget_seconds, search.max_cells, search.goal) == (120.0, 8, 0.5)
    assert (search.cell, search.num_seeds, search.seed) == ("gru", 3, 7)
    assert (search.training.epochs, search.training.metric) == (5, "rmse")


@pytest.mark.parametrize(
    ("metric", "loss"),
    [("mse", "mse"), ("rmse", "mse"), ("mae", "mae"), ("mase", "mae"), ("smape", "mae")],
)
def test_loss_follows_the_metric(metric, loss):
    settings = check_settings({"target": "y", "horizon": 1, "metric": metric})
    assert settings.bounds(1000).training.loss == loss


@pytest.mark.parametrize(("windows", "epochs"), [(10, 100), (1_280, 60), (6_400, 12), (10**6, 12)])
def test_epochs_make_1200_steps_where_none_are_given(windows, epochs):
    # 64 windows a step, at most 100 steps an epoch, 12 to 100 epochs
    settings = check_settings({"target": "y", "horizon": 1})
    assert settings.bounds(windows).training.epochs == epochs


def test_settings_come_back_from_json():
    settings = check_settings({"target": "y", "horizon": 2, "split": (100, 50, 50)})
    assert check_settings(settings.model_dump(mode="json")) == settings


def test_text_and_paths_are_files(tmp_path):
    assert is_path("a.csv") and is_path(tmp_path) and not is_path({"y": [1]})


def test_tune_is_another_word_for_structured():
    base = {"target": "y", "horizon": 2}
    assert check_settings({**base, "tune": True}).strategy == "structured"
    assert check_settings({**base, "search": "structured"}).bounds(100).strategy == "structured"
    assert check_settings(base).strategy == "growth"


def test_password_of_the_ledger_is_neither_shown_nor_kept():
    url = "postgresql://ann:hush@db/studies"
    settings = check_settings({"target": "y", "horizon": 1, "ledger": url})
    assert "hush" not in f"{settings} {settings!r} {settings.model_dump_json()}"
    kept = settings.model_dump(mode="json")
    assert kept["ledger"] == "postgresql+psycopg://ann@db/studies"
    assert check_settings(kept).ledger.get_secret_value() == kept["ledger"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"ledger": "hush"}, "ledger must be a URL such as"),
        ({"ledger": 7}, "ledger: "),
        ({"study": "mine"}, "study names a study of a shared ledger"),
    ],
)
def test_bad_ledger_is_refused(given, told):
    with pytest.raises(SettingsError, match=told) as caught:
        check_settings({"target": "y", "horizon": 1, **given})
    assert "hush" not in str(caught.value)
