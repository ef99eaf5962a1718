"""The report in a terminal: the verdict first, then what it rests on."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from cellwise.records import Diagnosis, Evidence
from cellwise.report._audit import audit_lines, audit_sentence
from cellwise.report._capacity import capacity_lines
from cellwise.report._doctor import finding_line, summary_sentence
from cellwise.report._format import duration, tidied
from cellwise.report._outer import outer_lines
from cellwise.report._terminal_lines import bullet, listed
from cellwise.report._terminal_tables import (
    baseline_table,
    final_table,
    settings_lines,
    staircase_table,
)
from cellwise.report._trials import grows
from cellwise.report._tuning import before_tuning, tuning_lines
from cellwise.report._words import (
    comparison_sentence,
    next_steps,
    noise_floor_sentence,
    reading_sentence,
    reason_words,
    verdict_title,
)

STYLES = {"use_network": "green", "use_benchmark": "yellow", "no_answer": "magenta"}
"""Kind of verdict to the colour of its frame; the words alone say the same."""


def terminal_report(
    evidence: Evidence, *, run: str = "RUN", diagnosis: Diagnosis | None = None
) -> RenderableType:
    """Lay out a run for a terminal of 80 columns or more, or for plain text.

    Args:
        evidence: What the run has found.
        run: Run directory, for the commands to go on with.
        diagnosis: What the doctor has found; ``None`` where it has not been.

    Returns:
        A rich renderable: ``Console().print(terminal_report(evidence))``.
    """
    return Group(
        _verdict(evidence),
        *_part("Classical methods, validation", baseline_table(evidence), "None has been run."),
        *_part(_sizes_title(evidence), _sizes(evidence), "No size has been measured."),
        *_part("Comparisons", _comparisons(evidence), "None has been made."),
        *_part("Tuning", tuning_lines(evidence), ""),
        *_part("Capacity", capacity_lines(evidence), ""),
        *_part("The doctor", _doctor(diagnosis), ""),
        *_part("Test rows", final_table(evidence), reading_sentence(evidence)),
        *_part("Outer folds", outer_lines(evidence), ""),
        *_part("Leakage audit", audit_lines(evidence.audit), ""),
        *_part("How it ended", _ending(evidence), ""),
        *_part("Notes on the data", listed(evidence.data.notes), ""),
        *_part("What to do next", Text(next_steps(evidence, run).replace("`", "")), ""),
    )


def _verdict(evidence: Evidence) -> RenderableType:
    verdict = evidence.verdict
    lines: list[RenderableType] = [Text(verdict.sentence, style="bold")]
    if verdict.reasons:
        lines.append(Text())
    lines += [bullet(tidied(reason)) for reason in verdict.reasons]
    if evidence.audit:
        style = "bold red" if evidence.audit.failed else ""
        lines += [Text(), Text(audit_sentence(evidence.audit), style=style)]
    title = Text(f" {verdict_title(verdict)} ", style="bold")
    return Panel(Group(*lines), title=title, title_align="left", border_style=STYLES[verdict.kind])


def _part(title: str, body: RenderableType | None, absent: str) -> list[RenderableType]:
    """A heading with its body, with the words for its absence, or nothing at all."""
    content = body if body is not None else Text(absent, style="dim")
    if body is None and not absent:
        return []
    # Text: a title is never markup
    rule = Rule(Text(title, style="bold"), align="left", style="dim")
    return [Text(), rule, Padding(content, (0, 0, 0, 1))]


def _sizes_title(evidence: Evidence) -> str:
    listed_only = evidence.candidates and not grows(evidence)
    return "Networks tried, validation" if listed_only else "Staircase, validation"


def _sizes(evidence: Evidence) -> RenderableType | None:
    before = before_tuning(evidence)
    parts = (staircase_table(evidence), settings_lines(evidence), Text(before) if before else None)
    shown = [one for one in parts if one is not None]
    return Group(*shown) if shown else None


def _comparisons(evidence: Evidence) -> RenderableType | None:
    rows: list[RenderableType] = []
    for one in evidence.comparisons:
        rows.append(bullet(comparison_sentence(one, evidence)))
        if reason := reason_words(one):
            rows.append(Padding(Text(reason, style="dim"), (0, 0, 0, 2)))
    return Group(*rows) if rows else None


def _doctor(diagnosis: Diagnosis | None) -> RenderableType | None:
    if diagnosis is None:
        return None
    lines = map(finding_line, (*diagnosis.findings, *diagnosis.live))
    return listed(lines, summary_sentence(diagnosis))


def _ending(evidence: Evidence) -> RenderableType | None:
    verdict, data = evidence.verdict, evidence.data
    lines = [f"{stage}: {reason}" for stage, reason in evidence.stages.items()]
    lines += [f"Missing: {one}" for one in verdict.missing]
    lines.append(noise_floor_sentence(evidence))
    if evidence.finals:
        lines.append(reading_sentence(evidence))
    lines.append(f"Time in all: {duration(verdict.seconds)}.")
    if data.fingerprint:
        lines.append(f"Fingerprint of the data: {data.fingerprint}.")
    return listed(lines)
