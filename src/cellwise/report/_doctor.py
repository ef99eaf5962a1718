"""What the doctor has found, in a terminal and as a part of the page."""

import math
from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cellwise.records import Diagnosis, Finding, LayerProfile, LayerStudy
from cellwise.report._canvas import page_part
from cellwise.report._chart_layers import layer_figures
from cellwise.report._format import ABSENT, number
from cellwise.report._html_template import bullets, prose, section, table
from cellwise.report._remedies import REMEDY_HEADS, remedy_rows, remedy_sentence

_HEADS = ("layer", "time scale", "untrained", "gate", "rank", "frozen", "removed", "spare cells")
_LEGEND = (
    "Time scale: steps that a changed input is remembered, with its 95 % interval, beside networks "
    "that were never trained; gate: median steps that a cell's gate alone keeps a value; rank: "
    "directions of the state in use; frozen and removed: error with the layer's output at its mean "
    "and at 0, over the error of the whole network; spare cells: those whose freezing raises the "
    "error by less than 1 %."
)
# Freezing a spare cell raises the error by less than this
_SPARE = 1.01
_PICTURES = {
    "memory": (
        "How long each layer remembers",
        "What is left, step by step, of one input that was changed (blue), beside the mean of "
        "networks that were never trained (grey, dashed).",
    ),
    "gradient": (
        "How far back the gradient reaches",
        "Norm of the gradient of the loss at each layer's state and at the inputs.",
    ),
    "state": (
        "The hidden state over time",
        "What the busiest cells hand on over one window, a line for each.",
    ),
}
_REMEDIES = "What was tried for the deeper network"
_LIVE = "Seen while the networks of the search were in training"
_MOST_INPUTS = 5


def diagnosis_text(diagnosis: Diagnosis) -> RenderableType:
    """Lay out a diagnosis for a terminal of 80 columns or more, or for plain text.

    Args:
        diagnosis: What the doctor has found.

    Returns:
        A rich renderable.
    """
    parts: list[RenderableType] = [_summary(diagnosis)]
    for finding in diagnosis.findings:
        parts += [Text(), *_lines(finding)]
    if diagnosis.live:
        parts += [Text(), _rule(_LIVE)]
        for finding in diagnosis.live:
            parts += _lines(finding)
    if diagnosis.remedies:
        parts += [Text(), _rule(_REMEDIES), Text(remedy_sentence(diagnosis.remedies))]
        parts.append(_remedy_table(diagnosis))
    if diagnosis.study is not None:
        parts += [Text(), _rule("What each layer has learned"), _layers(diagnosis.study)]
        parts += [Text(line) for line in study_sentences(diagnosis.study)]
        parts.append(Text(_LEGEND, style="dim"))
    if diagnosis.skipped:
        parts += [Text(), _rule("Not looked for")]
        parts += [Text(line, style="dim") for line in _skipped(diagnosis)]
    return Group(*parts)


def doctor_section(diagnosis: Diagnosis) -> str:
    """Write a diagnosis as a part of the page.

    Args:
        diagnosis: What the doctor has found.

    Returns:
        HTML.
    """
    body = f"<p>{prose(summary_sentence(diagnosis))}</p>{_finding_table(diagnosis.findings)}"
    if diagnosis.live:
        body += f"<h3>{_LIVE}</h3>{_finding_table(diagnosis.live)}"
    if diagnosis.remedies:
        body += f"<h3>{_REMEDIES}</h3><p>{prose(remedy_sentence(diagnosis.remedies))}</p>"
        body += table(REMEDY_HEADS, remedy_rows(diagnosis.remedies))
    if diagnosis.study is not None:
        heads = [f"#{head}" if head != "layer" else head for head in _HEADS]
        layers = [list(_layer_row(one)) for one in diagnosis.study.layers]
        body += f"<h3>What each layer has learned</h3>{table(heads, layers)}"
        body += bullets([*study_sentences(diagnosis.study), _LEGEND])
        body += _pictures(diagnosis.study)
    return section("The doctor", body)


def _pictures(study: LayerStudy) -> str:
    """Every kind of picture with its heading."""
    body = ""
    for kind, figures in layer_figures(study).items():
        parts = [
            f"<div>{f'<h3>{caption}</h3>' if caption else ''}{page_part(figure, f'{kind}-{i}')}</div>"
            for i, (caption, figure) in enumerate(figures.items())
        ]
        grid = "" if kind == "gradient" else ' class="wide"'
        if parts:
            title, about = _PICTURES[kind]
            body += f'<h3>{title}</h3><p class="about">{about}</p><div{grid}>{"".join(parts)}</div>'
    return body


def _finding_table(findings: tuple[Finding, ...]) -> str:
    rows = [
        [
            f"{_words(one)}\n{one.where}",
            f"{one.seen}\n{one.why} ({one.source})",
            one.do.replace("`", ""),
        ]
        for one in findings
    ]
    return table(["Finding", "What was seen, and why it happens", "What to do"], rows)


def finding_line(finding: Finding) -> str:
    """Tell a finding in one line.

    Args:
        finding: What was found.

    Returns:
        What it is, where, and what was seen.
    """
    where = f" [{finding.where}]" if finding.where else ""
    return f"{_words(finding)}{where}: {finding.seen}"


def summary_sentence(diagnosis: Diagnosis) -> str:
    """Say in one sentence what was found.

    Args:
        diagnosis: What the doctor has found.

    Returns:
        The sentence.
    """
    faults, notes = len(diagnosis.faults), len(diagnosis.notes)
    found = f"{_count(faults, 'fault')} and {_count(notes, 'note')}"
    return f"{diagnosis.subject}: {found} in {len(diagnosis.checked)} checks."


def study_sentences(study: LayerStudy) -> Iterator[str]:
    """Say what the layers have learned.

    Args:
        study: The study.

    Yields:
        str: A sentence each.
    """
    if len(study.layers) > 1:
        low = number(study.depth_excess_low, 3)
        growth = (
            f"from the first layer to the last the time scale grows by "
            f"{number(study.depth_excess, 3)} steps more than in networks that were not trained "
            f"(lower 95 % bound {low})"
        )
        verdict = "Depth is used for time scales" if study.depth_used else "No sign that depth is"
        yield f"{verdict}{': ' if study.depth_used else ' used for time scales: '}{growth}."
    ranked = sorted(study.inputs.items(), key=lambda item: -item[1])[:_MOST_INPUTS]
    yield "Inputs by their share: " + ", ".join(f"{n} {v:.0%}" for n, v in ranked) + "."
    if study.lags:
        yield f"Half of the sensitivity lies in the last {_half(study.lags)} steps."
    for what, reason in study.skipped.items():
        yield f"Not studied: {what}: {reason}."


def _half(lags: tuple[float, ...]) -> int:
    """Steps, counted from the last one, that hold half of the whole."""
    return next(n for n in range(1, len(lags) + 1) if 2 * sum(lags[:n]) >= sum(lags))


def _count(count: int, word: str) -> str:
    return f"{count or 'no'} {word}{'' if count == 1 else 's'}"


def _summary(diagnosis: Diagnosis) -> RenderableType:
    colour = "red" if diagnosis.faults else "green"
    text = Text(summary_sentence(diagnosis), style="bold")
    return Panel(text, title=Text(" The doctor "), title_align="left", border_style=colour)


def _words(finding: Finding) -> str:
    return f"{finding.title} ({finding.severity}, {finding.confidence})"


def _lines(finding: Finding) -> Iterator[RenderableType]:
    where = f"  [{finding.where}]" if finding.where else ""
    style = "bold red" if finding.severity == "fault" else "bold"
    yield Text.assemble((_words(finding), style), (where, "dim"))
    told = {
        "seen": finding.seen,
        "why": f"{finding.why} ({finding.source})",
        "do": finding.do.replace("`", ""),
    }
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(ratio=1)
    for name, text in told.items():
        grid.add_row(name, Text(text))
    yield Padding(grid, (0, 0, 0, 2))


def _rule(title: str) -> Rule:
    return Rule(Text(title, style="bold"), align="left", style="dim")


def _remedy_table(diagnosis: Diagnosis) -> Table:
    found = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in REMEDY_HEADS:
        found.add_column(head.removeprefix("#"), justify="right" if head[0] == "#" else "left")
    for row in remedy_rows(diagnosis.remedies):
        found.add_row(*map(Text, row))
    return found


def _layers(study: LayerStudy) -> Table:
    found = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in _HEADS:
        found.add_column(head, justify="left" if head == "layer" else "right")
    for one in study.layers:
        found.add_row(*map(Text, _layer_row(one)))
    return found


def _layer_row(one: LayerProfile) -> tuple[str, ...]:
    interval = f"{number(one.time_scale_low, 3)} to {number(one.time_scale_high, 3)}"
    spare = sum(error < _SPARE for error in one.cells_frozen)
    return (
        one.layer,
        f"{number(one.time_scale, 3)} ({interval})",
        number(one.untrained, 3),
        number(one.gate_steps, 3),
        f"{number(one.effective_rank, 3)} of {one.num_cells}",
        _times(one.frozen),
        _times(one.removed),
        f"{spare} of {len(one.cells_frozen)}" if one.cells_frozen else ABSENT,
    )


def _times(value: float) -> str:
    return f"{number(value, 3)} x" if math.isfinite(value) else ABSENT


def _skipped(diagnosis: Diagnosis) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for key, reason in diagnosis.skipped.items():
        reasons.setdefault(reason, []).append(key.replace("_", " "))
    for reason, keys in reasons.items():
        yield f"{', '.join(keys)}: {reason}"
