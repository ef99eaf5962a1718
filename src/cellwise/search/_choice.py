"""Which of the sizes tried is recommended."""

from collections.abc import Sequence

from cellwise.data import Metric
from cellwise.records import ComparisonRecord
from cellwise.search._candidate import Candidate
from cellwise.search._compare import Errors, compare


def choose(
    candidates: Sequence[Candidate],
    best: Candidate,
    metric: Metric,
    *,
    alpha: float,
    goal: float,
) -> tuple[Candidate, tuple[ComparisonRecord, ...]]:
    """Choose the smallest network that is as good as the best.

    A smaller one is as good if its mean error is within one standard error of the best (of the
    paired difference, since the folds' own differences are common to both) and it is not
    significantly worse. The best is what growth has accepted: a larger size whose gain was not
    shown is no reason to be large. With a goal, the smallest one that reaches it.

    Args:
        candidates: Sizes that did not fail, at least one.
        best: Where growth ended.
        metric: Decision metric.
        alpha: Level of "significantly worse".
        goal: Validation error that is good enough; 0 for none.

    Returns:
        The chosen candidate, and the comparisons of the best with each smaller one.
    """
    ordered = sorted(candidates, key=lambda c: (c.record.num_parameters, c.record.error))
    enough = [c for c in ordered if goal and c.record.error <= goal]
    if enough:
        return enough[0], ()
    records, errors = [], best.errors  # they may be on disk
    for smaller in (c for c in ordered if _is_smaller(c, best)):
        record = _as_good(best, errors, smaller, metric, alpha)
        records.append(record)
        if record.accepted:
            return smaller, tuple(records)
    return best, tuple(records)


def _is_smaller(candidate: Candidate, best: Candidate) -> bool:
    """Fewer weights, and not at the price of more layers."""
    fewer = candidate.record.num_parameters < best.record.num_parameters
    return fewer and candidate.architecture.num_layers <= best.architecture.num_layers


def _as_good(
    best: Candidate, errors: Errors, smaller: Candidate, metric: Metric, alpha: float
) -> ComparisonRecord:
    """Compare a smaller network with the best; accepted when it is as good."""
    paired = compare(metric, errors, smaller.errors)
    near = paired.difference <= paired.standard_error
    accepted = near and paired.p_value >= alpha
    words = "within" if near else "not within"
    return ComparisonRecord(
        stage="choice",
        candidate=str(smaller.architecture),
        incumbent=str(best.architecture),
        gain=-paired.gain / (1 - paired.gain) if paired.gain < 1 else float("nan"),
        p_value=paired.p_value,
        alpha=alpha,
        accepted=accepted,
        reason=f"{words} one standard error of the best",
    )
