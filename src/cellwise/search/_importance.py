"""How much each setting mattered, from the trials of a joint search."""

import math
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cellwise.records import CandidateRecord, ImportanceRecord, MarginalPoint

if TYPE_CHECKING:
    from optuna import Study

# Fewer trials than this say nothing (theory.md 12.6 asks for 30 a dimension)
LEAST_TRIALS = 20
_BINS = 5
# Settings whose ratio matters rather than their difference
_RATIOS = ("learning_rate", "num_cells", "batch_size")


def importances(records: Sequence[CandidateRecord], seed: int) -> tuple[ImportanceRecord, ...]:
    """Measure how much each setting mattered.

    Trials that were halved early are left out: they are no sample of the errors at the end. What
    one setting explains by itself is told, interactions are not; and it depends on the ranges.

    Args:
        records: Configurations that were trained to their end, with their settings.
        seed: Of the regression forest.

    Returns:
        Settings that were varied, the most important first; none with fewer than 20 trials.

    Reference:
        Hutter, Hoos & Leyton-Brown (2014), fANOVA; Watanabe, Bansal & Hutter (2023), PED-ANOVA;
        both as Optuna has them.
    """
    rows = [parameters(one) for one in records if one.settings and math.isfinite(one.error)]
    errors = [one.error for one in records if one.settings and math.isfinite(one.error)]
    if len(rows) < LEAST_TRIALS:
        return ()
    varied = [name for name in rows[0] if len({row[name] for row in rows}) > 1]
    study = _study(rows, errors, varied)
    shares = {kind: _shares(study, kind, seed) for kind in ("fanova", "ped_anova")}
    found = [
        ImportanceRecord(
            name=name,
            fanova=shares["fanova"].get(name, math.nan),
            ped_anova=shares["ped_anova"].get(name, math.nan),
            marginal=marginal([row[name] for row in rows], errors),
        )
        for name in varied
    ]
    return tuple(sorted(found, key=lambda one: (-_known(one.fanova), -_known(one.ped_anova))))


def parameters(record: CandidateRecord) -> dict[str, Any]:
    """Return what can matter of a candidate: its size and its settings.

    Args:
        record: The candidate.

    Returns:
        Values by name; what a setting brings with it (momentum) is told by that setting.
    """
    settings = dict(record.settings)
    look_ahead = settings.pop("nesterov", False)
    settings.pop("momentum", None)
    if look_ahead:
        settings["optimizer"] = "nesterov"
    depth = record.architecture.count(">") + 1
    return {"num_layers": depth, "num_cells": record.num_cells, **settings}


def marginal(values: Sequence[Any], errors: Sequence[float]) -> tuple[MarginalPoint, ...]:
    """Average errors by value, many numbers in five bins of equal count.

    Args:
        values: Value of each trial.
        errors: Error of each trial.

    Returns:
        A point for each value or bin, in order.
    """
    distinct = sorted(set(values))
    if len(distinct) > _BINS and not isinstance(distinct[0], str):
        order = np.argsort(np.array(values), kind="stable")
        groups = [list(part) for part in np.array_split(order, _BINS)]
        names = [f"{values[g[0]]:.3g} to {values[g[-1]]:.3g}" for g in groups]
    else:
        groups = [[i for i, v in enumerate(values) if v == value] for value in distinct]
        names = [f"{v:g}" if isinstance(v, float) else str(v) for v in distinct]
    chosen = [np.array([errors[i] for i in group]) for group in groups]
    return tuple(_point(name, some) for name, some in zip(names, chosen, strict=True))


def _point(name: str, errors: np.ndarray) -> MarginalPoint:
    count = len(errors)
    spread = float(np.std(errors, ddof=1)) / math.sqrt(count) if count > 1 else math.nan
    return MarginalPoint(
        value=name, error=float(np.mean(errors)), standard_error=spread, num_trials=count
    )


def _study(rows: list[dict[str, Any]], errors: list[float], names: list[str]) -> "Study":
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    made = {name: _distribution(name, [row[name] for row in rows]) for name in names}
    study = optuna.create_study(direction="minimize")
    study.add_trials(
        [
            optuna.trial.create_trial(
                value=error, params={name: row[name] for name in names}, distributions=made
            )
            for row, error in zip(rows, errors, strict=True)
        ]
    )
    return study


def _distribution(name: str, values: list[Any]) -> Any:
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if isinstance(values[0], str):
        return CategoricalDistribution(sorted(set(values)))
    kind = IntDistribution if isinstance(values[0], int) else FloatDistribution
    return kind(min(values), max(values), log=name in _RATIOS)


def _shares(study: "Study", kind: str, seed: int) -> dict[str, float]:
    from optuna import importance

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PED-ANOVA is experimental by Optuna's own account
        try:
            evaluator: Any = (
                importance.FanovaImportanceEvaluator(seed=seed)
                if kind == "fanova"
                else importance.PedAnovaImportanceEvaluator()
            )
        except ImportError:  # fANOVA's forest is scikit-learn's, which may not be there
            return {}
        return importance.get_param_importances(study, evaluator=evaluator)


def _known(value: float) -> float:
    return value if math.isfinite(value) else -1.0
