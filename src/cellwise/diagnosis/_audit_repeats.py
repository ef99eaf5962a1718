"""Audit of repeats: stretches of the target that occur before and after a split border."""

import numpy as np
from numpy.typing import NDArray

from cellwise.data import Prepared
from cellwise.diagnosis._audit_check import make_check
from cellwise.records import AuditCheck, AuditStatus

# Rows of a stretch, and distinct values in it below which a repeat may be chance
_RUN, _DISTINCT = 24, 12
# Share of the scored stretches from which the score is not to be trusted
_FAILED = 0.1
# Repeats whose values are looked at
_LOOKED_AT = 2000

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]


def check_repeats(prepared: Prepared) -> AuditCheck:
    """Look for stretches of 24 target values that occur in earlier rows too, exactly.

    Stretches with fewer than 12 distinct values are passed over, since those of a coin, of small
    counts or of a sensor that hangs repeat by chance. Test rows are compared for equality only.

    Args:
        prepared: The data under audit.

    Returns:
        Warned if there is a repeat across a split border, failed from a tenth of the stretches.
    """
    target = prepared.table.target
    firsts, parts = _stretches(prepared)
    keys = _keys(target)[firsts] if len(firsts) else np.empty(0, dtype=np.uint64)
    shares, words = [], []
    for number, name in ((1, "validation"), (2, "test")):
        mine = parts == number
        twins = firsts[mine & np.isin(keys, keys[parts < number])]
        shares.append(_by_more_than_chance(target, twins) / max(1, int(mine.sum())))
        words.append(f"{shares[-1]:.1%} of {int(mine.sum()):,} {name} stretches")
    if not (parts == 2).any() or not (parts < 2).any():
        return make_check("repeated_rows", "unknown", f"there are fewer than {_RUN} rows in a part")
    worst = max(shares)
    status: AuditStatus = "failed" if worst >= _FAILED else "warned" if worst else "passed"
    seen = f"{' and '.join(words)}, {_RUN} values each, occur exactly in earlier rows"
    return make_check("repeated_rows", status, seen, worst)


def _stretches(prepared: Prepared) -> tuple[Ints, Ints]:
    """First row of every stretch, and the part its last row is in: 0, 1 or 2 (test)."""
    firsts, parts = [], []
    for span in prepared.data.series:
        rows = np.arange(span.start, span.test_stop - _RUN + 1)
        borders = [span.train_stop, span.val_stop]
        firsts.append(rows)
        parts.append(np.searchsorted(borders, rows + _RUN - 1, side="right"))
    return np.concatenate(firsts), np.concatenate(parts)


def _keys(values: Doubles) -> NDArray[np.uint64]:
    """A hash of each stretch by its first row: a polynomial modulo 2^64 from running sums."""
    bits = np.ascontiguousarray(values + 0.0).view(np.uint64)  # + 0.0: no negative zero
    mixed = _mix(bits)
    base = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it has an inverse
    inverse = np.uint64(pow(int(base), -1, 1 << 64))
    powers = np.cumprod(np.full(len(mixed), base))
    sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(mixed * powers)])
    back = np.cumprod(np.full(len(mixed), inverse))
    count = max(0, len(mixed) - _RUN + 1)
    return np.asarray((sums[_RUN:] - sums[:count]) * back[:count])


def _mix(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread the bits of a number (splitmix64: Steele, Lea & Flood 2014)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(bits ^ (bits >> np.uint64(31)))


def _by_more_than_chance(target: Doubles, firsts: Ints) -> float:
    """How many of the stretches have many distinct values; an even sample is looked at."""
    if not len(firsts):
        return 0.0
    sample = firsts[:: -(-len(firsts) // _LOOKED_AT)]
    values = np.sort(target[sample[:, None] + np.arange(_RUN)], axis=1)
    distinct = 1 + np.sum(np.diff(values, axis=1) > 0, axis=1)
    return float(np.mean(distinct >= _DISTINCT)) * len(firsts)
