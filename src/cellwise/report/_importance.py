"""What mattered in a joint search, as a part of the page."""

import math

from cellwise.records import Evidence, ImportanceRecord, InteractionRecord
from cellwise.report._format import number, percent, plus_minus
from cellwise.report._html_template import prose, section, table

_ABOUT = (
    "fANOVA: share of the spread of errors, over the ranges searched, that a setting explains by "
    "itself (with its deviation over the trees of the forest), or a pair of settings beyond what "
    "both do. PED-ANOVA: what sets the best tenth of the trials apart. Both depend on the ranges."
)
# Interactions that are listed
_LISTED = 5


def importance_section(evidence: Evidence) -> str:
    """Tell how much each setting mattered, and each pair of settings.

    Args:
        evidence: What the run has found.

    Returns:
        HTML; empty where it was not measured.
    """
    if not evidence.importance:
        return ""
    heads = ["Setting", "#fANOVA", "#PED-ANOVA", "Mean error by value"]
    body = table(heads, [_row(one) for one in evidence.importance])
    pairs = [one for one in evidence.interactions[:_LISTED] if one.share > 0]
    body += table(["Pair", "#fANOVA"], [_pair(one) for one in pairs])
    body += f"<p>{prose(against_greff(evidence))}</p>"
    return section("What mattered", body, about=_ABOUT)


def against_greff(evidence: Evidence) -> str:
    """Hold what mattered against the best known study of LSTM settings.

    Args:
        evidence: What a joint search has found.

    Returns:
        Sentences.

    Reference:
        Greff et al. (2017), "LSTM: A Search Space Odyssey", IEEE TNNLS 28(10), sections V.D, V.E.
    """
    theirs = (
        "In 5,400 runs of Greff et al. (2017) the learning rate came first with more than two "
        "thirds of the variance, the number of cells second, and interactions were small."
    )
    known = [one for one in evidence.importance if math.isfinite(one.fanova)]
    if not known:
        return theirs
    told = [f"{_words(o.name)} ({percent(o.fanova, signed=False)})" for o in known[:2]]
    together = sum(max(0.0, one.share) for one in evidence.interactions)
    alone = sum(one.fanova for one in known)
    order = [one.name for one in known]
    same = order[:2] == ["learning_rate", "num_cells"]
    agrees = "the same order" if same else "another order"
    return (
        f"{theirs} Here: {', then '.join(told)}, {agrees}; all settings by themselves "
        f"{percent(alone, signed=False)}, all pairs {percent(together, signed=False)}."
    )


def _row(one: ImportanceRecord) -> list[str]:
    points = "; ".join(
        f"{p.value}: {plus_minus(p.error, p.standard_error)} ({p.num_trials})"
        if p.num_trials > 1
        else f"{p.value}: {number(p.error)} (1)"
        for p in one.marginal
    )
    fanova = _share(one.fanova, one.fanova_deviation)
    return [_words(one.name), fanova, percent(one.ped_anova, signed=False), points]


def _pair(one: InteractionRecord) -> list[str]:
    return [" and ".join(map(_words, one.names)), _share(one.share, one.deviation)]


def _share(share: float, deviation: float) -> str:
    told = percent(share, signed=False)
    return f"{told} ± {100 * deviation:.1f}" if math.isfinite(deviation) else told


def _words(name: str) -> str:
    return name.replace("_", " ")
