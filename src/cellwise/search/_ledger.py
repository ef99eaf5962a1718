"""The ledger: every size and rate that was tried, as trials of an Optuna study."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from cellwise._errors import RunError
from cellwise.records import CandidateRecord, MemberRecord, to_plain
from cellwise.training import OPTIMIZERS, SCHEDULES

STUDY = "cellwise"

_CHOICES: dict[str, tuple[Any, ...]] = {
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "nesterov": (False, True),
}


class Ledger:
    """Writes candidates into an Optuna study on SQLite; writing one twice changes nothing.

    Args:
        path: The database file.

    Raises:
        RunError: If it cannot be opened or made.
    """

    def __init__(self, path: Path) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._optuna, self._path = optuna, path
        try:
            storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
            self.study = optuna.create_study(
                study_name=STUDY, storage=storage, direction="minimize", load_if_exists=True
            )
        except Exception as error:  # SQLAlchemy's errors have no common public base here
            raise RunError(f"{path} cannot be used as a ledger: {error}") from error

    def add(self, record: CandidateRecord) -> None:
        """Write a trial for each learning rate of a candidate.

        Args:
            record: The candidate.

        Raises:
            RunError: If the database cannot be written.
        """
        try:
            known = {t.user_attrs.get("name") for t in self.study.get_trials(deepcopy=False)}
            for rate in sorted({m.learning_rate for m in record.members}):
                name = _name(record, rate)
                if name not in known:
                    self.study.add_trial(self._trial(record, rate, name))
        except self._optuna.exceptions.StorageInternalError as error:
            reason = getattr(error.__cause__, "orig", error)  # SQLite's own words
            raise RunError(
                f"{self._path} cannot be written: {reason}; free space, then "
                "`cellwise resume` goes on from here"
            ) from error

    def _trial(self, record: CandidateRecord, rate: float, name: str) -> Any:
        members = [m for m in record.members if m.learning_rate == rate]
        halved = all(m.state == "halved" for m in members)
        states, distributions = self._optuna.trial.TrialState, self._optuna.distributions
        state = states.PRUNED if halved else states.COMPLETE
        error: float | None = sum(m.error for m in members) / len(members)
        if state == states.COMPLETE and any(m.state == "non-finite" for m in members):
            state, error = states.FAIL, None
        return self._optuna.trial.create_trial(
            state=state,
            value=error,
            params={
                "num_cells": record.num_cells,
                "num_layers": record.architecture.count(">") + 1,
                **record.settings,
                "learning_rate": rate,
            },
            distributions={
                "num_cells": distributions.IntDistribution(1, 1 << 20),
                "num_layers": distributions.IntDistribution(1, 64),
                "learning_rate": distributions.FloatDistribution(1e-9, 1e3, log=True),
                **self._distributions(record.settings),
            },
            intermediate_values=_mean_curve(members),
            user_attrs={
                "name": name,
                "stage": record.stage,
                "architecture": record.architecture,
                "num_parameters": record.num_parameters,
                "seconds": record.seconds,
                "recorded": datetime.now().astimezone().isoformat(timespec="seconds"),
                "replicates": to_plain(tuple(members)),
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


def _name(record: CandidateRecord, rate: float) -> str:
    """What makes a trial: writing it twice changes nothing."""
    settings = f" | {json.dumps(record.settings)}" if record.settings else ""
    return f"{record.stage} | {record.architecture} | {rate:g}{settings}"


def _mean_curve(members: list[MemberRecord]) -> dict[int, float]:
    """Mean validation error by epoch, over the members that got that far."""
    longest = max(len(m.val_curve) for m in members)
    curves = {}
    for epoch in range(longest):
        values = [m.val_curve[epoch] for m in members if len(m.val_curve) > epoch]
        curves[epoch + 1] = sum(values) / len(values)
    return curves
