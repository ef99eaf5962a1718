"""How the networks learnt: validation error by epoch, and by learning rate."""

import math
from typing import Any

from cellwise.records import CandidateRecord, Evidence, MemberRecord
from cellwise.report._canvas import Figure, Trace, axis, draw, safe
from cellwise.report._facts import kept_members, metric_label, parsed
from cellwise.report._format import number, rate_text
from cellwise.report._palette import NETWORK, PAPER, faint, ramp
from cellwise.report._words import size_words


def curve_figures(evidence: Evidence) -> dict[str, Figure]:
    """Draw the validation error of every epoch, one small chart for each candidate.

    Args:
        evidence: What a run has found.

    Returns:
        Caption to figure, all on one scale; candidates without a curve are left out.
    """
    runs = {
        f"{size_words(one.architecture, evidence)}"
        f"{'' if one.stage in ('width', 'compare') else f', {one.stage}'}": _curves(one)
        for one in evidence.candidates
    }
    runs = {name: curves for name, curves in runs.items() if curves}
    values = sorted(v for curves in runs.values() for curve in curves for v in curve)
    if not values:
        return {}
    # the first epochs and a run that blew up must not flatten all the others
    low, high = values[0], values[int(0.97 * (len(values) - 1))]
    margin = 0.06 * (high - low) or 1.0
    longest = max(len(curve) for curves in runs.values() for curve in curves)
    layout: dict[str, Any] = {
        "yaxis": axis(range=[low - margin, high + margin], nticks=4),
        "xaxis": axis("epoch", range=[0, longest + 1], nticks=5, showgrid=False),
        "margin": {"l": 44, "r": 8, "t": 6, "b": 40},
    }
    return {
        name: draw([*map(_thin, curves), _mean(curves)], height=190, **layout)
        for name, curves in runs.items()
    }


def rate_figure(evidence: Evidence) -> Figure | None:
    """Draw the error of every size against the learning rate, dropped rates included.

    Args:
        evidence: What a run has found.

    Returns:
        A plotly figure; ``None`` if no rate has been measured.
    """
    points = [(one, _by_rate(one)) for one in evidence.candidates]
    points = [(one, rates) for one, rates in points if rates]
    if not points:
        return None
    top = _ceiling(points)
    ticks = sorted({rate for _, rates in points for rate in rates})
    traces = [
        _rate_line(one, rates, top, ramp(i, len(points))) for i, (one, rates) in enumerate(points)
    ]
    return draw(
        traces,
        height=400,
        showlegend=True,
        margin={"l": 56, "r": 14, "t": 14, "b": 110},
        legend={"orientation": "h", "y": -0.22, "yanchor": "top", "x": 0, "font": {"size": 12}},
        xaxis=axis(
            "learning rate",
            type="log",
            tickvals=ticks,
            ticktext=[rate_text(rate) for rate in ticks],
            tickangle=0,
            showgrid=False,
        ),
        yaxis=axis(f"validation {metric_label(evidence.data.metric)}", nticks=6),
    )


def _curves(candidate: CandidateRecord) -> list[tuple[float, ...]]:
    found = [one.val_curve for one in kept_members(candidate)]
    return [curve for curve in found if curve and all(map(math.isfinite, curve))]


def _thin(curve: tuple[float, ...]) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(range(1, len(curve) + 1)),
        "y": curve,
        "line": {"color": faint(NETWORK, 0.28), "width": 1},
        "hoverinfo": "skip",
    }


def _mean(curves: list[tuple[float, ...]]) -> Trace:
    """Mean over the replicates, as far as all of them were trained."""
    shortest = min(len(curve) for curve in curves)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(range(1, shortest + 1)),
        "y": [sum(curve[i] for curve in curves) / len(curves) for i in range(shortest)],
        "line": {"color": NETWORK, "width": 2.5},
        "hovertemplate": "epoch %{x}: %{y:.4g}<extra></extra>",
    }


def _by_rate(candidate: CandidateRecord) -> dict[float, float]:
    """Mean error of the members at each rate; rates at which none stayed finite are left out."""
    found: dict[float, list[float]] = {}
    for one in candidate.members:
        if math.isfinite(one.error):
            found.setdefault(one.learning_rate, []).append(one.error)
    return {rate: sum(errors) / len(errors) for rate, errors in sorted(found.items())}


def _ceiling(points: list[tuple[CandidateRecord, dict[float, float]]]) -> float:
    """Highest error that is drawn in its place; worse ones are marked at this height."""
    best = min(error for _, rates in points for error in rates.values())
    kept = max(min(rates.values()) for _, rates in points)
    return max(kept + 1.5 * (kept - best), 1.3 * kept)


def _rate_line(
    candidate: CandidateRecord, rates: dict[float, float], top: float, colour: str
) -> Trace:
    kept = [math.isclose(rate, candidate.learning_rate, rel_tol=1e-6) for rate in rates]
    high = [error > top for error in rates.values()]
    architecture = parsed(candidate.architecture)
    sizes = architecture.hidden_sizes if architecture else (candidate.num_cells,)
    return {
        "type": "scatter",
        "name": "+".join(map(str, sizes)) + (" cells" if len(sizes) == 1 else ""),
        "mode": "lines+markers",
        "x": list(rates),
        "y": [min(error, top) for error in rates.values()],
        "line": {"color": colour, "width": 2},
        "marker": {
            "opacity": 1,
            "symbol": ["triangle-up" if above else "circle" for above in high],
            "size": [11 if one else 8 for one in kept],
            "color": [colour if one else PAPER for one in kept],
            "line": {"color": colour, "width": 2},
        },
        "hovertext": [_rate_hover(candidate, rate, rates[rate]) for rate in rates],
        "hoverinfo": "text",
    }


def _rate_hover(candidate: CandidateRecord, rate: float, error: float) -> str:
    here: list[MemberRecord] = [one for one in candidate.members if one.learning_rate == rate]
    states = ", ".join(dict.fromkeys(one.state for one in here))
    return (
        f"<b>{safe(candidate.architecture)}</b><br>rate {rate_text(rate)}: error {number(error)}"
        f"<br>{len(here)} networks, {safe(states)}"
    )
