import pytest

from cellwise import SettingsError
from cellwise.tracking import TrackerPlace
from cellwise.tracking._place import run_identity


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [
        ("tensorboard", "tensorboard", ""),
        ("tensorboard:/tmp/logs", "tensorboard", "/tmp/logs"),
        ("mlflow", "mlflow", ""),
        ("mlflow:http://tracker:5000", "mlflow", "http://tracker:5000"),
        ("mlflow:postgresql://ann@db/x", "mlflow", "postgresql://ann@db/x"),
    ],
)
def test_trackers_are_read(text, kind, place):
    assert TrackerPlace.parse(text) == TrackerPlace(kind, place)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("wandb", "tracker must be tensorboard, .*, got 'wandb'"),
        ("mlflow:https://ann:hush@host", "without a password"),
        ("mlflow:postgresql://ann:hu@sh@db/x", "without a password"),
        ("mlflow:mlruns", "retired its file store"),
        ("mlflow:file:///tmp/mlruns", "retired its file store"),
    ],
)
def test_others_are_refused_and_no_password_is_repeated(text, told):
    with pytest.raises(SettingsError, match=told) as caught:
        TrackerPlace.parse(text)
    assert "hush" not in str(caught.value) and "sh@" not in str(caught.value)


def test_missing_package_is_named(monkeypatch):
    from cellwise.tracking import _place

    monkeypatch.setattr(_place, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"install cellwise\[mlflow\]"):
        TrackerPlace.parse("mlflow")


def test_another_run_in_the_same_place_is_another(tmp_path):
    record = tmp_path / "run.json"
    record.write_text("{}")
    first = run_identity(tmp_path)
    assert first == run_identity(tmp_path) and first.startswith(f"{tmp_path.name}-")
    record.write_text("{ }")
    assert run_identity(tmp_path) != first
