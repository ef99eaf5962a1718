"""The ledger: every size and rate that was tried, as trials of an Optuna study."""

import hashlib
import json
import sqlite3
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellwise._errors import RunError, SettingsError
from cellwise.records import CandidateRecord, to_plain
from cellwise.search._rate_trials import RateTrial, rate_trials
from cellwise.search._store import SharedStore
from cellwise.training import OPTIMIZERS, SCHEDULES

if TYPE_CHECKING:
    from optuna import Study

STUDY = "cellwise"

# In Optuna's tables
_NEW_NAMES = """SELECT trials.trial_id, value_json FROM trials JOIN trial_user_attributes AS a
    ON a.trial_id = trials.trial_id AND a.key = 'name'
    WHERE study_id = :study AND trials.trial_id > :seen"""

_CHOICES: dict[str, tuple[Any, ...]] = {
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "nesterov": (False, True),
}


class Ledger:
    """Writes candidates into an Optuna study; writing one twice changes nothing.

    Args:
        place: The SQLite file of one run, or what several drivers share.
        study: Name of the study in a file of its own; an outer fold has another.

    Raises:
        RunError: If it cannot be opened or made.
    """

    def __init__(self, place: Path | SharedStore, study: str = STUDY) -> None:
        import optuna
        import sqlalchemy

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._optuna, self._sql, self._place = optuna, sqlalchemy, place
        self._names: set[bytes] = set()
        self._seen = -1
        self._words = str(place) if isinstance(place, Path) else f"ledger {place.words}"
        url, options = f"sqlite:///{place}", {}
        if isinstance(place, SharedStore):
            url, options = place.url, place.engine_options
        try:
            with self._alone():  # two drivers must not make the tables at once
                self._storage = optuna.storages.RDBStorage(url, options)
                name = study if isinstance(place, Path) else place.study
                self.study = self.open(name)
                self._study_id = self._storage.get_study_id_from_name(name)
        except Exception as error:  # SQLAlchemy's errors have no common public base here
            raise RunError(
                f"{self._words} cannot be used as a ledger: {_reason(error)}{self._anew(error)}"
            ) from error

    def open(self, name: str, sampler: Any = None) -> "Study":
        """Open or make a study in the ledger's database.

        Args:
            name: Its name.
            sampler: Sampler of Optuna's that asks; ``None`` where nothing is asked.

        Returns:
            The study.
        """
        return self._optuna.create_study(
            study_name=name,
            storage=self._storage,
            sampler=sampler,
            direction="minimize",
            load_if_exists=True,
        )

    def check_data(self, identity: str) -> None:
        """Keep trials on other data out of the study.

        Args:
            identity: Says which data they are, and how they are cut.

        Raises:
            SettingsError: If the study was begun with other data.
        """
        with self._alone():
            known = self.study.user_attrs.get("data")
            if known is None:
                self.study.set_user_attr("data", identity)
        if known not in (None, identity):
            raise SettingsError(
                f"study must be of this table and task, but {self._words} was begun with another; "
                "use another --study"
            )

    def add(self, record: CandidateRecord) -> None:
        """Write a trial for each learning rate of a candidate.

        Args:
            record: The candidate.

        Raises:
            RunError: If the database cannot be written.
        """
        try:
            with self._alone():
                self._look_for_names()
                for trial in rate_trials(record):
                    if _digest(trial.name) not in self._names:
                        # not by way of the study, which keeps every trial in memory
                        self._storage.create_new_trial(self._study_id, self._trial(record, trial))
        except (
            self._optuna.exceptions.StorageInternalError,
            self._sql.exc.SQLAlchemyError,
        ) as error:
            cause = error.__cause__ or error
            anew = self._anew(cause) or "; `cellwise resume` goes on from here once it can"
            raise RunError(f"{self._words} cannot be written: {_reason(cause)}{anew}") from error

    def close(self) -> None:
        """Close the connections to the database."""
        self._storage.remove_session()
        self._storage.engine.dispose()

    def _anew(self, error: BaseException) -> str:
        """The way out of a damaged file: a resume adds every candidate again."""
        # sqlite3 has subclasses for what is no damage: locked, read-only, full
        if type(getattr(error, "orig", error)) is not sqlite3.DatabaseError:
            return ""
        run = getattr(self._place, "parent", "RUN")
        return f"; move it away, and `cellwise resume {run}` writes it anew"

    def _look_for_names(self) -> None:
        """Learn the names of trials that were written since the last look, by whomever."""
        values = {"study": self._study_id, "seen": self._seen}
        with self._storage.engine.connect() as connection:
            for number, name in connection.execute(self._sql.text(_NEW_NAMES), values):
                self._seen = max(self._seen, number)
                self._names.add(_digest(json.loads(name)))

    def _alone(self) -> AbstractContextManager[None]:
        """Keep other drivers waiting; a run with a file of its own has none."""
        return self._place.alone() if isinstance(self._place, SharedStore) else nullcontext()

    def _trial(self, record: CandidateRecord, trial: RateTrial) -> Any:
        states, distributions = self._optuna.trial.TrialState, self._optuna.distributions
        ends = {"complete": states.COMPLETE, "halved": states.PRUNED, "non-finite": states.FAIL}
        return self._optuna.trial.create_trial(
            state=ends[trial.state],
            value=None if trial.state == "non-finite" else trial.error,
            params=trial.params,
            distributions={
                "num_cells": distributions.IntDistribution(1, 1 << 20),
                "num_layers": distributions.IntDistribution(1, 64),
                "learning_rate": distributions.FloatDistribution(1e-9, 1e3, log=True),
                **self._distributions(record.settings),
            },
            intermediate_values=trial.val_curve,
            user_attrs={
                "name": trial.name,
                "stage": record.stage,
                "architecture": record.architecture,
                "num_parameters": record.num_parameters,
                "seconds": record.seconds,
                "predicted_seconds": to_plain(record.predicted_seconds),
                "predicted_bytes": to_plain(record.predicted_bytes),
                "measured_bytes": to_plain(record.measured_bytes),
                "recorded": datetime.now().astimezone().isoformat(timespec="seconds"),
                "replicates": to_plain(trial.members),
            },
        )

    def _distributions(self, settings: dict[str, Any]) -> dict[str, Any]:
        """A distribution for each setting but the rate, the same in every trial."""
        made = self._optuna.distributions
        found: dict[str, Any] = {}
        for name, value in settings.items():
            if name in _CHOICES:
                found[name] = made.CategoricalDistribution(_CHOICES[name])
            elif isinstance(value, int):
                found[name] = made.IntDistribution(1, 1 << 20)
            elif name != "learning_rate":
                found[name] = made.FloatDistribution(0.0, 1e6)
        return found


def _digest(name: str) -> bytes:
    """Eight bytes for a name: there may be many, and all are kept."""
    return hashlib.blake2b(name.encode(), digest_size=8).digest()


def _reason(error: BaseException) -> str:
    """First line of the database's own words."""
    return str(getattr(error, "orig", error)).strip().splitlines()[0]
