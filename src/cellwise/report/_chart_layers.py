"""What each layer has learned, as pictures: its memory, its gradient, its state over time."""

from cellwise.records import LayerProfile, LayerStudy
from cellwise.report._canvas import Figure, Trace, axis, draw, safe
from cellwise.report._palette import MUTED, NETWORK, faint, ramp

# A range of the gradient in which powers of ten alone are too few ticks
_NARROW = 300.0
_HEIGHT = 210
_MARGIN = {"l": 48, "r": 10, "t": 8, "b": 42}


def layer_figures(study: LayerStudy) -> dict[str, dict[str, Figure]]:
    """Draw a study.

    Args:
        study: What the layers have learned.

    Returns:
        Kind of picture (``memory``, ``gradient``, ``state``) to caption to figure; without the
        numbers for a kind, it has none.
    """
    layers = list(enumerate(study.layers, 1))
    flow = gradient_figure(study)
    return {
        "memory": {_caption(n, one): memory_figure(one) for n, one in layers if one.curve},
        "gradient": {"": flow} if flow is not None else {},
        "state": {_caption(n, one): state_figure(one) for n, one in layers if one.states},
    }


def memory_figure(layer: LayerProfile) -> Figure:
    """Draw what is left of a changed input, beside networks that were never trained.

    Args:
        layer: The layer.

    Returns:
        A plotly figure.
    """
    return draw(
        [
            _line(layer.untrained_curve, MUTED, "dash", "never trained"),
            _line(layer.curve, NETWORK, "solid", "trained"),
        ],
        height=_HEIGHT,
        margin=_MARGIN,
        xaxis=axis("steps since the change", nticks=5, showgrid=False),
        yaxis=axis("left of it", range=[0, 1.05], nticks=4),
    )


def gradient_figure(study: LayerStudy) -> Figure | None:
    """Draw the gradient that arrives at each layer's state against the lag.

    Args:
        study: What the layers have learned.

    Returns:
        A plotly figure; ``None`` if no gradient was measured.
    """
    layers = [(n, one) for n, one in enumerate(study.layers, 1) if any(v > 0 for v in one.gradient)]
    traces: list[Trace] = [
        _line(
            one.gradient, ramp(n, len(layers) + 1), "solid", _caption(n, one), study.gradient_lags
        )
        for n, one in layers
    ]
    if any(v > 0 for v in study.input_gradient):
        lags = tuple(range(len(study.input_gradient)))
        traces.append(_line(study.input_gradient, MUTED, "dash", "inputs", lags))
    if not traces:
        return None
    return draw(
        traces,
        height=300,
        showlegend=True,
        margin={"l": 64, "r": 14, "t": 14, "b": 92},
        legend={"orientation": "h", "y": -0.26, "yanchor": "top", "x": 0, "font": {"size": 12}},
        xaxis=axis("steps back from the last one known", nticks=7, showgrid=False),
        yaxis=axis("norm of the gradient", type="log", dtick=_ticks(traces), tickformat=".1g"),
    )


def _ticks(traces: list[Trace]) -> str | int:
    """Ticks at 1, 2 and 5, or at powers of ten where there are many."""
    seen = [value for trace in traces for value in trace["y"] if value > 0]
    return "D2" if max(seen) < _NARROW * min(seen) else 1


def state_figure(layer: LayerProfile) -> Figure:
    """Draw what the busiest cells hand on over one window.

    Args:
        layer: The layer.

    Returns:
        A plotly figure.
    """
    shown = [_line(one, faint(NETWORK, 0.55), "solid", "") for one in layer.states]
    return draw(
        shown,
        height=_HEIGHT,
        margin=_MARGIN,
        xaxis=axis("step of the window", nticks=5, showgrid=False),
        yaxis=axis("output of a cell", nticks=4),
    )


def _caption(number: int, layer: LayerProfile) -> str:
    return safe(f"layer {number}, {layer.layer}")


def _line(
    values: tuple[float, ...], colour: str, dash: str, name: str, x: tuple[int, ...] = ()
) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(x or range(len(values))),
        "y": list(values),
        "line": {"color": colour, "width": 2, "dash": dash},
        "hovertemplate": "%{x}: %{y:.3g}<extra></extra>",
    }
