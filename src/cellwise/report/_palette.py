"""Colours that colour-blind readers can tell apart (Okabe & Ito 2008), on light and dark paper."""

INK = "#1f2933"
MUTED = "#66727f"
GRID = "#e3e7eb"
PAPER = "#ffffff"
NETWORK = "#0072b2"
BENCHMARK = "#d55e00"
DEPTH = "#00805e"
CONTROL = "#a8518a"
RAMP = ("#b3a100", "#6a9d3c", "#1f8f73", "#23758c", "#3a5488", "#4a2f74", "#3b0f4f")
"""Sizes from small to large, told apart by lightness too."""

DARK = {
    INK: "#e8ebee",
    MUTED: "#9aa6b2",
    GRID: "#2e3740",
    PAPER: "#171c21",
    NETWORK: "#5ab4ec",
    BENCHMARK: "#ff9449",
    DEPTH: "#35c79c",
    CONTROL: "#dd93c3",
    **dict(
        zip(
            RAMP,
            ("#fff3a8", "#d9e07a", "#9bd07b", "#58bf9a", "#48a0c0", "#7d8fd6", "#b083e0"),
            strict=True,
        )
    ),
}
"""Each colour's counterpart on dark paper."""

STAGES = {
    "width": (NETWORK, "circle", "one layer"),
    "depth": (DEPTH, "diamond", "more layers"),
    "control": (CONTROL, "square", "control: two layers of equal budget"),
    "tuned": (NETWORK, "diamond", "tuned"),
}
"""Stage of the search to colour, symbol and what it is."""


def rgb(colour: str) -> str:
    """Write a colour as browsers do.

    Args:
        colour: Such as ``#0072b2``.

    Returns:
        Such as ``rgb(0, 114, 178)``.
    """
    return f"rgb({', '.join(str(part) for part in _parts(colour))})"


def faint(colour: str, opacity: float) -> str:
    """Make a colour transparent.

    Args:
        colour: Such as ``#0072b2``.
        opacity: 0 to 1.

    Returns:
        Such as ``rgba(0, 114, 178, 0.2)``.
    """
    return f"rgba({', '.join(str(part) for part in _parts(colour))}, {opacity:g})"


def ramp(position: int, count: int) -> str:
    """Pick the colour of a size.

    Args:
        position: Place of the size in order, from 0.
        count: Number of sizes.

    Returns:
        A colour of `RAMP`.
    """
    return RAMP[round(position * (len(RAMP) - 1) / max(1, count - 1))]


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
