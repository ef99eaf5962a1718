import json

import pytest

from cellwise import RunError
from cellwise.run import fit, resume
from cellwise.search import Observer


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


def test_a_cluster_that_is_not_there_is_said_before_anything_is_written(
    make_table, options, tmp_path
):
    with pytest.raises(RunError, match="must lead to a Ray cluster"):
        fit(make_table(), out=tmp_path / "run", engine="ray", address="127.0.0.1:9", **options)
    assert not (tmp_path / "run").exists()
