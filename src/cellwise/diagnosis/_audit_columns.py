"""Audit of covariates: do they hold the future of the target, beyond what its past explains?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cellwise.data import Prepared
from cellwise.diagnosis._audit_check import make_check
from cellwise.records import AuditCheck, AuditStatus

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

# Past values that explain the target, besides those a season ago
_OWN_LAGS = 12
# Rows looked at, and rows times leads that are held in memory
_ROWS, _CELLS = 10_000, 4_000_000
_MOST_LEADS = 200
_FEWEST_ROWS = 100
# Share of what the past leaves open that a column explains
_COPY, _SUSPECT = 0.999, 0.8
_SHIFTS = 199
_LEVEL = 0.01
# Of the variance, what is rounding
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnLeak:
    """How much of the target's future one covariate holds.

    Attributes:
        name: The column.
        share: Largest share, over the leads, of what the target's own past leaves open that two
            neighbouring values of the column explain (partial R squared).
        copy: Whether one value is an affine function of the target, by itself.
        lead: Rows by which the target is ahead of the column there; negative where the column is
            known over the horizon and lies behind.
        correlation: Partial correlation at that lead.
        p_value: By circular shifts of the target against the column, for the largest over leads.
    """

    name: str
    share: float
    copy: bool
    lead: int
    correlation: float
    p_value: float

    @property
    def words(self) -> str:
        """What it is, in words."""
        rows = "1 row" if abs(self.lead) == 1 else f"{abs(self.lead)} rows"
        where = (
            f"{rows} {'ahead' if self.lead > 0 else 'before'}" if self.lead else "in the same row"
        )
        if self.copy:
            return f"{self.name} is a copy of the target {where} (p = {self.p_value:.3f})"
        return (
            f"{self.name} explains {self.share:.1%} of what the target's own past leaves open of "
            f"its value {where} (correlation {self.correlation:+.2f}, p = {self.p_value:.3f})"
        )


def check_columns(prepared: Prepared) -> tuple[AuditCheck, AuditCheck]:
    """Hold every covariate against what the target's own past leaves open.

    A past covariate is looked at from one row before the value that is forecast up to a horizon
    before it, a known one also in the same row and behind it, as far as the horizon. A column that
    explains all of it is a copy; the test rows are not looked at.

    Args:
        prepared: The data under audit.

    Returns:
        The check of single columns and that of known columns together: failed from 99.9 % on,
        warned from 80 % on.
    """
    names = (*prepared.data.past_names, *prepared.data.known_names)
    if not names:
        seen = "there are no covariates"
        return make_check("future_columns", "passed", seen), _passed_together(seen)
    own = _own_past(prepared)
    if isinstance(own, str):
        return make_check("future_columns", "unknown", own), _passed_together(own, "unknown")
    leaks = [
        _column_leak(own, name, column, known=index >= len(prepared.data.past_names))
        for index, (name, column) in enumerate(zip(names, own.columns.T, strict=True))
    ]
    return _single(leaks), _together(own, prepared.data.known_names)


@dataclass(frozen=True, slots=True, kw_only=True)
class _OwnPast:
    """What the past of the target leaves open of it.

    Attributes:
        rows: Rows whose target is explained, ``(n,)``.
        wanted: Their target, ``(n,)``.
        basis: Orthonormal basis of its past values, ``(n, p)``.
        open: What is left, of unit norm, ``(n,)``.
        columns: Covariates of all rows, standardised in each series, ``(N, F)``.
        leads: Longest lead.
    """

    rows: Ints
    wanted: Doubles
    basis: Doubles
    open: Doubles
    columns: Doubles
    leads: int

    def residuals(self, values: Doubles) -> Doubles:
        """What the target's past leaves open of columns ``(n, k)``, of unit norm; 0 for nothing."""
        left = values - self.basis @ (self.basis.T @ values)
        sizes = np.linalg.norm(left, axis=0)
        whole = np.linalg.norm(values - values.mean(axis=0), axis=0)
        kept = sizes > np.sqrt(_NOTHING) * np.maximum(whole, 1e-300)
        return np.asarray(np.where(kept, left / np.where(kept, sizes, 1.0), 0.0))


def _own_past(prepared: Prepared) -> _OwnPast | str:
    """Explain the target by its past, or say why that cannot be."""
    data = prepared.data
    target, columns = _standardised(prepared)
    leads = min(data.horizon, _MOST_LEADS)
    lags = _lags(data.season_length, max(s.val_stop - s.start for s in data.series))
    reach = max(max(lags), leads + 1)
    rows = np.concatenate(
        [np.arange(s.start + reach, max(s.start + reach, s.val_stop - leads)) for s in data.series]
    )
    most = min(_ROWS, _CELLS // (2 * leads + 1))
    rows = rows[:: max(1, -(-len(rows) // most))]
    if len(rows) < max(_FEWEST_ROWS, 4 * len(lags)):
        return f"only {len(rows)} rows have enough rows around them"
    past = target[rows[:, None] - np.array(lags)]
    basis = _basis(np.column_stack([np.ones(len(rows)), past]))
    wanted = target[rows]
    left = wanted - basis @ (basis.T @ wanted)
    size = float(np.linalg.norm(left))
    if size**2 <= _NOTHING * float(np.sum((wanted - wanted.mean()) ** 2)):
        return "the target's own past explains all of it"
    return _OwnPast(
        rows=rows, wanted=wanted, basis=basis, open=left / size, columns=columns, leads=leads
    )


def _standardised(prepared: Prepared) -> tuple[Doubles, Doubles]:
    """Target and covariates in units of each series, of the rows before the test."""
    table = prepared.table
    whole = np.column_stack([table.target, table.past, table.known])
    for span in prepared.data.series:
        seen = whole[span.start : max(span.val_stop, span.start + 1)]
        spread = seen.std(axis=0)
        scale = np.where(spread > 1e-12 * np.abs(seen.mean(axis=0)), spread, 1.0)
        whole[span.start : span.stop] -= seen.mean(axis=0)
        whole[span.start : span.stop] /= scale
    return whole[:, 0], whole[:, 1:]


def _lags(season: int, rows: int) -> list[int]:
    """Past values that explain the target: the last ones, and those around a season ago."""
    last = list(range(1, 1 + max(1, min(_OWN_LAGS, rows // 20))))
    ago = [season - 1, season, season + 1] if 1 < season <= rows // 8 else []
    return sorted({*last, *(lag for lag in ago if lag > 0)})


def _basis(columns: Doubles) -> Doubles:
    """Orthonormal basis of the columns; those that add nothing are left out."""
    left, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(left[:, sizes > 1e-10 * sizes[0]])


def _column_leak(own: _OwnPast, name: str, column: Doubles, *, known: bool) -> ColumnLeak:
    """Find the lead at which a column tells most of the target's value."""
    first = 1 - own.leads if known else 1
    leads = np.arange(first, own.leads + 2)
    found = own.residuals(column[own.rows[:, None] - leads])  # (n, K)
    between = np.sum(found[:, :-1] * found[:, 1:], axis=0)[:, None]
    generator = np.random.default_rng(0)
    shifts = generator.integers(len(own.rows) // 4, 3 * len(own.rows) // 4, _SHIFTS)
    shifted = np.column_stack([own.open, *(np.roll(own.open, int(by)) for by in shifts)])
    shares = _explained(found.T @ shifted, between)  # (K - 1, 1 + shifts)
    best = int(np.argmax(shares[:, 0]))
    alone = found[:, best : best + 2].T @ own.open
    strongest = int(np.argmax(np.abs(alone)))
    lead = int(leads[best + strongest])
    largest = shares.max(axis=0)
    return ColumnLeak(
        name=name,
        share=float(largest[0]),
        copy=abs(np.corrcoef(own.wanted, column[own.rows - lead])[0, 1]) > 1 - _NOTHING,
        lead=lead,
        correlation=float(alone[strongest]),
        p_value=float((1 + np.sum(largest[1:] >= largest[0])) / (1 + _SHIFTS)),
    )


def _explained(correlations: Doubles, between: Doubles) -> Doubles:
    """R squared of two neighbouring values, from their correlations with the target and mutual."""
    one, two = correlations[:-1], correlations[1:]
    alone = np.maximum(one**2, two**2)
    free = 1 - between**2
    both = (one**2 + two**2 - 2 * one * two * between) / np.where(free > _NOTHING, free, 1.0)
    return np.asarray(np.where(free > _NOTHING, np.maximum(both, alone), alone))


def _single(leaks: list[ColumnLeak]) -> AuditCheck:
    leaks = sorted(leaks, key=lambda leak: -leak.share)
    copies = [leak for leak in leaks if leak.share >= _COPY]
    suspects = [leak for leak in leaks if leak.share >= _SUSPECT and leak.p_value <= _LEVEL]
    told = copies or suspects or leaks[:1]
    status: AuditStatus = "failed" if copies else "warned" if suspects else "passed"
    words = "; ".join(leak.words for leak in told)
    seen = words if status != "passed" else f"none of {len(leaks)} columns; at most, {words}"
    return make_check("future_columns", status, seen, leaks[0].share)


def _together(own: _OwnPast, known: tuple[str, ...]) -> AuditCheck:
    """Look for known columns that add up to the target in the same row."""
    if len(known) < 2:
        return _passed_together("there are fewer than two known covariates")
    if len(own.rows) < 10 * len(known):
        return _passed_together(f"only {len(own.rows)} rows for {len(known)} columns", "unknown")
    columns = own.residuals(own.columns[own.rows][:, own.columns.shape[1] - len(known) :])
    share = _share(own, columns)
    if share < _SUSPECT:
        seen = f"all {len(known)} together explain {share:.1%} of what the past leaves open"
        return make_check("future_combination", "passed", seen, share)
    needed = _needed(own, columns, _COPY if share >= _COPY else 0.99 * share)
    names = " and ".join(known[index] for index in needed)
    if len(needed) == 1:
        seen = f"{names} alone explains {share:.1%}, as said above"
        return make_check("future_combination", "passed", seen, share)
    seen = f"{names} together explain {share:.1%} of what the target's own past leaves open"
    return make_check("future_combination", "failed" if share >= _COPY else "warned", seen, share)


def _share(own: _OwnPast, columns: Doubles) -> float:
    basis = _basis(columns)
    return float(np.sum((basis.T @ own.open) ** 2))


def _needed(own: _OwnPast, columns: Doubles, level: float) -> list[int]:
    """Leave columns out as long as the rest explains as much."""
    kept = list(range(columns.shape[1]))
    while len(kept) > 1:
        rest = {out: _share(own, columns[:, [i for i in kept if i != out]]) for out in kept}
        least = max(rest, key=lambda out: rest[out])
        if rest[least] < level:
            break
        kept.remove(least)
    return kept


def _passed_together(seen: str, status: AuditStatus = "passed") -> AuditCheck:
    return make_check("future_combination", status, seen)
