"""What the cohorts of a run were expected to cost, and what they did cost, as a part of the page."""

import math
import statistics

from cellwise.records import CandidateRecord, CostRecord, Evidence
from cellwise.report._facts import parsed
from cellwise.report._format import ABSENT, duration, percent, size_text
from cellwise.report._html_template import bullets, prose, section, table
from cellwise.report._words import size_words

_ABOUT = (
    "Each cohort was foreseen from counted work and the prices of this machine, before it was "
    "trained; how slow the machine was and how early training stopped is learned along the way."
)
_HEADS = (
    "Stage",
    "#Cohorts",
    "#Networks",
    "#Foreseen",
    "#Measured",
    "#Off (median)",
    "#Memory foreseen",
    "#Memory measured",
)
_MEMORY = (
    "Memory: the largest cohort of the stage. Measured is by how much the memory of its process "
    "(resident set) grew at most while it trained; what the process loads with its first cohort "
    "shows there, too."
)
# A ratio this near to the number of layers is called proportional
_NEAR = 0.1
_MOST_STACKS = 3


def costs_section(evidence: Evidence) -> str:
    """Put what was foreseen beside what was measured.

    Args:
        evidence: What the run has found.

    Returns:
        HTML; empty if nothing was trained.
    """
    trained = [one for one in evidence.costs if math.isfinite(one.seconds)]
    if not trained:
        return ""
    stages = dict.fromkeys(one.stage for one in trained)
    rows = [_row(stage, [one for one in trained if one.stage == stage]) for stage in stages]
    told = [sentence for sentence in (_MEMORY, layers_sentence(evidence)) if sentence]
    body = f"<p>{prose(cost_sentence(trained))}</p>{table(_HEADS, rows)}{bullets(told)}"
    return section("Time and memory", body, about=_ABOUT)


def cost_sentence(costs: list[CostRecord]) -> str:
    """Say how long the cohorts took, and how well that was foreseen.

    Args:
        costs: Cohorts that were trained, at least one.

    Returns:
        The sentence.
    """
    foreseen, measured = _seconds(costs)
    cohorts = "The cohort" if len(costs) == 1 else f"All {len(costs)} cohorts"
    return (
        f"{cohorts} took {duration(measured)} of training; {duration(foreseen)} were foreseen. The "
        f"median error of a cohort's time was {percent(_off(costs), signed=False)}."
    )


def layers_sentence(evidence: Evidence) -> str:
    """Answer from the candidates whether m layers need m times the time.

    Args:
        evidence: What the run has found.

    Returns:
        The answer, from the largest stacks whose first layer was trained alone, too; empty where
        there is none.
    """
    single = {_sizes(one): one for one in evidence.candidates if len(_sizes(one)) == 1}
    stacks = {
        _sizes(one): _epoch_seconds(one) / _epoch_seconds(single[_sizes(one)[:1]])
        for one in evidence.candidates
        if len(_sizes(one)) > 1 and _sizes(one)[:1] in single
    }
    found = {sizes: ratio for sizes, ratio in stacks.items() if math.isfinite(ratio)}
    if not found:
        return ""
    largest = sorted(found, key=lambda sizes: (-sum(sizes), len(sizes)))[:_MOST_STACKS]
    share = found[largest[0]] / len(largest[0])
    answer = "more" if share > 1 + _NEAR else "less" if share < 1 - _NEAR else "about that"
    if len(set(largest[0])) > 1:
        answer += " (the layers are not equal)"
    names = {_sizes(one): size_words(one.architecture, evidence) for one in evidence.candidates}
    times = "; ".join(
        f"{names[sizes]} took {found[sizes]:.1f} times as long as {names[sizes[:1]]} alone"
        for sizes in largest
    )
    return f"Do m layers need m times the time? Here {answer}, for each network and epoch: {times}."


def _row(stage: str, costs: list[CostRecord]) -> list[str]:
    foreseen, measured = _seconds(costs)
    memory = [one.measured_bytes for one in costs if math.isfinite(one.measured_bytes)]
    return [
        stage,
        str(len(costs)),
        str(sum(one.num_models for one in costs)),
        duration(foreseen),
        duration(measured),
        percent(_off(costs), signed=False),
        size_text(max(one.predicted_bytes for one in costs)),
        size_text(max(memory)) if memory else ABSENT,
    ]


def _seconds(costs: list[CostRecord]) -> tuple[float, float]:
    """Foreseen and measured, all cohorts together."""
    return sum(one.predicted_seconds for one in costs), sum(one.seconds for one in costs)


def _off(costs: list[CostRecord]) -> float:
    return statistics.median(abs(one.predicted_seconds / one.seconds - 1) for one in costs)


def _sizes(candidate: CandidateRecord) -> tuple[int, ...]:
    architecture = parsed(candidate.architecture)
    return architecture.hidden_sizes if architecture else ()


def _epoch_seconds(candidate: CandidateRecord) -> float:
    """Time of a network's epoch, its share of scoring included; NaN where none was trained."""
    epochs = sum(len(one.train_curve) for one in candidate.members)
    return candidate.seconds / epochs if epochs and candidate.seconds > 0 else math.nan
