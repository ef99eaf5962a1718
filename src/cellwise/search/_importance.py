"""How much each setting mattered, from the trials of a joint search."""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cellwise.architecture import Architecture
from cellwise.records import (
    CandidateRecord,
    ImportanceRecord,
    InteractionRecord,
    MarginalPoint,
)
from cellwise.search._fanova import variance_shares
from cellwise.search._layer_options import LAYER_OPTIONS

if TYPE_CHECKING:
    from optuna import Study

# Fewer trials than this say nothing (theory.md 12.6 asks for 30 a dimension)
LEAST_TRIALS = 20
_BINS = 5
# Settings whose ratio matters rather than their difference
_RATIOS = ("learning_rate", "num_cells", "batch_size")


@dataclass(frozen=True, slots=True)
class Importances:
    """What mattered, most important first; empty with fewer than 20 trials.

    Attributes:
        settings: Each setting that was varied, by itself.
        pairs: Each pair of them, beyond what both do by themselves.
    """

    settings: tuple[ImportanceRecord, ...] = ()
    pairs: tuple[InteractionRecord, ...] = ()


def importances(records: Sequence[CandidateRecord], seed: int) -> Importances:
    """Measure how much each setting mattered, and each pair of settings.

    Trials that were halved early are left out: they are no sample of the errors at the end. What
    is found depends on the ranges that were searched. Learning rate, cells and batch size are
    taken on a logarithmic scale, as they are searched.

    Args:
        records: Configurations that were trained to their end, with their settings.
        seed: Of the regression forest.

    Returns:
        What mattered.

    Reference:
        Hutter, Hoos & Leyton-Brown (2014), fANOVA; Watanabe, Bansal & Hutter (2023), PED-ANOVA,
        as Optuna has it.
    """
    rows = [parameters(one) for one in records if one.settings and math.isfinite(one.error)]
    errors = [one.error for one in records if one.settings and math.isfinite(one.error)]
    if len(rows) < LEAST_TRIALS:
        return Importances()
    varied = [name for name in sorted(rows[0]) if len({row[name] for row in rows}) > 1]
    columns = {name: [row[name] for row in rows] for name in varied}
    scales = [_scale(name, column) for name, column in columns.items()]
    shares = variance_shares(
        np.array([values for values, _ in scales]).T,
        np.array([bounds for _, bounds in scales]),
        np.array(errors),
        seed,
    )
    sets_best_apart = _ped_anova(_study(rows, errors, varied))
    found = [
        _importance(name, one, sets_best_apart, marginal(columns[name], errors))
        for name, one in zip(varied, shares.single.T, strict=True)
    ]
    pairs = [_interaction((varied[i], varied[j]), one) for (i, j), one in shares.pairs.items()]
    return Importances(
        tuple(sorted(found, key=lambda one: (-_known(one.fanova), -_known(one.ped_anova)))),
        tuple(sorted(pairs, key=lambda one: -_known(one.share))),
    )


def _importance(
    name: str,
    shares: np.ndarray,
    sets_best_apart: dict[str, float],
    points: tuple[MarginalPoint, ...],
) -> ImportanceRecord:
    share, deviation = _mean(shares)
    return ImportanceRecord(
        name=name,
        fanova=share,
        fanova_deviation=deviation,
        ped_anova=sets_best_apart.get(name, math.nan),
        marginal=points,
    )


def _interaction(names: tuple[str, str], shares: np.ndarray) -> InteractionRecord:
    share, deviation = _mean(shares)
    return InteractionRecord(names=names, share=share, deviation=deviation)


def _scale(name: str, values: list[Any]) -> tuple[list[float], tuple[float, float]]:
    """Values as numbers, and their range; a whole number or a choice has a range of width 1."""
    if isinstance(values[0], str | bool):
        choices = sorted(set(values))
        return [float(choices.index(v)) for v in values], (-0.5, len(choices) - 0.5)
    half = 0.5 if isinstance(values[0], int) else 0.0
    to_scale = math.log if name in _RATIOS else float
    bounds = to_scale(min(values) - half), to_scale(max(values) + half)
    return [to_scale(v) for v in values], bounds


def _mean(shares: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation over trees."""
    return (float(shares.mean()), float(shares.std())) if shares.size else (math.nan, math.nan)


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
    layers = Architecture.parse(record.architecture).recurrent_layers
    return {
        "num_layers": len(layers),
        "num_cells": record.num_cells,
        **{name: getattr(layers[0], name) for name in LAYER_OPTIONS},
        **settings,
    }


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


def _ped_anova(study: "Study") -> dict[str, float]:
    from optuna import importance

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # experimental by Optuna's own account
        evaluator = importance.PedAnovaImportanceEvaluator()
        return importance.get_param_importances(study, evaluator=evaluator)


def _known(value: float) -> float:
    return value if math.isfinite(value) else -1.0
