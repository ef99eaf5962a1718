"""The staircase as a small SVG picture, written by hand, for a README."""

import html
import math
from collections.abc import Callable
from dataclasses import dataclass

from cellwise.records import Evidence
from cellwise.report._canvas import FONT
from cellwise.report._facts import metric_label
from cellwise.report._format import number
from cellwise.report._palette import (
    BENCHMARK,
    CONTROL,
    DARK,
    DEPTH,
    GRID,
    INK,
    MUTED,
    NETWORK,
    PAPER,
    STAGES,
)
from cellwise.report._steps import Staircase, Step, staircase_of
from cellwise.report._words import chosen_word, size_words

WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 66, 744, 44, 348
_NAMES = {
    INK: "ink",
    MUTED: "muted",
    GRID: "grid",
    PAPER: "paper",
    NETWORK: "network",
    BENCHMARK: "benchmark",
    DEPTH: "depth",
    CONTROL: "control",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """Where data values lie in the picture."""

    view: Staircase

    def x(self, cells: float) -> float:
        first, last = (math.log2(size) for size in self.view.sizes)
        span = max(last - first, 1.0)
        # the right part is left to the names of the levels
        return LEFT + 30 + (RIGHT - LEFT - 200) * (math.log2(max(cells, 1)) - first) / span

    def y(self, error: float) -> float:
        low, high = self.view.limits
        return BOTTOM - (BOTTOM - TOP) * (error - low) / (high - low)


def staircase_svg(evidence: Evidence) -> str:
    """Draw the staircase as an SVG text.

    Args:
        evidence: What a run has found.

    Returns:
        A complete SVG document, for light and dark paper.
    """
    view = staircase_of(evidence)
    parts: list[str]
    if view is None:
        parts = [_text(WIDTH / 2, HEIGHT / 2, "no size has been measured yet", "muted", "middle")]
    else:
        frame = _Frame(view=view)
        hollow = "refused" if view.grows else "tried"
        title = f"validation {metric_label(evidence.data.metric)}"
        parts = [
            _text(LEFT - 50, 22, title, "muted"),
            _text((LEFT + RIGHT) / 2, HEIGHT - 10, "cells (doubling scale)", "muted", "middle"),
            _text(RIGHT, 22, f"hollow: {hollow}; bars: one standard error", "muted", "end"),
            *_grid(frame),
            *_levels(frame),
            _path(frame),
            *(_point(frame, one) for one in view.steps),
            *(_chosen(frame, one, evidence) for one in [s for s in view.steps if s.chosen][-1:]),
        ]
    return _document(parts, evidence)


def _document(parts: list[str], evidence: Evidence) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img">\n'
        f"<title>{html.escape(evidence.verdict.sentence)}</title>\n<style>\n{_style()}\n</style>\n"
        f'<rect class="f-paper" width="{WIDTH}" height="{HEIGHT}" rx="10"/>\n{body}\n</svg>\n'
    )


def _style() -> str:
    def rules(look: Callable[[str], str]) -> str:
        return "".join(
            f".f-{name}{{fill:{look(colour)}}}.s-{name}{{stroke:{look(colour)}}}"
            for colour, name in _NAMES.items()
        )

    return (
        f"text{{font:13px {FONT}}}.bold{{font-weight:600}}.none{{fill:none}}\n"
        f"{rules(str)}\n@media (prefers-color-scheme:dark){{{rules(DARK.__getitem__)}}}"
    )


def _grid(frame: _Frame) -> list[str]:
    low, high = frame.view.limits
    levels = _round_levels(low, high)
    # as many decimals as the distance between two levels needs
    digits = len(f"{levels[1] - levels[0]:.6g}".partition(".")[2]) if len(levels) > 1 else 3
    parts = []
    for level in levels:
        parts.append(_line(LEFT, frame.y(level), RIGHT, frame.y(level), "grid", 1))
        parts.append(_text(LEFT - 8, frame.y(level) + 4, f"{level:.{digits}f}", "muted", "end"))
    for tick in frame.view.ticks:
        if LEFT <= frame.x(tick) <= RIGHT:
            parts.append(_text(frame.x(tick), BOTTOM + 22, str(tick), "muted", "middle"))
    return parts


def _round_levels(low: float, high: float) -> list[float]:
    """Round numbers between two limits, four to eight of them."""
    power: float = 10.0 ** math.floor(math.log10((high - low) / 4))
    step = next(power * k for k in (1, 2, 2.5, 5, 10) if (high - low) / (power * k) <= 6)
    return [step * i for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _levels(frame: _Frame) -> list[str]:
    parts, view = [], frame.view
    if view.benchmark is not None:
        y = frame.y(view.benchmark.error)
        parts.append(_line(LEFT, y, RIGHT, y, "benchmark", 2, "7 5"))
        parts.append(_text(RIGHT, y - 7, view.benchmark.label, "benchmark", "end", bold=True))
    if math.isfinite(view.noise_floor):
        y = frame.y(view.noise_floor)
        parts.append(_line(LEFT, y, RIGHT, y, "muted", 1.5, "2 4"))
        text = f"noise floor {number(view.noise_floor, 3)}"
        parts.append(_text(LEFT + 4, y + 15 if view.floor_named_below else y - 7, text, "muted"))
    return parts


def _path(frame: _Frame) -> str:
    points = [
        f"{frame.x(one.candidate.num_cells):.1f},{frame.y(one.candidate.error):.1f}"
        for one in frame.view.path
    ]
    return (
        f'<polyline class="none s-network" stroke-width="2.5" stroke-opacity=".55" '
        f'points="{" ".join(points)}"/>'
    )


def _point(frame: _Frame, step: Step) -> str:
    colour, symbol, _ = STAGES[step.kind]
    name = _NAMES[colour]
    x, y = frame.x(step.candidate.num_cells), frame.y(step.candidate.error)
    size = 7.5 if step.chosen else 5.5
    look = f'class="f-{"paper" if step.hollow else name} s-{name}" stroke-width="2"'
    marks = {
        "circle": f'<circle {look} cx="{x:.1f}" cy="{y:.1f}" r="{size}"/>',
        "square": f'<rect {look} x="{x - size:.1f}" y="{y - size:.1f}" '
        f'width="{2 * size}" height="{2 * size}"/>',
        "diamond": f'<path {look} d="M{x:.1f} {y - size - 2:.1f}l{size + 2} {size + 2}'
        f'l-{size + 2} {size + 2}l-{size + 2} -{size + 2}z"/>',
    }
    return "\n".join([*_whisker(frame, step, x, name), marks[symbol], *_label(step, x, y, name)])


def _whisker(frame: _Frame, step: Step, x: float, name: str) -> list[str]:
    spread = step.candidate.standard_error
    if not math.isfinite(spread):
        return []
    low, high = frame.y(step.candidate.error - spread), frame.y(step.candidate.error + spread)
    return [
        _line(x, low, x, high, name, 1.5),
        _line(x - 4, low, x + 4, low, name, 1.5),
        _line(x - 4, high, x + 4, high, name, 1.5),
    ]


def _label(step: Step, x: float, y: float, name: str) -> list[str]:
    if step.chosen or "+" not in step.short:
        return []
    # depth and control lie close together: one is named below, the other above
    return [_text(x + 8, y - 9 if step.kind == "control" else y + 19, step.short, name)]


def _chosen(frame: _Frame, step: Step, evidence: Evidence) -> str:
    x, y = frame.x(step.candidate.num_cells), frame.y(frame.view.edge(step))
    size = size_words(step.candidate.architecture, evidence)
    text = f"{chosen_word(evidence)}: {size}{', tuned' if step.tuned else ''}"
    side, reach = (1, 14) if frame.view.name_shift < 0 else (-1, 0)
    end = y + side * (300 * abs(frame.view.name_shift) - 4)
    base = end + side * 6 + (reach - 4 if reach else 0)
    # a long name would leave the picture on the left
    anchor = "start" if step.candidate.num_cells == frame.view.sizes[0] else "middle"
    line = _line(x, y + side * 5, x, end, "muted", 1)
    return "\n".join([line, _text(x, base, text, "ink", anchor, bold=True)])


def _line(
    x1: float, y1: float, x2: float, y2: float, name: str, width: float, dash: str = ""
) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line class="s-{name}" stroke-width="{width}"{dashes} '
        f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
    )


def _text(
    x: float, y: float, text: str, name: str, anchor: str = "start", *, bold: bool = False
) -> str:
    weight = " bold" if bold else ""
    return (
        f'<text class="f-{name}{weight}" text-anchor="{anchor}" x="{x:.1f}" y="{y:.1f}">'
        f"{html.escape(text)}</text>"
    )
