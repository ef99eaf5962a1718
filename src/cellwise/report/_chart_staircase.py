"""The staircase: how the error falls as cells are added, and where it stops paying."""

import math
from typing import Any

from cellwise.records import BaselineRecord, Evidence
from cellwise.report._canvas import Figure, Trace, axis, draw, note, safe
from cellwise.report._facts import metric_label
from cellwise.report._format import number, plus_minus, rate_text
from cellwise.report._palette import BENCHMARK, MUTED, NETWORK, PAPER, STAGES, faint
from cellwise.report._steps import Staircase, Step, apart, staircase_of
from cellwise.report._trials import settings_words
from cellwise.report._words import chosen_word, size_words

HEIGHT = 430


def staircase_figure(evidence: Evidence) -> Figure | None:
    """Draw the error of every size against its number of cells.

    Args:
        evidence: What a run has found.

    Returns:
        A plotly figure; ``None`` if no size has been measured.
    """
    view = staircase_of(evidence)
    if view is None:
        return None
    left, right = _span(view)
    notes, shapes = _benchmark(view, left, right)
    floor_notes, floor_shapes = _floor(view, left)
    return draw(
        [*_other_lines(view, right), _path(view), *_points(view, evidence)],
        height=HEIGHT,
        annotations=[*notes, *floor_notes, *_other_notes(view, right), *_chosen(view, evidence)],
        shapes=[*shapes, *floor_shapes],
        xaxis=axis(
            "cells of all layers (doubling scale)",
            type="log",
            range=[left, right],
            tickvals=view.ticks,
            ticktext=[str(tick) for tick in view.ticks],
        ),
        yaxis=axis(f"validation {metric_label(evidence.data.metric)}", range=view.limits, nticks=7),
    )


def _span(view: Staircase) -> tuple[float, float]:
    """Exponents of ten at the left and right edge; the right part is for the methods' names."""
    first, last = (math.log10(size) for size in view.sizes)
    width = max(last - first, 0.3)
    return first - 0.08 * width, last + 0.38 * width


def _points(view: Staircase, evidence: Evidence) -> list[Trace]:
    kinds = dict.fromkeys(one.kind for one in view.steps)
    return [_kind_points(view, kind, evidence) for kind in kinds]


def _kind_points(view: Staircase, kind: str, evidence: Evidence) -> Trace:
    colour, symbol, meaning = STAGES[kind]
    steps = [one for one in view.steps if one.kind == kind]
    spreads = [one.candidate.standard_error for one in steps]
    return {
        "type": "scatter",
        "name": meaning,
        "mode": "markers+text",
        "x": [one.candidate.num_cells for one in steps],
        "y": [one.candidate.error for one in steps],
        "error_y": {
            "array": [spread if math.isfinite(spread) else 0.0 for spread in spreads],
            "color": colour,
            "thickness": 1.4,
            "width": 4,
        },
        "text": [one.short if "+" in one.short and not one.chosen else "" for one in steps],
        # depth and control lie close together: one is named below, the other above
        "textposition": "top right" if kind == "control" else "bottom right",
        "textfont": {"color": colour, "size": 12},
        "marker": {
            "symbol": symbol,
            "opacity": 1,
            "size": [14 if one.chosen else 10 for one in steps],
            "color": [PAPER if one.hollow else colour for one in steps],
            "line": {"color": colour, "width": 2},
        },
        "hovertext": [_hover(one, evidence) for one in steps],
        "hoverinfo": "text",
    }


def _hover(step: Step, evidence: Evidence) -> str:
    one = step.candidate
    outcome = _outcome(step)
    settings = settings_words(evidence, one)
    return (
        f"<b>{safe(size_words(one.architecture, evidence))}</b> ({outcome})<br>"
        f"{one.num_parameters:,} parameters<br>"
        f"{f'rate {rate_text(one.learning_rate)}, {safe(settings)}<br>' if settings else ''}"
        f"error {plus_minus(one.error, one.standard_error)}"
    )


def _outcome(step: Step) -> str:
    if step.tuned:
        return "tuned"
    open_word = "chosen" if step.chosen else "tried"
    return {"start": "the start", "open": open_word}.get(step.outcome, step.outcome)


def _path(view: Staircase) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [one.candidate.num_cells for one in view.path],
        "y": [one.candidate.error for one in view.path],
        "line": {"color": faint(NETWORK, 0.55), "width": 2.5},
        "hoverinfo": "skip",
    }


def _chosen(view: Staircase, evidence: Evidence) -> list[dict[str, Any]]:
    word = chosen_word(evidence)
    found = [one for one in view.steps if one.chosen][-1:]
    return [
        note(
            math.log10(one.candidate.num_cells),
            view.edge(one),
            f"<b>{word}: {safe(size_words(one.candidate.architecture, evidence))}"
            f"{', tuned' if one.tuned else ''}</b>",
            showarrow=True,
            arrowhead=0,
            arrowcolor=MUTED,
            arrowwidth=1,
            standoff=4,
            ax=0,
            # a long name would leave the picture on the left
            xanchor="left"
            if one.candidate.num_cells == view.sizes[0] < view.sizes[1]
            else "center",
            ay=-400 * view.name_shift,
            bgcolor=PAPER,
            borderpad=1,
            font={"size": 13},
        )
        for one in found
    ]


def _benchmark(
    view: Staircase, left: float, right: float
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    if view.benchmark is None:
        return [], []
    line = _level(view.benchmark.error, left, right, BENCHMARK, "dash")
    text = f"<b>{safe(view.benchmark.label)}</b>"
    font = {"color": BENCHMARK, "size": 12}
    place = {"xanchor": "right", "yanchor": "bottom", "font": font}
    return [note(right, view.benchmark.error, text, **place)], [line]


def _floor(view: Staircase, left: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    floor = view.noise_floor
    if math.isnan(floor):
        return [], []
    band = {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": view.limits[0],
        "y1": floor,
        "fillcolor": faint(MUTED, 0.12),
        "line": {"width": 0},
        "layer": "below",
    }
    line = band | {
        "type": "line",
        "y0": floor,
        "line": {"color": MUTED, "width": 1.5, "dash": "dot"},
    }
    font = {"color": MUTED, "size": 12}
    text = f"noise floor {number(floor, 3)}"
    anchor = "top" if view.floor_named_below else "bottom"
    return [note(left, floor, text, xanchor="left", yanchor=anchor, font=font)], [band, line]


def _level(error: float, left: float, right: float, colour: str, dash: str) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": 10**left,
        "x1": 10**right,
        "y0": error,
        "y1": error,
        "layer": "below",
        "line": {"color": colour, "width": 2, "dash": dash},
    }


def _other_lines(view: Staircase, right: float) -> list[Trace]:
    start = 10 ** (right - 0.13 * (right - math.log10(view.sizes[0])))
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [start, 10**right],
            "y": [one.error, one.error],
            "line": {"color": faint(MUTED, 0.7), "width": 1.5},
            "hoverinfo": "text",
            "hovertext": f"{safe(one.label)}<br>error {number(one.error)}",
        }
        for one in view.others
    ]


def _other_notes(view: Staircase, right: float) -> list[dict[str, Any]]:
    leaders: list[BaselineRecord] = [view.benchmark] if view.benchmark else []
    named = [*leaders, *view.others]
    gap = 0.05 * (view.limits[1] - view.limits[0])
    font = {"size": 11, "color": MUTED}
    place = {"xanchor": "right", "yanchor": "bottom", "font": font}
    picked = apart([one.error for one in named], gap)[len(leaders) :]
    return [note(right, named[i].error, safe(named[i].label), **place) for i in picked]
