"""What a search would cost, in a terminal."""

from itertools import accumulate

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cellwise.records import CostRecord, DepthCost, PlanRecord
from cellwise.report._format import size_text

# A ratio this near to the number of layers is called proportional
_NEAR = 0.1


def plan_report(plan: PlanRecord) -> RenderableType:
    """Show what each cohort of a search is expected to cost.

    Args:
        plan: What was foreseen.

    Returns:
        A table of the longest search, then sentences.
    """
    sentences = (Text(sentence) for sentence in plan_sentences(plan))
    return Group(_table(plan), *sentences)


def plan_sentences(plan: PlanRecord) -> list[str]:
    """Say what a search is expected to cost.

    Args:
        plan: What was foreseen.

    Returns:
        Sentences: time in all, memory, how far a budget reaches, what layers cost, the machine.
    """
    memory = max(cost.predicted_bytes for cost in plan.longest)
    said = [_total(plan), f"Memory: at most {size_text(memory)} beyond data and program."]
    if plan.budget_seconds:
        said.append(_reach(plan))
    if len(plan.depths) > 1:
        said.append(depth_sentence(plan.depths))
    threads = "1 thread" if plan.num_threads == 1 else f"{plan.num_threads} threads"
    busy = f"; other work makes it {plan.pace:.1f} times slower now" if plan.pace >= 1.15 else ""
    said.append(f"Measured on this machine: kernels {plan.kernels}, {threads}{busy}.")
    return said


def depth_sentence(depths: tuple[DepthCost, ...]) -> str:
    """Answer whether m layers need m times the time.

    Args:
        depths: Stacks of equal layers, one layer first.

    Returns:
        The answer for this data and machine.
    """
    deepest = depths[-1]
    times = ", ".join(f"{one.num_layers} take {one.ratio:.1f} times" for one in depths[1:])
    share = deepest.ratio / deepest.num_layers
    if share > 1 + _NEAR:
        answer = "more"
    elif share < 1 - _NEAR:
        answer = "less, since part of a step does not depend on the layers"
    else:
        answer = "about that"
    return (
        f"Do m layers need m times the time? Here {answer}: beside one layer of "
        f"{deepest.hidden_size} cells, {times} as long."
    )


def _total(plan: PlanRecord) -> str:
    least, most = (_span(_seconds(costs)) for costs in (plan.shortest, plan.longest))
    if plan.shortest == plan.longest:
        low = _span(sum(cost.least_seconds for cost in plan.longest))
        high = _span(sum(cost.most_seconds for cost in plan.longest))
        return f"In all about {most}; {low} to {high}, by when training stops early."
    return (
        f"In all {least} if no larger network helps, up to {most} if every one does; classical "
        "methods, test and report not counted."
    )


def _reach(plan: PlanRecord) -> str:
    """How far the longest search gets before the time for the final training begins."""
    given = _span(plan.budget_seconds)
    if plan.outer_folds:
        return f"Each of the {plan.outer_folds + 1} searches has an equal share of {given}."
    finals = sum(c.predicted_seconds for c in plan.longest if c.stage == "final")
    searched = [cost for cost in plan.longest if cost.stage != "final"]
    ends = list(accumulate(cost.predicted_seconds for cost in searched))
    inside = sum(end + finals <= plan.budget_seconds for end in ends)
    if inside == len(searched):
        return f"All of it fits into {given}."
    if not inside:
        return f"In {given} not even {searched[0].architecture} would end; give more --budget."
    last = searched[inside - 1]
    return f"In {given} the longest search gets as far as {last.stage}, {last.architecture}."


def _table(plan: PlanRecord) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("stage", "network"):
        table.add_column(name)
    varies = any(_varies(cost) for cost in plan.longest)
    for name in ("models", "time", *(("from", "to") if varies else ()), "memory", "by then"):
        table.add_column(name, justify="right", no_wrap=True)
    ends = accumulate(cost.predicted_seconds for cost in plan.longest)
    for cost, end in zip(plan.longest, ends, strict=True):
        table.add_row(*_row(cost, varies), _span(end))
    return table


def _varies(cost: CostRecord) -> bool:
    """Whether a cohort may take less or more time than is foreseen."""
    return cost.least_seconds < cost.predicted_seconds or cost.most_seconds > cost.predicted_seconds


def _row(cost: CostRecord, varies: bool) -> tuple[str, ...]:
    ends = (cost.least_seconds, cost.most_seconds) if varies else ()
    times = (cost.predicted_seconds, *ends)
    return (
        cost.stage,
        cost.architecture,
        str(cost.num_models),
        *map(_span, times),
        size_text(cost.predicted_bytes),
    )


def _seconds(costs: tuple[CostRecord, ...]) -> float:
    return sum(cost.predicted_seconds for cost in costs)


def _span(seconds: float) -> str:
    """A time that is told finely enough to be added up by eye."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
