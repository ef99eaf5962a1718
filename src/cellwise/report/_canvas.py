"""The look that all charts share; the only place that imports plotly."""

import html
from typing import Any

from cellwise.report._palette import GRID, INK, MUTED, PAPER

Figure = Any
"""A ``plotly.graph_objects.Figure``; plotly has no types, and is imported only when drawing."""

Trace = dict[str, Any]
"""One trace in plotly's plain form."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
CONFIG = {"displayModeBar": False, "responsive": True}


def draw(traces: list[Trace], *, height: int, **layout: Any) -> Figure:
    """Build a figure.

    Args:
        traces: What to draw, in plotly's plain form.
        height: Height in pixels; the width is that of the page.
        **layout: Further layout of plotly.

    Returns:
        The figure.
    """
    import plotly.graph_objects as go

    base: dict[str, Any] = {
        "template": "none",
        "height": height,
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 56, "r": 14, "t": 14, "b": 48},
        "hovermode": "closest",
        # a finger that scrolls the page must not zoom a chart
        "dragmode": False,
        "showlegend": False,
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": GRID, "font": {"color": INK}},
    }
    return go.Figure(data=traces, layout=base | layout)


def axis(title: str = "", **options: Any) -> dict[str, Any]:
    """Describe an axis.

    Args:
        title: What it measures, with the unit.
        **options: Further options of plotly.

    Returns:
        A layout entry.
    """
    base: dict[str, Any] = {
        "title": {"text": title, "font": {"size": 12, "color": MUTED}, "standoff": 8},
        "tickfont": {"size": 12, "color": MUTED},
        "gridcolor": GRID,
        "linecolor": GRID,
        "zeroline": False,
        "showline": False,
        "fixedrange": True,
        "automargin": True,
    }
    return base | options


def note(x: Any, y: Any, text: str, **options: Any) -> dict[str, Any]:
    """Describe a label beside the marks.

    Args:
        x: Place in data units (the exponent on a logarithmic axis) unless ``xref`` says else.
        y: Place in data units unless ``yref`` says else.
        text: Label; not escaped.
        **options: Further options of plotly.

    Returns:
        An annotation of the layout.
    """
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": {"size": 12}} | options


def safe(text: str) -> str:
    """Escape text of the user, since plotly reads a little HTML in labels.

    Args:
        text: Any text.

    Returns:
        The text without markup.
    """
    return html.escape(text, quote=False)


def page_part(figure: Figure, name: str) -> str:
    """Return a figure as HTML for a page that holds plotly.js.

    Args:
        figure: A figure.
        name: Id of its element.

    Returns:
        A ``div`` with its script.
    """
    return str(figure.to_html(full_html=False, include_plotlyjs=False, config=CONFIG, div_id=name))


def plotly_js() -> str:
    """Return the source of plotly.js, which travels with plotly.

    Returns:
        JavaScript.
    """
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())
