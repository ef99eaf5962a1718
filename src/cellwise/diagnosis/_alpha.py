"""The alpha walk as a finding: sizes at which training error is much lower than validation error."""

from collections.abc import Sequence

import numpy as np

from cellwise.diagnosis._catalogue import Outcome, Seen, make_finding
from cellwise.diagnosis._fitting import OVERFIT
from cellwise.records import AlphaStep, CandidateRecord

# Distance to the reference, and to a smaller size, that counts
_WORSE, _WORSE_THAN_SMALLER = 1.1, 1.05
_NOT_WALKED = "the alpha rule was not walked: `cellwise fit --tune` does"


def check_alpha(
    steps: Sequence[AlphaStep], chosen: CandidateRecord, reference: float = float("nan")
) -> Outcome:
    """Look for a network as large as sizes of the alpha rule that overfit for sure.

    Args:
        steps: The walk: alpha from 2 to 10, sizes falling, up to the first size without a gap.
        chosen: The network that is examined.
        reference: Error of a simple method, in the decision metric; NaN if unknown.

    Returns:
        A finding if the network has at least as many cells as a size of the walk whose lower 95 %
        bound over folds of the gap (validation less training, over validation) is above 10 %, and
        a smaller size of the walk has an error 5 % below its own: a gap alone says little, since
        validation rows that are harder than the training rows, those of a trend for one, make it at
        every size. A note if its error is within 10 % of the reference.
    """
    trained = [one for one in steps if one.cells and np.isfinite(one.gap_bound)]
    if not trained:
        measured = [one.reason for one in steps if one.reason]
        return measured[0] if measured else _NOT_WALKED
    over = [one for one in trained if one.gap_bound > OVERFIT and one.cells <= chosen.num_cells]
    if not over:
        return None
    smaller = [one for one in trained if one.cells < chosen.num_cells]
    best = min(smaller, key=lambda one: one.error, default=None)
    if best is None or chosen.error <= _WORSE_THAN_SMALLER * best.error:
        return None
    seen = Seen(
        text=_words(trained, chosen),
        value=max(one.gap for one in over),
        where=chosen.architecture,
        confidence="likely",
        severity="note" if chosen.error <= _WORSE * reference else "fault",
        do=f"--max-cells {best.cells}, or dropout and weight decay (`cellwise fit --tune`)",
    )
    return make_finding("alpha_overfitting", seen)


def _words(trained: list[AlphaStep], chosen: CandidateRecord) -> str:
    """The sizes along the walk, and where the network stands."""
    steps = ", ".join(
        f"{one.gap:.0%} at alpha {one.alpha} ({_cells(one.cells)}, error {one.error:.3g})"
        for one in trained
    )
    over = [one for one in trained if one.gap_bound > OVERFIT]
    sure = f"above {OVERFIT:.0%} for sure from {_cells(over[-1].cells)} on"
    return (
        f"along the walk the training error is below the validation error by {steps}; the gap is "
        f"{sure}; the network has {_cells(chosen.num_cells)} and an error of {chosen.error:.3g}"
    )


def _cells(count: int) -> str:
    return f"{count} cell{'' if count == 1 else 's'}"
