"""What mattered: mean error by value of each setting, with error bars."""

import math

from cellwise.records import Evidence, ImportanceRecord
from cellwise.report._canvas import Figure, axis, draw, safe
from cellwise.report._format import percent
from cellwise.report._palette import NETWORK

# Settings that are drawn, the most important first
_DRAWN = 6


def marginal_figures(evidence: Evidence) -> dict[str, Figure]:
    """Draw the mean error of the trials with each value, a small chart for each setting.

    Args:
        evidence: What a run has found.

    Returns:
        Caption to figure, for the six most important settings, all on one scale.
    """
    drawn = evidence.importance[:_DRAWN]
    ends = [e for one in drawn for p in one.marginal for e in _bar(p.error, p.standard_error)]
    if not ends:
        return {}
    margin = 0.06 * (max(ends) - min(ends)) or 1.0
    span = [min(ends) - margin, max(ends) + margin]
    return {_caption(one): _figure(one, span) for one in drawn}


def _caption(one: ImportanceRecord) -> str:
    share = f", {percent(one.fanova, signed=False)}" if math.isfinite(one.fanova) else ""
    return f"{one.name.replace('_', ' ')}{share}"


def _figure(one: ImportanceRecord, span: list[float]) -> Figure:
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [safe(p.value) for p in one.marginal],
        "y": [p.error for p in one.marginal],
        "error_y": {
            "type": "data",
            "array": [_spread(p.standard_error) for p in one.marginal],
            "thickness": 1,
        },
        "text": [f"{p.num_trials} trials" for p in one.marginal],
        "line": {"color": NETWORK, "width": 1.5},
        "marker": {"size": 6},
    }
    return draw(
        [trace],
        height=210,
        yaxis=axis(range=span, nticks=4),
        xaxis=axis(type="category", showgrid=False),
        margin={"l": 44, "r": 8, "t": 6, "b": 40},
    )


def _spread(error: float) -> float:
    return error if math.isfinite(error) else 0.0


def _bar(value: float, error: float) -> tuple[float, float]:
    return value - _spread(error), value + _spread(error)
