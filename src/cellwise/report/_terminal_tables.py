"""The tables of the terminal report."""

from typing import Literal

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cellwise.records import CandidateRecord, Evidence, Score
from cellwise.report._facts import (
    also,
    decision_error,
    decision_on,
    method_label,
    relative_gain,
)
from cellwise.report._format import ABSENT, duration, number, p_text, percent, plus_minus, rate_text
from cellwise.report._trials import (
    chosen_candidate,
    grows,
    is_joint,
    settings_words,
    unshown_sentence,
)
from cellwise.report._words import outcome_word

_Column = tuple[str, Literal["left", "right"]]
_COLOURS = {"start": "dim", "accepted": "green", "rejected": "red", ABSENT: "dim"}


def baseline_table(evidence: Evidence) -> Table | None:
    """List the classical methods.

    Args:
        evidence: What the run has found.

    Returns:
        A table; ``None`` if there are none.
    """
    if not evidence.baselines:
        return None
    table = _table(("method", "left"), (evidence.data.metric.upper(), "right"))
    table.add_column("by fold", ratio=1)
    table.add_column("time", justify="right", no_wrap=True)
    for one in evidence.baselines:
        if one.score is None:
            table.add_row(Text(one.label), ABSENT, Text(one.skipped), "", style="dim")
            continue
        marked = "bold" if one.name == evidence.verdict.benchmark else ""
        folds = "  ".join(number(error, 3) for error in one.error_by_fold)
        name = Text(one.label, style=marked)
        table.add_row(name, number(one.error), Text(folds), duration(one.seconds))
    return table


def staircase_table(evidence: Evidence) -> Table | None:
    """List every size in the order of trial.

    Args:
        evidence: What the run has found.

    Returns:
        A table; ``None`` if there are none.
    """
    if not evidence.candidates:
        return None
    error = f"{evidence.data.metric.upper()} ± s.e."
    numbers: list[_Column] = [("no.", "right")] if is_joint(evidence) else []
    named: list[_Column] = [("stage", "left"), ("network", "left")]
    table = _table(*numbers, *named, ("params", "right"), ("rate", "right"))
    for title in (error, *(("gain", "p") if grows(evidence) else ())):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("result", no_wrap=True)
    for place, one in enumerate(evidence.candidates, 1):
        number_of = (Text(str(place)),) if is_joint(evidence) else ()
        table.add_row(*number_of, *_candidate_row(evidence, one))
    return table


def settings_lines(evidence: Evidence) -> RenderableType | None:
    """List what the trials of a joint search differ in, and say how many are not shown.

    Args:
        evidence: What the run has found.

    Returns:
        A line for each trial; ``None`` where only sizes were tried.
    """
    if not is_joint(evidence):
        return None
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", no_wrap=True)
    for place, one in enumerate(evidence.candidates, 1):
        style = "bold" if one is chosen_candidate(evidence) else "dim"
        grid.add_row(Text(str(place)), Text(settings_words(evidence, one), style=style))
    unshown = unshown_sentence(evidence)
    return Group(grid, *([Text(unshown)] if unshown else []))


def final_table(evidence: Evidence) -> Table | None:
    """List the retrained networks and the benchmark on the test rows.

    Args:
        evidence: What the run has found.

    Returns:
        A table; ``None`` if the test rows have not been scored.
    """
    verdict, metric = evidence.verdict, evidence.data.metric
    if not evidence.finals and verdict.benchmark_test is None:
        return None
    table = _table(("method", "left"))
    beside = [name.upper() for name in also(metric)]
    for title in (metric.upper(), "gain", *beside, "MSE (units²)", "MAE (units)"):
        table.add_column(title, justify="right", no_wrap=True)
    base = decision_error(verdict.benchmark_test, metric)
    for one in evidence.finals:
        style = "bold" if one.role == "chosen" else ""
        name = Text(f"{one.architecture}, {one.role}", style=style)
        gain = relative_gain(decision_error(one.score, metric), base)
        table.add_row(name, *_score_cells(one.score, metric, percent(gain)))
    if verdict.benchmark_test is not None:
        name = Text(method_label(evidence, verdict.benchmark))
        table.add_row(name, *_score_cells(verdict.benchmark_test, metric, ABSENT), end_section=True)
    return table


def _table(*columns: _Column) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for title, side in columns:
        # names wrap, numbers never do
        table.add_column(title, justify=side, no_wrap=side == "right")
    return table


def _candidate_row(evidence: Evidence, one: CandidateRecord) -> tuple[Text, ...]:
    decision = decision_on(evidence, one)
    word = outcome_word(evidence, one)
    paired = (
        percent(decision.gain) if decision else ABSENT,
        p_text(decision.p_value) if decision else ABSENT,
    )
    chosen = one is chosen_candidate(evidence)
    return (
        Text(one.stage),
        Text(one.architecture, style="bold" if chosen else ""),
        Text(f"{one.num_parameters:,}"),
        Text(rate_text(one.learning_rate)),
        Text(plus_minus(one.error, one.standard_error)),
        *(map(Text, paired) if grows(evidence) else ()),
        Text(word, style=_COLOURS.get(word, "bold")),
    )


def _score_cells(score: Score, metric: str, gain: str) -> tuple[Text, ...]:
    return (
        Text(number(decision_error(score, metric))),
        Text(gain),
        *(Text(number(decision_error(score, name))) for name in also(metric)),
        Text(number(score.original_mse)),
        Text(number(score.original_mae)),
    )
