"""The ledger opens in optuna-dashboard, over its HTTP interface."""

import json
from wsgiref.util import setup_testing_defaults

import optuna
import pytest


@pytest.fixture
def ask(finished):
    """Give a function that asks the dashboard's web application over the ledger of a run."""
    dashboard = pytest.importorskip("optuna_dashboard", reason="optuna-dashboard is not installed")
    storage = optuna.storages.RDBStorage(f"sqlite:///{finished.path / 'ledger.sqlite'}")
    app = dashboard.wsgi(storage)

    def get(path, query=""):
        told = []
        environ = {"PATH_INFO": path, "QUERY_STRING": query}
        setup_testing_defaults(environ)
        body = b"".join(app(environ, lambda status, headers, *rest: told.append(status)))
        assert told == ["200 OK"], (path, told, body)
        return json.loads(body)

    yield get
    storage.remove_session()
    storage.engine.dispose()


def test_dashboard_lists_the_study(ask):
    (study,) = ask("/api/studies")["study_summaries"]
    assert study["study_name"] == "cellwise" and study["directions"] == ["minimize"]


def test_dashboard_shows_every_trial_with_parameters_and_curve(ask, finished):
    (study,) = ask("/api/studies")["study_summaries"]
    shown = ask(f"/api/studies/{study['study_id']}", "after=0")["trials"]
    rates = [
        (c.architecture, c.num_cells, rate, c.members)
        for c in finished.run.evidence.candidates
        for rate in sorted({m.learning_rate for m in c.members})
    ]
    assert len(shown) == len(rates) > 3
    for trial, (architecture, cells, rate, members) in zip(shown, rates, strict=True):
        values = {p["name"]: p["param_internal_value"] for p in trial["params"]}
        assert values["num_cells"] == cells and values["learning_rate"] == pytest.approx(rate)
        attributes = {a["key"]: a["value"] for a in trial["user_attrs"]}
        assert attributes["architecture"] == architecture
        alike = [m for m in members if m.learning_rate == rate]
        first = sum(m.val_curve[0] for m in alike) / len(alike)
        assert trial["intermediate_values"][0] == {"step": 1, "value": pytest.approx(first)}
        if all(m.state == "halved" for m in alike):
            assert trial["state"] == "Pruned"
        else:
            error = sum(m.error for m in alike) / len(alike)
            assert trial["state"] == "Complete" and trial["values"] == [pytest.approx(error)]
