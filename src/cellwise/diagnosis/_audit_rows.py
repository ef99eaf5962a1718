"""Audit of rows: what was scaled by what, which windows share targets, what was filled."""

import re

import numpy as np
from numpy.typing import NDArray

from cellwise.data import Fold, ForecastData, Prepared, measure_gains
from cellwise.diagnosis._audit_check import make_check
from cellwise.records import AuditCheck

Doubles = NDArray[np.float64]

# Largest difference that is rounding, of statistics and of float32 values
_ROUNDING, _ROUNDING_OF_VALUES = 1e-6, 1e-4
# Share of a column that may be filled: a forecast that begins at a filled value is told the next
# one, and if all of these had no error at all, the mean would be lower by this
_FILLED = 0.01


def check_scaling_range(prepared: Prepared) -> AuditCheck:
    """Compute means, deviations and gains again from the training rows alone.

    Args:
        prepared: The data under audit.

    Returns:
        Failed if a number or a standardised value is not what the training rows give.
    """
    data = prepared.data
    off = {**_target_offsets(prepared), **_covariate_offsets(prepared)}
    gains = np.array(measure_gains(data, data.folds[0].train_starts))
    off["gains"] = float(np.max(np.abs(gains / [data.input_gain, data.output_gain] - 1)))
    worst = max(off, key=lambda name: off[name])
    rows = sum(span.train_stop - span.start for span in data.series)
    if off[worst] > _ROUNDING:
        seen = f"{worst} differs by {off[worst]:.3g} from what the {rows:,} training rows give"
        return make_check("scaler_range", "failed", seen, off[worst])
    seen = (
        f"computed again from the {rows:,} training rows: the same for all of {len(off)} statistics "
        f"(largest difference {off[worst]:.1g})"
    )
    return make_check("scaler_range", "passed", seen, off[worst])


def check_windows(data: ForecastData) -> AuditCheck:
    """Look for targets that are trained on and scored, and for targets in the wrong rows.

    Args:
        data: The data under audit.

    Returns:
        Failed if a training target lies behind the first scored one of its series, or a target
        of a fold in the test rows.
    """
    gaps = {fold.name: _gap(data, fold) for fold in (*data.folds, data.test)}
    worst = min(gaps, key=lambda name: gaps[name])
    if gaps[worst] < 0:
        seen = f"{worst}: targets of training reach {-gaps[worst]} rows into those that are scored"
        return make_check("window_overlap", "failed", seen, gaps[worst])
    wrong = [fold.name for fold in (*data.folds, data.test) if not _in_its_part(data, fold)]
    if wrong:
        seen = f"{wrong[0]}: scored targets lie outside their part of the rows"
        return make_check("window_overlap", "failed", seen, gaps[worst])
    folds = min(gaps[fold.name] for fold in data.folds)
    seen = (
        f"no target is both trained on and scored; {folds} rows lie between them in the folds, "
        f"{gaps['test']} before the test rows; {_looking_back(data):.0%} of the test windows have "
        "a context that looks back over the border"
    )
    return make_check("window_overlap", "passed", seen, gaps[worst])


def check_filled(prepared: Prepared) -> AuditCheck:
    """Look for values that were filled with the help of later ones.

    Args:
        prepared: The data under audit.

    Returns:
        Warned if 1 % or more of a column was interpolated; what is less is told, and passes.
    """
    counts = [re.match(r"filled (\d+) ", note) for note in prepared.notes]
    columns = [int(found[1]) for found in counts if found]
    filled = sum(columns)
    if not filled:
        return make_check("filled_values", "passed", "no value was missing", 0)
    if prepared.task.missing == "forward":
        seen = f"{filled} values were filled with the last one before them, which was known"
        return make_check("filled_values", "passed", seen, 0)
    share = max(columns) / len(prepared.table.target)
    seen = (
        f"{filled} values were filled by a line to the value behind the gap, up to {share:.2%} of a "
        "column"
    )
    if share < _FILLED:
        return make_check("filled_values", "passed", f"{seen}: too few to matter", filled)
    return make_check("filled_values", "warned", seen, filled)


def _target_offsets(prepared: Prepared) -> dict[str, float]:
    """Relative differences of the target's statistics and values, worst series each."""
    table, data = prepared.table.target, prepared.data
    found = {"mean of the target": 0.0, "deviation of the target": 0.0, "standardised target": 0.0}
    for span in data.series:
        seen = table[span.start : max(span.train_stop, span.start + 1)]
        mean, spread = _statistics(seen)
        whole = slice(span.start, span.stop)
        off = np.abs(data.target[whole] - (table[whole] - mean) / spread)
        for name, value in zip(
            found,
            (
                abs(span.center - mean) / spread,
                abs(span.scale / spread - 1),
                _beyond_rounding(off, data.target[whole]),
            ),
            strict=True,
        ):
            found[name] = max(found[name], float(value))
    return found


def _covariate_offsets(prepared: Prepared) -> dict[str, float]:
    table, data = prepared.table, prepared.data
    training = np.zeros(len(table.target), dtype=bool)
    for span in data.series:
        training[span.start : span.train_stop] = True
    found: dict[str, float] = {}
    for names, columns, scales, used in (
        (data.past_names, table.past, prepared.past_scales, data.past),
        (data.known_names, table.known, prepared.known_scales, data.known),
    ):
        for index, name in enumerate(names):
            mean, spread = _statistics(columns[training, index])
            off = np.abs(used[:, index] - (columns[:, index] - mean) / spread)
            found[f"mean of {name}"] = abs(float(scales[index, 0]) - mean) / spread
            found[f"deviation of {name}"] = abs(float(scales[index, 1]) / spread - 1)
            found[f"standardised {name}"] = _beyond_rounding(off, used[:, index])
    return found


def _statistics(values: Doubles) -> tuple[float, float]:
    mean, spread = float(np.mean(values)), float(np.std(values))
    return mean, spread if spread > 1e-12 * abs(mean) else 1.0


def _beyond_rounding(off: Doubles, values: NDArray[np.float32]) -> float:
    """Largest difference, 0 where it is what float32 rounds away."""
    largest = float(np.max(off / (1 + np.abs(values))))
    return largest if largest > _ROUNDING_OF_VALUES else 0.0


def _gap(data: ForecastData, fold: Fold) -> int:
    """Rows between the last target of training and the first that is scored; negative: overlap."""
    ends = np.full(len(data.series), np.iinfo(np.int64).min)
    firsts = np.full(len(data.series), np.iinfo(np.int64).max)
    train, score = fold.train_starts, fold.val_starts
    np.maximum.at(ends, data.series_of(train), train + data.context_length + data.horizon)
    np.minimum.at(firsts, data.series_of(score), score + data.context_length)
    both = (ends > np.iinfo(np.int64).min) & (firsts < np.iinfo(np.int64).max)
    return int(np.min(firsts[both] - ends[both])) if both.any() else 0


def _in_its_part(data: ForecastData, fold: Fold) -> bool:
    """Whether scored targets lie in the validation rows, or in the test rows for the test."""
    test = fold is data.test
    first = _of_series(data, fold, "val_stop" if test else "train_stop")
    last = _of_series(data, fold, "test_stop" if test else "val_stop")
    targets = fold.val_starts + data.context_length
    return bool(np.all(targets >= first) and np.all(targets + data.horizon <= last))


def _of_series(data: ForecastData, fold: Fold, name: str) -> NDArray[np.int64]:
    values = np.array([getattr(span, name) for span in data.series])
    return np.asarray(values[data.series_of(fold.val_starts)])


def _looking_back(data: ForecastData) -> float:
    borders = _of_series(data, data.test, "val_stop")
    return float(np.mean(data.test.val_starts < borders))
