"""Checks of how well it fits: too well, not well enough, worse with depth."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from cellwise.architecture import Architecture
from cellwise.diagnosis._catalogue import Outcome, Seen, make_finding
from cellwise.diagnosis._linear import FEW_WINDOWS
from cellwise.diagnosis._patient import Patient
from cellwise.records import CandidateRecord, MemberRecord

OVERFIT = 0.10
"""A gap between training and validation error whose lower 95 % bound is above this counts."""

# What the training loss must still fall by after the best epoch
_FALLS = 0.95
# Distance to the reference that counts
_WORSE, _FAR = 1.1, 1.15
# Blocks of windows, which share rows with their neighbours
_BLOCKS = 8
_DEEPER_WORSE = 1.05


def check_overfitting(members: Sequence[MemberRecord], reference: float = float("nan")) -> Outcome:
    """Look for a validation error that rises while the training error goes on falling.

    Args:
        members: Networks that were kept, trained on the loss that is measured.
        reference: Error of a simple method, in the metric of the curves; NaN if unknown.

    Returns:
        A finding if the lower 95 % bounds over networks of the gap (validation less training,
        over validation) and of the rise after the best epoch are above 10 %, and the kept error
        is not within 10 % of the reference; a note if it is: early stopping has dealt with it.
    """
    # a network that makes no error at all has learnt nothing by heart
    used = [m for m in members if m.best_epoch and len(m.val_curve) > m.best_epoch and _errs(m)]
    if len(used) < 2 or 2 * len(used) <= len(members):
        return None
    gaps = [1 - m.train_curve[-1] / m.val_curve[-1] for m in used]
    rises = [m.val_curve[-1] / m.val_curve[m.best_epoch - 1] - 1 for m in used]
    falls = [m.train_curve[-1] / m.train_curve[m.best_epoch - 1] for m in used]
    if min(lower_bound(gaps), lower_bound(rises)) <= OVERFIT or float(np.mean(falls)) >= _FALLS:
        return None
    error = float(np.mean([m.error for m in used]))
    text = (
        f"after epoch {int(np.median([m.best_epoch for m in used]))} the validation error rises by "
        f"{np.mean(rises):.0%} ± {_error_bar(rises):.0%} while the training error falls by "
        f"{1 - np.mean(falls):.0%} ± {_error_bar(falls):.0%} ({len(used)} networks)"
    )
    dealt_with = error <= _WORSE * reference
    seen = Seen(
        text=text,
        value=float(np.mean(rises)),
        confidence="likely",
        severity="note" if dealt_with else "fault",
        do="nothing: early stopping has kept the weights from before" if dealt_with else "",
    )
    return make_finding("overfitting", seen)


def check_underfitting(patient: Patient) -> Outcome:
    """Look for a network that is worse where it was trained than a simple method where it was not.

    Args:
        patient: A network and windows that it was trained on.

    Returns:
        A finding if the network's error on the last windows is 15 % above that of a linear method
        which was fitted to the first windows alone, and the lower 95 % bound of the difference,
        over blocks of consecutive windows, is above 0.
    """
    probe = patient.windows.linear
    if probe is None:
        return FEW_WINDOWS
    own = patient.window_errors()[probe.held_out]
    blocks = np.array_split(own - probe.window_errors, _BLOCKS)
    differences = [float(block.mean()) for block in blocks]
    if probe.error == 0 or own.mean() < _FAR * probe.error or lower_bound(differences) <= 0:
        return None
    text = (
        f"the error is {own.mean():.3g} on windows that it was trained on; a linear method has "
        f"{probe.error:.3g} on the same ones, which it was not fitted to (difference "
        f"{own.mean() - probe.error:.2g} ± {_error_bar(differences):.2g})"
    )
    value = float(own.mean() / probe.error)
    return make_finding("underfitting", Seen(text=text, value=value, confidence="likely"))


def check_depth(candidates: Sequence[CandidateRecord]) -> Outcome:
    """Look for a deeper network that is worse than one that it contains.

    Args:
        candidates: What was tried.

    Returns:
        A finding for the worst pair in which the deeper network, nowhere narrower and trained with
        the same settings, has a validation error 5 % higher on average and higher on every fold, and a training error that
        is higher too (optimisation); a note if its training error is lower (capacity).
    """
    found = worst_pair(candidates)
    if found is None:
        return None
    shallow, deep = found
    ratio = deep.error / shallow.error
    trained, epochs = _trained_alike(shallow, deep)
    rises = trained[1] > _DEEPER_WORSE * trained[0]
    verdict = "so it is the optimisation" if rises else "so it is not the optimisation"
    text = (
        f"its validation error is {ratio - 1:.0%} above that of {shallow.architecture}, on every "
        f"fold; after {epochs} epochs its training error is {trained[1]:.3g} against {trained[0]:.3g}, "
        f"{verdict}"
    )
    seen = Seen(
        text=text,
        value=ratio - 1,
        where=deep.architecture,
        confidence="likely",
        severity="fault" if rises else "note",
        do="" if rises else "stay with the shallower network",
    )
    return make_finding("deeper_is_worse", seen)


def worst_pair(candidates: Sequence[CandidateRecord]) -> tuple[CandidateRecord, ...] | None:
    """Find the deeper network that is worst beside a shallower one.

    Args:
        candidates: What was tried.

    Returns:
        The shallower and the deeper one, which is nowhere narrower, was trained with the same
        settings and has a validation error 5 % higher on average and higher on every fold; ``None``
        if there is no such pair.
    """
    best, worst = None, _DEEPER_WORSE
    measured = [(_sizes(one), one) for one in candidates if _measured(one)]
    by_error = sorted(measured, key=lambda one: one[1].error)
    for deep in sorted(measured, key=lambda one: -one[1].error):
        for shallow in by_error:
            ratio = deep[1].error / shallow[1].error
            if ratio <= worst:  # and so are those that come after it
                break
            if not _contains(deep[0], shallow[0]) or deep[1].settings != shallow[1].settings:
                continue
            if _worse_on_each(deep[1], shallow[1]):
                best, worst = (shallow[1], deep[1]), ratio
                break
    return best


def _trained_alike(*candidates: CandidateRecord) -> tuple[list[float], int]:
    """Training error of each after as many epochs as the network that stopped first had."""
    members = [kept_members(one) for one in candidates]
    epochs = min(len(m.train_curve) for group in members for m in group)
    return [float(np.mean([m.train_curve[epochs - 1] for m in g])) for g in members], epochs


def kept_members(candidate: CandidateRecord) -> list[MemberRecord]:
    """Return the networks of a candidate that count.

    Args:
        candidate: The candidate.

    Returns:
        Those of its rate that were trained to their end.
    """
    return [
        m
        for m in candidate.members
        if m.learning_rate == candidate.learning_rate and m.state in ("finished", "stopped")
    ]


def lower_bound(values: Sequence[float] | NDArray[np.float64], level: float = 0.05) -> float:
    """Return the lower one-sided bound of a mean.

    Args:
        values: One for each fold or network.
        level: How often the mean may lie below it.

    Returns:
        Student's bound; NaN with fewer than two values.
    """
    if len(values) < 2:
        return float("nan")
    return float(np.mean(values) - student.ppf(1 - level, len(values) - 1) * _error_bar(values))


def _error_bar(values: Sequence[float] | NDArray[np.float64]) -> float:
    return float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0


def _measured(candidate: CandidateRecord) -> bool:
    return bool(0 < candidate.error < np.inf and kept_members(candidate))


def _errs(member: MemberRecord) -> bool:
    """Whether ratios to its errors can be taken."""
    return min(*member.train_curve, *member.val_curve) > 0


def _sizes(candidate: CandidateRecord) -> tuple[int, ...]:
    return Architecture.parse(candidate.architecture).hidden_sizes


def _contains(deep: Sequence[int], shallow: Sequence[int]) -> bool:
    """Whether sizes of layers are more and nowhere narrower."""
    return len(deep) > len(shallow) > 0 and min(deep) >= max(shallow)


def _worse_on_each(deep: CandidateRecord, shallow: CandidateRecord) -> bool:
    """Whether errors are higher on every fold, of which there must be as many and one at least."""
    folds = deep.error_by_fold, shallow.error_by_fold
    if not len(folds[0]) == len(folds[1]) > 0:
        return False
    return all(d > s for d, s in zip(*folds, strict=True))
