import math
import warnings

import pytest

pytest.importorskip("mlflow", reason="mlflow is not installed")
# MLflow's own, of SQLAlchemy and of databases that it leaves to the collector
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Give a run directory for all tests here: making MLflow's tables takes seconds."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def track(home, request):
    from cellwise.tracking._mlflow import MlflowTracker

    return lambda: MlflowTracker("", home, request.node.name)


@pytest.fixture
def runs(home, request):
    """Give a function that reads what was told, as MLflow's client sees it: parent, trials."""

    def read():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from mlflow.tracking import MlflowClient

            client = MlflowClient(tracking_uri=f"sqlite:///{home / 'mlflow.db'}")
            experiment = client.get_experiment_by_name("cellwise").experiment_id
            every = client.search_runs([experiment])
        (parent,) = (r for r in every if r.data.tags.get("cellwise.run") == request.node.name)
        below = [r for r in every if r.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
        return client, parent, below

    return read


def test_every_trial_is_a_run_with_parameters_and_curves(track, replay, runs, told):
    trials, baselines = told
    replay(track())
    client, _, below = runs()
    assert {r.data.tags["cellwise.trial"] for r in below} == set(trials) | baselines
    assert len(below) == len(trials) + len(baselines)
    for run in below:
        assert run.info.status == "FINISHED"
        trial = trials.get(run.data.tags["cellwise.trial"])
        if trial is None:
            continue
        assert float(run.data.params["learning_rate"]) == trial.params["learning_rate"]
        assert run.data.params["num_cells"] == str(trial.params["num_cells"])
        assert run.data.params["state"] == trial.state
        assert run.data.metrics["error"] == pytest.approx(trial.error)
        for name, curve in (("validation", trial.val_curve), ("training", trial.train_curve)):
            history = client.get_metric_history(run.info.run_id, name)
            assert {m.step: m.value for m in history} == pytest.approx(curve)


def test_artefacts_and_verdict_belong_to_the_run(track, replay, runs, finished):
    replay(track())
    client, parent, _ = runs()
    files = {f.path for f in client.list_artifacts(parent.info.run_id)}
    assert {"report.html", "evidence.json", "lock.toml", "model"} == files
    model = {f.path for f in client.list_artifacts(parent.info.run_id, "model")}
    assert "model/weights.safetensors" in model
    verdict = finished.run.verdict
    assert parent.data.tags["verdict"] == verdict.kind and parent.info.status == "FINISHED"
    assert parent.data.tags["mlflow.note.content"] == verdict.sentence
    final = finished.run.evidence.finals[0]
    assert parent.data.metrics["test_error_chosen"] == pytest.approx(
        sum(final.errors) / len(final.errors)
    )


def test_telling_twice_writes_nothing_twice_and_half_a_trial_goes(track, replay, runs, told):
    trials, baselines = told
    first = track()
    replay(first, end=False)
    client, parent, below = runs()
    half = client.create_run(
        parent.info.experiment_id,
        tags={"mlflow.parentRunId": parent.info.run_id, "cellwise.trial": "half"},
    )
    replay(track())
    client, again, below = runs()
    assert again.info.run_id == parent.info.run_id
    names = [r.data.tags["cellwise.trial"] for r in below]
    assert sorted(names) == sorted([*trials, *baselines])
    assert client.get_run(half.info.run_id).info.lifecycle_stage == "deleted"


def test_trial_without_numbers_is_written_too(track, runs, make_record):
    track().on_candidate(make_record(error=math.inf, state="non-finite"))
    _, _, (run,) = runs()
    assert run.data.params["state"] == "non-finite" and "error" not in run.data.metrics
