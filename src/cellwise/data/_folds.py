"""Which windows to learn from and which to be scored on."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from cellwise._errors import DataError
from cellwise.data._dataset import Fold, Rows, SeriesSpan
from cellwise.data._task import ForecastTask

MAX_DEFAULT_CONTEXT = 200
"""Longest context that is chosen without being asked for."""

# fractions such as 0.6 * 10 must not lose a row to rounding
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldPlan:
    """The windows of every fold.

    Attributes:
        folds: Walk-forward folds over the validation part.
        test: Training and validation windows against the test windows.
        notes: Which series are too short.
    """

    folds: tuple[Fold, ...]
    test: Fold
    notes: tuple[str, ...]


def split_rows(num_rows: int, task: ForecastTask, series: str = "") -> tuple[int, int, int]:
    """Return where the training, validation and test part of a series end.

    Args:
        num_rows: Rows of the series.
        task: Holds the split, in fractions or in rows.
        series: Name of the series, for the message.

    Returns:
        One past the last row of each part, counted from the first row of the series.

    Raises:
        DataError: If the split asks for more rows than there are.
    """
    sums = np.cumsum(task.split)
    if task.split_is_fraction:
        train, val, test = (int(num_rows * part + _ROUNDING) for part in sums)
        return train, val, min(test, num_rows)
    train, val, test = (int(part) for part in sums)
    if test > num_rows:
        place = f"series {series!r}" if series else "the table"
        raise DataError(f"split must take at most the {num_rows} rows of {place}, got {test}")
    return train, val, test


def default_context(season_length: int, horizon: int, train_rows: int) -> int:
    """Choose a context length: two seasons and horizons, if the rows allow.

    Args:
        season_length: Steps of the main season; 1, which is none, counts as a horizon.
        horizon: Steps ahead.
        train_rows: Training rows of the median series.

    Returns:
        ``2 * (season_length + horizon)``, at most 200 and a quarter of the training rows, at
        least 2.

    Example:
        >>> default_context(24, 24, 8640)
        96
    """
    season = horizon if season_length == 1 else season_length
    return max(2, min(2 * (season + horizon), MAX_DEFAULT_CONTEXT, train_rows // 4))


def make_folds(spans: Sequence[SeriesSpan], task: ForecastTask, context_length: int) -> FoldPlan:
    """Cut the validation part of every series into walk-forward blocks, and find all windows.

    Fold k is scored on the windows (stride 1) whose whole target lies in block k; their contexts
    may reach back over the border. It is trained on windows whose targets end a horizon before
    the block, so that no target of training overlaps one that was still open when the first
    forecast of the block was made. The test fold is trained on all targets before the test part.

    Args:
        spans: Series and where their parts end.
        task: Horizon and number of folds.
        context_length: Past steps that a window holds.

    Returns:
        Folds, test fold and notes.

    Raises:
        DataError: If a fold has no window to learn from or to be scored on.
    """  # noqa: DOC503  built by _too_short
    length, horizon = context_length, task.horizon
    edges = np.stack([_blocks(span, task.num_folds) for span in spans])  # (series, K + 1)
    folds = tuple(
        _fold(f"fold {k + 1}", spans, (length, horizon), (left - horizon, left, right))
        for k, (left, right) in enumerate(zip(edges.T[:-1], edges.T[1:], strict=True))
    )
    border = np.array([span.val_stop for span in spans])
    end = np.array([span.test_stop for span in spans])
    test = _fold("test", spans, (length, horizon), (border, border, end))
    if any(len(fold.train_starts) == 0 or len(fold.val_starts) == 0 for fold in (*folds, test)):
        raise _too_short(spans, task, length)
    return FoldPlan(folds=folds, test=test, notes=_notes(spans, folds, test))


def _blocks(span: SeriesSpan, num_folds: int) -> Rows:
    rows = span.val_stop - span.train_stop
    return span.train_stop + rows * np.arange(num_folds + 1) // num_folds


def _fold(
    name: str, spans: Sequence[SeriesSpan], window: tuple[int, int], edges: tuple[Rows, Rows, Rows]
) -> Fold:
    """Windows whose targets end at the first edge, and lie between the second and the third."""
    length, horizon = window
    train, score = [], []
    for span, stop, left, right in zip(spans, *edges, strict=True):
        train.append(np.arange(span.start, stop - length - horizon + 1))
        score.append(np.arange(max(span.start, left - length), right - length - horizon + 1))
    return Fold(
        name=name,
        train_starts=np.concatenate(train).astype(np.int64),
        val_starts=np.concatenate(score).astype(np.int64),
        history_stops=np.maximum(edges[0], [span.start for span in spans]).astype(np.int64),
    )


def _notes(spans: Sequence[SeriesSpan], folds: Sequence[Fold], test: Fold) -> tuple[str, ...]:
    starts = [folds[0].train_starts, test.val_starts, *(fold.val_starts for fold in folds)]
    used = [np.isin(np.arange(len(spans)), _series_of(spans, part)) for part in starts]
    short = [span.name for span, *uses in zip(spans, *used, strict=True) if not all(uses)]
    if not short:
        return ()
    named = ", ".join(short[:3]) + (", ..." if len(short) > 3 else "")
    return (f"{len(short)} series are too short for a window of every fold ({named})",)


def _series_of(spans: Sequence[SeriesSpan], starts: Rows) -> Rows:
    return np.searchsorted([span.stop for span in spans], starts, side="right").astype(np.int64)


def _too_short(spans: Sequence[SeriesSpan], task: ForecastTask, length: int) -> DataError:
    way_out = "shorten --context-length or --horizon, use fewer --folds, or widen --split"
    least = (length + 2 * task.horizon, task.num_folds * task.horizon, task.horizon)
    window = f"context_length {length}, horizon {task.horizon} and {task.num_folds} folds"
    if not task.split_is_fraction:
        return DataError(
            f"split must hold at least {','.join(map(str, least))} rows (training, validation, "
            f"test) for {window}, got {','.join(f'{part:g}' for part in task.split)}; {way_out}"
        )
    longest = max(spans, key=lambda span: span.stop - span.start)
    place = f"the longest series ({longest.name!r})" if len(spans) > 1 else "the table"
    return DataError(
        f"{place} needs at least {_rows_needed(task, least)} rows for {window}, "
        f"got {longest.stop - longest.start}; {way_out}"
    )


def _rows_needed(task: ForecastTask, least: tuple[int, int, int]) -> int:
    rows = ceil(max(part / share for part, share in zip(least, task.split, strict=True)))
    while True:
        parts = np.diff([0, *split_rows(rows, task)])
        if np.all(parts >= least):
            return rows
        rows += 1
