"""How the forecasts look: against the truth, and by step ahead."""

from typing import Any

from cellwise.records import Evidence, ForecastExample
from cellwise.report._canvas import Figure, Trace, axis, draw, note, safe
from cellwise.report._palette import BENCHMARK, GRID, INK, MUTED, NETWORK

MOST_EXAMPLES = 4
MOST_CONTEXT = 4
"""Context that is drawn, in horizons; a longer one would press the forecast against the edge."""


def forecast_figures(evidence: Evidence) -> dict[str, Figure]:
    """Draw test windows: what was known, what came, and what was forecast.

    Args:
        evidence: What a run has found.

    Returns:
        Caption to figure, at most four.
    """
    shown = evidence.examples[:MOST_EXAMPLES]
    return {
        f"{i}. {_caption(one)}": _forecast_figure(one, evidence.data.target)
        for i, one in enumerate(shown, 1)
    }


def lead_figure(evidence: Evidence) -> Figure | None:
    """Draw the mean absolute error of network and benchmark by step ahead.

    Args:
        evidence: What a run has found.

    Returns:
        A plotly figure; ``None`` if the test rows were not scored.
    """
    looks = {"network": NETWORK, "benchmark": BENCHMARK}
    found = {name: evidence.lead_errors.get(name, ()) for name in looks}
    found = {name: errors for name, errors in found.items() if errors}
    if not found:
        return None
    steps = max(map(len, found.values()))
    ends = {name: errors[-1] for name, errors in found.items()}
    labels = [
        note(
            len(found[name]),
            end,
            f"<b>{name}</b>",
            xanchor="right",
            yanchor="bottom" if end == max(ends.values()) else "top",
            yshift=8 if end == max(ends.values()) else -8,
            font={"color": looks[name], "size": 13},
        )
        for name, end in ends.items()
    ]
    title = f"mean absolute error of {safe(evidence.data.target)}"
    return draw(
        [_lead_line(errors, looks[name], name) for name, errors in found.items()],
        height=330,
        annotations=labels,
        xaxis=axis("steps ahead", range=[0.5, steps + 0.5], tickformat="d", showgrid=False),
        yaxis=axis(title, rangemode="tozero", nticks=6),
    )


def _caption(example: ForecastExample) -> str:
    start = f"from {example.times[0]}" if example.times else "test window"
    return f"{example.series}, {start}" if example.series else start


def _forecast_figure(example: ForecastExample, target: str) -> Figure:
    keep = max(MOST_CONTEXT * len(example.truth), 12)
    times, context = list(example.context_times)[-keep:], list(example.context)[-keep:]
    ahead = list(example.times)
    # the truth is one line: its last known value leads into what came
    bridge_times, bridge = times[-1:] + ahead, context[-1:] + list(example.truth)
    marks = "lines" if len(ahead) > 1 else "lines+markers"
    return draw(
        [
            _line(times, context, MUTED, "known", width=1.5),
            _line(bridge_times, bridge, INK, "truth", width=2),
            _line(ahead, list(example.benchmark), BENCHMARK, "benchmark", dash="5px,3px")
            | {"mode": marks},
            _line(ahead, list(example.network), NETWORK, "network", width=2.5) | {"mode": marks},
        ],
        height=250,
        shapes=[_origin(ahead[0])] if ahead else [],
        hovermode="x unified",
        margin={"l": 50, "r": 10, "t": 8, "b": 36},
        xaxis=axis(nticks=5, showgrid=False, tickangle=0),
        yaxis=axis(safe(target), nticks=5),
    )


def _origin(time: str) -> dict[str, Any]:
    """A line where what is known ends."""
    return {
        "type": "line",
        "yref": "paper",
        "x0": time,
        "x1": time,
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"color": GRID, "width": 1.5},
    }


def _line(
    x: list[str], y: list[float], colour: str, name: str, *, width: float = 2, dash: str = "solid"
) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": colour, "width": width, "dash": dash},
        "hovertemplate": "%{y:.4~g}",
    }


def _lead_line(errors: tuple[float, ...], colour: str, name: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(errors) <= 60 else "lines",
        "name": name,
        "x": list(range(1, len(errors) + 1)),
        "y": errors,
        "line": {"color": colour, "width": 2.5},
        "marker": {"size": 6},
        "hovertemplate": f"{name}, step %{{x}}: %{{y:.4~g}}<extra></extra>",
    }
