"""What tuning has tried, as a part of the page and of the terminal report."""

import re

from rich.console import RenderableType

from cellwise.records import AlphaStep, Evidence, StageRecord, TuningRecord
from cellwise.report._format import ABSENT, duration, number, percent, rate_text, tidied
from cellwise.report._html_template import bullets, prose, section, table
from cellwise.report._terminal_lines import listed
from cellwise.report._trials import tuned_candidate

_ABOUT = (
    "One setting after the other, each the best of what was tried against what it began with, on "
    "the same folds, windows and seeds, by the rule of growth."
)
_ALPHA = (
    "The alpha rule, N_h = N_s / (alpha (N_i + N_o)): a sample N_s is a training window of the "
    "first fold, or, in the third column, a window that shares no row with another. The gap is "
    "(validation - training) / validation error; alpha rises while its lower 95 % bound is above "
    "10 %. The rule was made for networks without recurrence: a starting value at most."
)


def tuning_section(evidence: Evidence) -> str:
    """Tell what tuning has tried.

    Args:
        evidence: What the run has found.

    Returns:
        HTML; empty if nothing was tuned.
    """
    tuning = evidence.tuning
    if tuning is None:
        return ""
    body = (
        f"<p>{prose(outcome_sentence(tuning))}</p>"
        f"{table(['Stage', 'Result', '#Tried', '#Time'], map(_stage_row, tuning.stages))}"
        f"{_range_test(tuning)}{_alpha(tuning.alpha)}"
    )
    return section("Tuning of everything else", body, about=_ABOUT)


def before_tuning(evidence: Evidence) -> str:
    """Say that the staircase shows sizes as they were before tuning.

    Args:
        evidence: What the run has found.

    Returns:
        A sentence; empty if tuning has changed nothing.
    """
    tuned = tuned_candidate(evidence)
    if tuned is None:
        return ""
    return f"Before tuning, which brought {tuned.architecture} to {number(tuned.error)}."


def tuning_lines(evidence: Evidence) -> RenderableType | None:
    """Tell what tuning has tried, in a terminal.

    Args:
        evidence: What the run has found.

    Returns:
        A line for each stage; ``None`` if nothing was tuned.
    """
    if evidence.tuning is None:
        return None
    stages = (f"{_name(one)}: {_reason(one)}" for one in evidence.tuning.stages)
    return listed(stages, outcome_sentence(evidence.tuning))


def outcome_sentence(tuning: TuningRecord) -> str:
    """Say in one sentence what tuning has changed.

    Args:
        tuning: What tuning has found.

    Returns:
        The sentence.
    """
    changed = [_name(one) for one in tuning.stages if one.changed]
    if not tuning.stages:
        return "No stage of tuning was run: the settings of growth stay."
    if not changed:
        return "No stage changed anything: the settings of growth stay."
    tried = sum(len(one.tried) for one in tuning.stages)
    gain = percent(1 - tuning.error / tuning.error_before, signed=False)
    return (
        f"{len(changed)} of {len(tuning.stages)} stages changed something ({', '.join(changed)}): "
        f"validation error {number(tuning.error)} instead of {number(tuning.error_before)} "
        f"({gain} less), the lowest of {tried} options on the same rows. {_counts(tuning)}"
    )


def _counts(tuning: TuningRecord) -> str:
    """What was trained beside the options that are listed."""
    return (
        f"Each option counts once, at its best learning rate: with the other rates and the range "
        f"test {len(tuning.candidates)} configurations were trained."
    )


def _name(stage: StageRecord) -> str:
    return stage.name.replace("_", " ")


def _named(stage: StageRecord, tried: str) -> str:
    """An option in words; of optimizers each by its name, if it is that of before, too."""
    before = re.search(r"\boptimizer \w+", stage.before)
    if stage.name == "optimizer" and before and "optimizer" not in tried:
        tried = f"{before[0]}, {tried}"
    return tidied(tried)


def _reason(stage: StageRecord) -> str:
    best = stage.tried[0] if stage.tried else ""
    return tidied(stage.reason.replace(best, _named(stage, best), 1) if best else stage.reason)


def _stage_row(stage: StageRecord) -> list[str]:
    tried = "; ".join(_named(stage, one) for one in stage.tried)
    text = f"{_reason(stage)}\ntried, best first: {tried}" if tried else _reason(stage)
    return [_name(stage), text, str(len(stage.tried)), duration(stage.seconds)]


def _range_test(tuning: TuningRecord) -> str:
    rows = [[rate_text(p.learning_rate), number(p.error)] for p in tuning.range_test]
    if not rows:
        return ""
    title = "<h3>Range test: error after a short training at each rate</h3>"
    return title + table(["#Rate", "#Error"], rows)


def _alpha(steps: tuple[AlphaStep, ...]) -> str:
    heads = ["#Alpha", "#Cells", "#By windows apart", "#Trained", "#Error", "#Gap", "Outcome"]
    rows = [
        [
            str(one.alpha),
            number(one.cells_by_windows),
            number(one.cells_by_independent),
            str(one.cells) if one.cells else ABSENT,
            number(one.error),
            percent(one.gap),
            one.reason,
        ]
        for one in steps
    ]
    return f"<h3>The alpha rule</h3>{table(heads, rows)}{bullets([_ALPHA])}" if rows else ""
