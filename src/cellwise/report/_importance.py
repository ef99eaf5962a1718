"""What mattered in a joint search, as a part of the page."""

from cellwise.records import Evidence, ImportanceRecord
from cellwise.report._format import number, percent, plus_minus
from cellwise.report._html_template import section, table

_ABOUT = (
    "fANOVA: share of the spread of errors that a setting explains by itself. PED-ANOVA: what sets "
    "the best tenth of the trials apart. Both depend on the ranges that were searched, and neither "
    "tells interactions. In 5,400 runs of Greff et al. (2017) the learning rate came first, with "
    "more than two thirds, then the number of cells. Means by value are over trials in which all "
    "else varied too."
)


def importance_section(evidence: Evidence) -> str:
    """Tell how much each setting mattered.

    Args:
        evidence: What the run has found.

    Returns:
        HTML; empty where it was not measured.
    """
    heads = ["Setting", "#fANOVA", "#PED-ANOVA", "Mean error by value"]
    body = table(heads, [_row(one) for one in evidence.importance])
    return section("What mattered", body, about=_ABOUT)


def _row(one: ImportanceRecord) -> list[str]:
    shares = (percent(share, signed=False) for share in (one.fanova, one.ped_anova))
    points = "; ".join(
        f"{p.value}: {plus_minus(p.error, p.standard_error)} ({p.num_trials})"
        if p.num_trials > 1
        else f"{p.value}: {number(p.error)} (1)"
        for p in one.marginal
    )
    return [one.name.replace("_", " "), *shares, points]
