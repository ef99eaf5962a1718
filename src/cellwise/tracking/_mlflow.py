"""MLflow: a run for the search, and one below it for each trial."""

import logging
import math
import os
import time
import warnings
from pathlib import Path
from typing import Any

from cellwise.records import BaselineRecord, CandidateRecord, Evidence
from cellwise.search import Observer, rate_trials
from cellwise.tracking._tensorboard import artefacts, summary

_EXPERIMENT = "cellwise"
_RUN, _NAME, _PARENT = "cellwise.run", "cellwise.trial", "mlflow.parentRunId"
# What MLflow takes as one parameter
_LONGEST = 500


class MlflowTracker(Observer):
    """Writes trials as runs of MLflow, each once however often the search was continued.

    Args:
        uri: Database or server; empty for a SQLite file in the run.
        directory: The run directory.
        identity: Tells the run from all others.
    """

    def __init__(self, uri: str, directory: Path, identity: str) -> None:
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        # MLflow would try for minutes to reach a server that is not there, and training waits
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
        logging.getLogger("mlflow").setLevel(logging.WARNING)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # MLflow's own, of SQLAlchemy and pydantic
            from mlflow.tracking import MlflowClient

            home = directory.resolve()
            self._client = MlflowClient(tracking_uri=uri or f"sqlite:///{home / 'mlflow.db'}")
            self._experiment = self._open("" if uri else (home / "mlflow-artifacts").as_uri())
            self._parent = self._begin(identity, str(home))
            self._known = self._told()

    def on_baseline(self, record: BaselineRecord) -> None:
        """Write the error of a classical method."""
        if not record.skipped:
            params = {"stage": "baseline", "architecture": record.name}
            self._write(f"baseline {record.name}", params, {"error": {0: record.error}})

    def on_candidate(self, record: CandidateRecord) -> None:
        """Write a trial for each learning rate."""
        for trial in rate_trials(record):
            params = {"stage": record.stage, "architecture": record.architecture, **trial.params}
            curves = {"validation": trial.val_curve, "training": trial.train_curve}
            last = {max(trial.val_curve): trial.error}
            self._write(trial.name, {**params, "state": trial.state}, {**curves, "error": last})

    def on_finished(self, evidence: Evidence, directory: Path) -> None:
        """Write verdict, test errors, report, evidence and model."""
        for path in artefacts(directory):
            if path.is_dir():
                self._client.log_artifacts(self._parent, str(path), path.name)
            else:
                self._client.log_artifact(self._parent, str(path))
        for name, value in summary(evidence).items():
            if isinstance(value, str):
                self._client.set_tag(self._parent, name, value)
            elif math.isfinite(value):
                self._client.log_metric(self._parent, name, value)
        self._client.set_tag(self._parent, "mlflow.note.content", evidence.verdict.sentence)
        self._client.set_terminated(self._parent)

    def _open(self, artifacts: str) -> str:
        """Find the experiment; another process may make it at the same time."""
        from mlflow.exceptions import MlflowException

        found = self._client.get_experiment_by_name(_EXPERIMENT)
        if found is None:
            try:
                return str(self._client.create_experiment(_EXPERIMENT, artifacts or None))
            except MlflowException:
                found = self._client.get_experiment_by_name(_EXPERIMENT)
                if found is None:
                    raise
        return str(found.experiment_id)

    def _begin(self, identity: str, home: str) -> str:
        for run in self._search(f"tags.`{_RUN}` = '{identity}'"):
            self._client.update_run(run.info.run_id, status="RUNNING")
            return str(run.info.run_id)
        tags = {_RUN: identity, "cellwise.directory": home}
        run = self._client.create_run(self._experiment, tags=tags, run_name=identity)
        return str(run.info.run_id)

    def _told(self) -> set[str]:
        """Names of trials that are there; half a trial of a killed process goes."""
        found = set()
        for run in self._search(f"tags.`{_PARENT}` = '{self._parent}'"):
            if run.info.status == "FINISHED":
                found.add(run.data.tags[_NAME])
            else:
                self._client.delete_run(run.info.run_id)
        return found

    def _search(self, words: str) -> list[Any]:
        found: list[Any] = []
        page = None
        while True:
            some = self._client.search_runs([self._experiment], words, page_token=page)
            found, page = found + list(some), some.token
            if not page:
                return found

    def _write(
        self, name: str, params: dict[str, Any], metrics: dict[str, dict[int, float]]
    ) -> None:
        if name in self._known:
            return
        from mlflow.entities import Metric, Param

        tags = {_PARENT: self._parent, _NAME: name}
        run = self._client.create_run(self._experiment, tags=tags, run_name=name[:100]).info.run_id
        now = int(time.time() * 1000)
        values = [
            Metric(key, value, now, step)
            for key, curve in metrics.items()
            for step, value in curve.items()
            if math.isfinite(value)
        ]
        told = [Param(key, str(value)[:_LONGEST]) for key, value in params.items()]
        self._client.log_batch(run, params=told)
        for first in range(0, len(values), 1000):  # as many as MLflow takes at once
            self._client.log_batch(run, metrics=values[first : first + 1000])
        self._client.set_terminated(run)
        self._known.add(name)
