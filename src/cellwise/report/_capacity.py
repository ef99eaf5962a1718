"""What rules and theory said of the size, and whether they were right, as a part of the reports."""

import math
from statistics import NormalDist

from rich.console import RenderableType

from cellwise.records import CandidateRecord, ComparisonRecord, Evidence, LimitRecord, LimitsRecord
from cellwise.report._facts import method_label
from cellwise.report._format import ABSENT, number, p_text, percent
from cellwise.report._html_template import bullets, prose, section, table
from cellwise.report._terminal_lines import listed

_ABOUT = (
    "Rules of thumb and bounds, evaluated on the training windows of the first fold at the depth of "
    "the chosen network, then held against what the search has measured. None of them was used to "
    "decide."
)
# the usual probability with which a gain that is there is to be shown
_POWER = 0.8
_SIDES = {"lower": "at least", "upper": "at most"}


def capacity_section(evidence: Evidence) -> str:
    """Tell what was said of the size beforehand, what was measured, and what would change it.

    Args:
        evidence: What the run has found.

    Returns:
        HTML; empty if there is no chosen size.
    """
    limits = evidence.limits
    if limits is None:
        return ""
    rows = [
        [f"{one.name}\n{one.assumptions}", _said(one), one.kind, rule_verdict(one, evidence)]
        for one in limits.limits
    ]
    heads = ["Rule or bound", "#Said", "Rests on", "After the fact"]
    more = bullets(data_sentences(evidence))
    body = (
        f"<p>{prose(measured_sentence(evidence))}</p>{table(heads, rows)}"
        f"<h3>What amount of data would change it</h3>{more}"
    )
    return section("Capacity: what was said, what was measured", body, about=_ABOUT)


def capacity_lines(evidence: Evidence) -> RenderableType | None:
    """Tell the same in a terminal.

    Args:
        evidence: What the run has found.

    Returns:
        A line for each; ``None`` if there is no chosen size.
    """
    if evidence.limits is None:
        return None
    rules = [f"{one.name}: {rule_verdict(one, evidence)}" for one in evidence.limits.limits]
    return listed((*rules, *data_sentences(evidence)), measured_sentence(evidence))


def measured_sentence(evidence: Evidence) -> str:
    """Say what the search has measured, with the sizes that are as good within the noise.

    Args:
        evidence: What the run has found; it has limits.

    Returns:
        The sentence.
    """
    limits = _limits(evidence)
    size = f"{limits.architecture} with {limits.num_parameters:,} weights"
    data = (
        f"{limits.num_targets:,} training targets, {limits.num_independent:,} windows that share no "
        "row"
    )
    near = ", ".join(one.architecture for one in _near(evidence))
    within = f" Within one standard error of it: {near}." if near else ""
    return f"Measured: {size}, on {data}.{_use(evidence)}{within}"


def rule_verdict(rule: LimitRecord, evidence: Evidence) -> str:
    """Hold a rule against what was measured.

    Args:
        rule: The rule.
        evidence: What the run has found; it has limits.

    Returns:
        Such as ``said at most 30 cells; 8 were enough``.
    """
    if rule.silence or not math.isfinite(rule.value):
        return f"says nothing here{f': {rule.silence}' if rule.silence else ''}"
    if rule.side == "gap":
        return f"training and new data differ by at most {number(rule.value, 3)} of the loss"
    cells, used = math.floor(rule.value), _limits(evidence).cells
    if rule.side == "upper" and cells < 1:
        return f"said that the data are too few for one cell; {_measured(used, evidence)}"
    said = f"said {_SIDES[rule.side]} {_cells(cells)}"
    if rule.side == "upper" and used > cells and evidence.verdict.kind == "use_network":
        return f"{said}; {used} were of use"
    return f"{said}; {_measured(used, evidence)}"


def data_sentences(evidence: Evidence) -> tuple[str, ...]:
    """Say what amount of data would change the answer.

    Args:
        evidence: What the run has found; it has limits.

    Returns:
        From the rules, and from the closest comparison that was lost.
    """
    limits = _limits(evidence)
    found = [_rule_data(one, limits) for one in limits.limits if math.isfinite(one.targets)]
    lost = [one for one in evidence.comparisons if _lost_upwards(one, limits)]
    closest = sorted(lost, key=lambda one: one.p_value)[:1]
    return (*found, *map(_power, closest))


def _rule_data(rule: LimitRecord, limits: LimitsRecord) -> str:
    state = "there are enough" if limits.num_targets >= rule.targets else "there are too few"
    return (
        f"{rule.name}: allows {limits.architecture} from {rule.targets:,.0f} targets; {state}, "
        f"{limits.num_targets:,}."
    )


def _lost_upwards(one: ComparisonRecord, limits: LimitsRecord) -> bool:
    """Whether something was tried against the chosen size, in vain."""
    growth = one.stage in ("width", "depth", "control")
    return growth and not one.accepted and one.incumbent == limits.architecture


def _power(one: ComparisonRecord) -> str:
    """How many more windows would show a gain that was not shown, were it real."""
    what = f"{one.candidate} against {one.incumbent}: gain {percent(one.gain)}, p {p_text(one.p_value)}"
    if not one.gain > 0:
        return f"{what}; it was not better, so that more data of this kind would not speak for it."
    if one.p_value <= one.alpha:
        return f"{what}; the gain is too small to count, whatever the amount of data."
    normal = NormalDist()
    shown = normal.inv_cdf(1.0 - min(one.p_value, 1.0 - 1e-9))
    if shown < 0.1:
        return f"{what}; too near to nothing to say how many windows would show it."
    times = ((normal.inv_cdf(1.0 - one.alpha) + normal.inv_cdf(_POWER)) / shown) ** 2
    return (
        f"{what}; were that gain real, about {times:.1f} times as many validation windows would show "
        f"it at the level {one.alpha:g} in {_POWER:.0%} of cases."
    )


def _near(evidence: Evidence) -> list[CandidateRecord]:
    """Other sizes whose error is within one standard error of the chosen one's."""
    text = _limits(evidence).architecture
    chosen = [one for one in evidence.candidates if one.architecture == text]
    if not chosen or not math.isfinite(chosen[-1].standard_error):
        return []
    most = chosen[-1].error + chosen[-1].standard_error
    others = (one for one in evidence.candidates if one.architecture != text and one.error <= most)
    return list({one.architecture: one for one in others}.values())


def _use(evidence: Evidence) -> str:
    if evidence.verdict.kind == "use_network":
        return ""
    if evidence.verdict.kind == "no_answer":
        return " The search has not ended: it is the best so far."
    return f" It did not beat {method_label(evidence, evidence.verdict.benchmark)}: no size did."


def _measured(used: int, evidence: Evidence) -> str:
    if evidence.verdict.kind == "use_network":
        return f"{used} were enough"
    if evidence.verdict.kind == "no_answer":
        return f"{used} are the best so far"
    return f"the best network has {used} and was not needed"


def _said(rule: LimitRecord) -> str:
    if not math.isfinite(rule.value):
        return ABSENT
    return number(rule.value, 3) if rule.side == "gap" else f"{math.floor(rule.value):,}"


def _cells(count: int) -> str:
    return f"{count:,} cell{'' if count == 1 else 's'}"


def _limits(evidence: Evidence) -> LimitsRecord:
    if evidence.limits is None:
        raise ValueError("the evidence must hold limits")
    return evidence.limits
