import json

import pytest

from cellwise import RunError, SettingsError
from cellwise._memory import PeakMemory
from cellwise.run import _engines, _fit, fit, plan, resume
from cellwise.run._engines import Engines
from cellwise.run._settings import check_settings
from cellwise.search import CrewEngine, LocalEngine, Observer
from cellwise.testing import ELSEWHERE, Elsewhere
from cellwise.training import CostModel, _cohort, _optimizer, _train


@pytest.fixture
def options(tiny_options):
    return {**tiny_options, "max_layers": 1}


class Pulled(Observer):
    """Pulls the plug at the second size."""

    def on_trial(self, stage, architecture):
        if architecture == "lstm(4)":
            raise KeyboardInterrupt


def test_ray_comes_to_the_same_evidence_and_a_run_goes_on_elsewhere(
    ray_cluster, make_table, options, evidence_of, tmp_path
):
    here, there, moved = (tmp_path / name for name in ("here", "there", "moved"))
    fit(make_table(), out=here, **options)
    ray = {"engine": "ray", "address": ray_cluster.address}
    fit(make_table(), out=there, **options, **ray)
    assert evidence_of(there) == evidence_of(here)
    settings = json.loads((there / "run.json").read_text())["settings"]
    assert (settings["engine"], settings["address"]) == ("ray", ray_cluster.address)
    assert not list((there / "checkpoints").iterdir())
    fit(make_table(), out=moved, observer=Pulled(), **options, **ray)
    resume(moved, engine="local")
    assert evidence_of(moved) == evidence_of(here)


@pytest.mark.parametrize(("cards", "kind"), [(("0",), LocalEngine), (("0", "1"), CrewEngine)])
def test_a_card_is_kept_busy_by_this_process_and_several_by_one_each(
    cards, kind, tiny_prepared, options, tmp_path, monkeypatch
):
    monkeypatch.setattr(_engines, "choose_device", lambda name: None)
    monkeypatch.setattr(_engines, "cuda_names", lambda: cards)
    settings = check_settings({**options, "target": "y", "horizon": 4, "device": "cuda"})
    with Engines.begin(settings, tiny_prepared, Observer()) as engines:
        engine = engines.make(tiny_prepared, tmp_path)
        assert type(engine) is kind
        assert engines.crew.pool.room(9).places == len(cards)


@pytest.mark.parametrize("command", [fit, plan])
def test_a_card_that_is_not_there_is_said_before_anything_is_written(
    command, make_table, options, tmp_path, monkeypatch
):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    given = {**options, "device": "cuda"} | ({"out": tmp_path / "run"} if command is fit else {})
    with pytest.raises(SettingsError, match="device must be 'cpu' where torch sees no CUDA device"):
        command(make_table(), **given)
    assert not (tmp_path / "run").exists()


def test_a_cluster_that_is_not_there_is_said_before_anything_is_written(
    make_table, options, tmp_path
):
    with pytest.raises(RunError, match="must lead to a Ray cluster"):
        fit(make_table(), out=tmp_path / "run", engine="ray", address="127.0.0.1:9", **options)
    assert not (tmp_path / "run").exists()


def test_a_run_on_a_card_finds_what_one_in_main_memory_does(
    make_table, options, evidence_of, tmp_path, monkeypatch
):
    """The card only pretends (`Elsewhere`); the steps in main memory are made of torch, too."""
    options = {**options, "backend": "reference", "epochs": 1, "max_cells": 2}
    monkeypatch.setattr(_optimizer, "load_extension", lambda: (None, "left out"))
    monkeypatch.setattr(_fit, "calibrated", lambda *given: (CostModel(), 1.0))
    fit(make_table(120), out=tmp_path / "here", **options)
    monkeypatch.setattr(_engines, "choose_device", lambda name: None)
    monkeypatch.setattr(_engines, "cuda_names", lambda: ("0",))
    monkeypatch.setattr(_train, "peak_memory", lambda name: PeakMemory())
    monkeypatch.setattr(_cohort, "choose_device", {"cuda": ELSEWHERE}.get)
    with Elsewhere() as device:
        fit(make_table(120), out=tmp_path / "there", **options, device="cuda")
    assert device.waits
    assert evidence_of(tmp_path / "there") == evidence_of(tmp_path / "here")
