"""Checks of training curves: not finite, exploding, flat, cut short."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cellwise.diagnosis._catalogue import Outcome, Seen, make_finding
from cellwise.records import MemberRecord, Severity

# A loss this many times the lowest before it
_EXPLODES = 5.0
# Epochs after which a loss may stay, and what it must fall by after them
_FIRST, _MOVES = 3, 0.02
# Improvement of the other rate that makes the rate the cause; distance that counts as being at
# the floor, or as good as a reference
_BETTER, _NEAR = 0.95, 1.1
_SMALL, _LARGE = 0.1, 10.0
# Share of the epochs at the end, and what the error must still fall by over them
_TAIL, _FALLING = 0.25, 0.05
_FEWEST_EPOCHS = 4


def check_non_finite(members: Sequence[MemberRecord], place: str = "") -> Outcome:
    """Look for networks whose loss was no number.

    Args:
        members: Networks of one candidate.
        place: Layer and step, where a replay has found them.

    Returns:
        A finding if a rate was lost to it altogether or if the rate that was kept has such
        networks; a note if only some rate that lost anyway has.
    """
    bad = [m for m in members if m.state == "non-finite"]
    if not bad:
        return None
    sound = {m.learning_rate for m in members if m.state in ("finished", "stopped")}
    kept = [m for m in bad if m.learning_rate in sound]
    first = (kept or bad)[0]
    epoch = max(1, len(first.train_curve))
    text = (
        f"{len(bad)} of {len(members)} networks ended with a loss that is no number, the first "
        f"(fold {first.fold + 1}, seed {first.seed}, rate {first.learning_rate:g}) in epoch {epoch}"
    )
    seen = Seen(
        text=text,
        value=float(len(bad)),
        where=place or f"fold {first.fold + 1}, seed {first.seed}",
        severity="fault" if kept or not sound else "note",
        do=f"--learning rate below {first.learning_rate / 3:g}" if not sound else "",
    )
    return make_finding("non_finite_loss", seen)


def check_exploding_loss(members: Sequence[MemberRecord]) -> Outcome:
    """Look for a training loss that jumps to many times what it was.

    Args:
        members: Networks that were kept.

    Returns:
        A finding for the largest jump to 5 times the lowest loss before it, or more; a note where
        that happens to fewer than half of the networks: the others make up for it.
    """
    worst, place, count = 0.0, "", 0
    for member in members:
        curve = np.array(member.train_curve)
        if len(curve) < 2:
            continue
        jumps = curve[1:] / np.maximum(np.minimum.accumulate(curve)[:-1], 1e-12)
        count += bool(jumps.max() >= _EXPLODES)
        if jumps.max() > worst:
            worst = float(jumps.max())
            place = f"fold {member.fold + 1}, seed {member.seed}, epoch {int(jumps.argmax()) + 2}"
    if worst < _EXPLODES:
        return None
    text = (
        f"the training loss rises to {worst:.1f} times its lowest value so far ({count} of "
        f"{len(members)} networks)"
    )
    severity: Severity = "note" if 2 * count < len(members) else "fault"
    return make_finding(
        "exploding_loss", Seen(text=text, value=worst, where=place, severity=severity)
    )


def check_flat(
    members: Sequence[MemberRecord],
    *,
    by_rate: Mapping[float, float],
    floor: float = float("nan"),
    reference: float = float("nan"),
    input_size: float = 1.0,
) -> Outcome:
    """Look for a loss that stays after the first epochs, and say why it does.

    Args:
        members: Networks that were kept, of one rate.
        by_rate: A rate test: error after the same few epochs at each rate.
        floor: Estimate of the error that nothing can go below; NaN if unknown.
        reference: Error of a simple method; NaN if unknown.
        input_size: Root mean square of the inputs, 1 where they are scaled.

    Returns:
        A finding if the training loss falls by less than 2 % after the third epoch, from the mean of
        the first half of these epochs to that of the second (an epoch may see part of the windows,
        so that one alone is noisy), and the
        validation error is neither near the reference nor below it; a note if it is at the floor.
    """
    long = [m for m in members if len(m.train_curve) > _FIRST]
    if not long:
        return "no network was trained for more than 3 epochs"
    falls = [_late_fall(m.train_curve[_FIRST - 1 :]) for m in long]
    fall, error = float(np.median(falls)), float(np.mean([m.error for m in long]))
    if fall >= _MOVES or error <= _NEAR * reference:
        return None
    told = f"the training loss falls by {max(fall, 0.0):.1%} after epoch {_FIRST}; "
    seen = _reason(told, long[0].learning_rate, dict(by_rate), error, floor, input_size)
    return make_finding("flat_loss", seen)


def _late_fall(curve: Sequence[float]) -> float:
    half = len(curve) // 2
    before = float(np.mean(curve[:half]))
    return 1 - float(np.mean(curve[half:])) / before if before else 0.0


def _reason(
    told: str,
    rate: float,
    by_rate: dict[float, float],
    error: float,
    floor: float,
    input_size: float,
) -> Seen:
    if not _SMALL <= input_size <= _LARGE:
        text = f"{told}the inputs have a root mean square of {input_size:.3g}: it is the scaling"
        return Seen(text=text, value=input_size, confidence="likely", do="standardise the inputs")
    others = {r: e for r, e in by_rate.items() if r != rate and np.isfinite(e)}
    best = min(others, key=lambda r: others[r], default=rate)
    own = by_rate.get(rate, error)
    if best != rate and others[best] < _BETTER * own:
        text = f"{told}at rate {best:g} the error is {others[best]:.3g} in place of {own:.3g}"
        text += f" at {rate:g}: it is the learning rate"
        return Seen(text=text, value=best, confidence="likely", do=f"a learning rate of {best:g}")
    if error <= _NEAR * floor:
        text = (
            f"{told}the error of {error:.3g} is at the noise floor of {floor:.3g}: nothing is left"
        )
        return Seen(text=text, value=floor, confidence="possible", severity="note", do="nothing")
    text = f"{told}no other rate is better"
    if np.isfinite(floor):
        text += f", and the error of {error:.3g} is above the noise floor of {floor:.3g}"
    return Seen(text=text, value=error, confidence="possible", do="more cells, or other inputs")


def check_epochs(members: Sequence[MemberRecord], epochs: int) -> Outcome:
    """Look for a training that ended while the error was still falling.

    Args:
        members: Networks that were kept.
        epochs: Epochs that were allowed.

    Returns:
        A finding if the last epoch was the best for more than half of them, and their error fell
        by 5 % or more over the last quarter.
    """
    if epochs < _FEWEST_EPOCHS:
        return f"{epochs} epochs tell nothing of the next one"
    full = [m for m in members if len(m.val_curve) >= epochs]
    edge = [m for m in full if m.best_epoch >= epochs]
    if 2 * len(edge) <= len(members):
        return None
    back = max(2, round(_TAIL * epochs))
    falls = [
        1 - min(m.val_curve[-back + 1 :]) / m.val_curve[-back] if m.val_curve[-back] else 0.0
        for m in edge
    ]
    fall = float(np.median(falls))
    if fall < _FALLING:
        return None
    text = (
        f"the last of {epochs} epochs was the best for {len(edge)} of {len(members)} networks, and "
        f"the validation error fell by {fall:.0%} over the last {back - 1}"
    )
    return make_finding("too_few_epochs", Seen(text=text, value=fall, confidence="likely"))


def check_early_stop(members: Sequence[MemberRecord], reference: float = float("nan")) -> Outcome:
    """Look for networks that every epoch but the first made worse.

    Args:
        members: Networks that were kept.
        reference: Error of a simple method; NaN if unknown.

    Returns:
        A finding if the first epoch was the best for more than half of them, and what they then
        had is not near the reference.
    """
    long = [m for m in members if len(m.val_curve) >= _FEWEST_EPOCHS]
    first = [m for m in long if m.best_epoch <= 1]
    if 2 * len(first) <= len(members):
        return None
    error = float(np.mean([m.error for m in first]))
    if error <= _NEAR * reference:
        return None
    text = (
        f"epoch 1 was the best for {len(first)} of {len(members)} networks, which went on for "
        f"{int(np.median([len(m.val_curve) for m in first])) - 1} more"
    )
    return make_finding(
        "early_stop_at_edge", Seen(text=text, value=float(len(first)), confidence="likely")
    )


def rate_test(members: Sequence[MemberRecord]) -> dict[float, float]:
    """Read a rate test off the curves: every rate after as many epochs as the shortest had.

    Args:
        members: Every network of a candidate, the halved ones too.

    Returns:
        Rate to the lowest validation error so far, mean over its networks; infinite where one
        was not finite.
    """
    rates: dict[float, list[NDArray[np.float64]]] = {}
    common = min((len(m.val_curve) for m in members if m.val_curve), default=0)
    for member in members:
        rates.setdefault(member.learning_rate, []).append(np.array(member.val_curve[:common]))
    return {
        rate: float(np.mean([_lowest(curve) for curve in curves])) for rate, curves in rates.items()
    }


def _lowest(curve: NDArray[np.float64]) -> float:
    return float(curve.min()) if len(curve) and np.isfinite(curve).all() else float("inf")
