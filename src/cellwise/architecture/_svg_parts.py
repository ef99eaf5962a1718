"""Parts of an SVG drawing: pieces that know their size and where the arrows go in and out."""

import html
from dataclasses import dataclass

LINE = 18.0
GAP = 48.0
_CHAR = 7.1
_BOLD_CHAR = 7.7

STYLE = """
text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}
.bold{font-weight:600}.small{font-size:12px}
.ink{fill:#1f2933}.muted{fill:#5b6773}.paper{fill:#fff}.line{stroke:#5b6773;fill:none}
.extra{stroke:#a8518a;fill:none}.extra-ink{fill:#a8518a}.state{stroke:#b35900;fill:none}
.state-ink{fill:#b35900}.frame{stroke:#b6c0ca;fill:#f6f8fa}
.recurrent{fill:#e3f0f9;stroke:#0072b2}.simple{fill:#eef1f4;stroke:#7b8794}
.end{fill:#fff;stroke:#1f2933}.pill{fill:#fff;stroke:#5b6773}
@media (prefers-color-scheme:dark){
.ink{fill:#e8ebee}.muted{fill:#a5b0bb}.paper{fill:#171c21}.line{stroke:#a5b0bb}
.extra{stroke:#dd93c3}.extra-ink{fill:#dd93c3}.state{stroke:#ff9f57}.state-ink{fill:#ff9f57}
.frame{stroke:#46525e;fill:#1d242b}
.recurrent{fill:#16324a;stroke:#5ab4ec}.simple{fill:#2a323a;stroke:#8a97a4}
.end{fill:#171c21;stroke:#e8ebee}.pill{fill:#171c21;stroke:#a5b0bb}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a box ended up.

    Attributes:
        path: Path of its layer.
        x: Left edge.
        y: Upper edge.
        width: Its width.
        height: Its height.
    """

    path: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of the drawing with its own origin at its upper left.

    Attributes:
        width: Its width.
        height: Its height.
        anchor: Distance from its left edge at which arrows enter above and leave below.
        body: SVG elements.
        marks: Boxes in it.
    """

    width: float
    height: float
    anchor: float
    body: str
    marks: tuple[Mark, ...] = ()


def placed_at(piece: Piece, x: float, y: float) -> tuple[str, tuple[Mark, ...]]:
    """Move a piece.

    Args:
        piece: The piece.
        x: Where its left edge goes.
        y: Where its upper edge goes.

    Returns:
        Its elements and its boxes, at their new place.
    """
    marks = tuple(
        Mark(path=m.path, x=m.x + x, y=m.y + y, width=m.width, height=m.height) for m in piece.marks
    )
    return f'<g transform="translate({x:.1f} {y:.1f})">\n{piece.body}\n</g>', marks


def text_width(words: str, *, bold: bool = False) -> float:
    """Estimate how wide a line of text is.

    Args:
        words: The line.
        bold: Whether it is bold.

    Returns:
        Pixels, rather too many than too few.
    """
    return len(words) * (_BOLD_CHAR if bold else _CHAR)


def text(x: float, y: float, words: str, look: str, anchor: str = "start") -> str:
    """Write a line of text.

    Args:
        x: Where it begins, ends or has its middle.
        y: Its base line.
        words: The line.
        look: Classes of the style.
        anchor: ``start``, ``middle`` or ``end``.

    Returns:
        An element.
    """
    place = f'text-anchor="{anchor}" x="{x:.1f}" y="{y:.1f}"'
    return f'<text class="{look}" {place}>{html.escape(words)}</text>'


def path(
    points: list[tuple[float, float]], look: str = "line", *, head: bool = True, dash: str = ""
) -> str:
    """Draw straight lines with rounded corners.

    Args:
        points: Corners, from the beginning to the end.
        look: ``line``, ``extra`` or ``state``.
        head: Whether it ends in an arrow.
        dash: Dashes, such as ``5 4``.

    Returns:
        An element.
    """
    steps = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        (ax, ay), (bx, by) = _towards(corner, before), _towards(corner, after)
        steps.append(f"L{ax:.1f} {ay:.1f}Q{corner[0]:.1f} {corner[1]:.1f} {bx:.1f} {by:.1f}")
    steps.append(f"L{points[-1][0]:.1f} {points[-1][1]:.1f}")
    marker = f' marker-end="url(#{look}-head)"' if head else ""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path class="{look}" stroke-width="1.6"{dashes}{marker} d="{"".join(steps)}"/>'


def _towards(corner: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Return a point up to 7 pixels from a corner on the way to another."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = max(abs(dx), abs(dy), 1e-9)
    share = min(7.0, length / 2) / length
    return corner[0] + dx * share, corner[1] + dy * share


def arrow(x: float, y: float, label: str, *, head: bool = True, length: float = GAP) -> str:
    """Draw an arrow downwards with its label beside it.

    Args:
        x: Where it is.
        y: Where it begins.
        label: Its label.
        head: Whether it ends in a point.
        length: Its length.

    Returns:
        Elements.
    """
    end = y + length - (1.5 if head else 0)
    line = path([(x, y), (x, end)], head=head)
    return f"{line}\n{text(x + 9, y + length / 2 - 1, label, 'muted small')}"


def dot(x: float, y: float, look: str = "extra-ink") -> str:
    """Draw where a line leaves another.

    Args:
        x: Its place.
        y: Its place.
        look: Class of the style.

    Returns:
        An element.
    """
    return f'<circle class="{look}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>'


def box(title: str, notes: tuple[str, ...], look: str, name: str = "") -> Piece:
    """Draw a box with centred lines.

    Args:
        title: First line.
        notes: Further lines.
        look: Class of the style.
        name: Path of its layer.

    Returns:
        A piece.
    """
    widths = [text_width(title, bold=True), *(text_width(note) for note in notes)]
    width, height = max(max(widths) + 28, 96.0), LINE * (1 + len(notes)) + 16
    lines = [text(width / 2, 23, title, "ink bold", "middle")]
    lines += [
        text(width / 2, 23 + LINE * (i + 1), note, "muted small", "middle")
        for i, note in enumerate(notes)
    ]
    rect = (
        f'<rect class="{look}" stroke-width="1.4" rx="8" width="{width:.1f}" '
        f'height="{height:.1f}"/>'
    )
    mark = Mark(path=name, x=0.0, y=0.0, width=width, height=height)
    body = "\n".join([rect, *lines])
    return Piece(width=width, height=height, anchor=width / 2, body=body, marks=(mark,))


def pill(x: float, y: float, words: str) -> str:
    """Draw a small box around a word, with its middle at a point.

    Args:
        x: Middle.
        y: Middle.
        words: The word.

    Returns:
        Elements.
    """
    width = text_width(words) + 18
    rect = (
        f'<rect class="pill" stroke-width="1.4" rx="11" x="{x - width / 2:.1f}" '
        f'y="{y - 11:.1f}" width="{width:.1f}" height="22"/>'
    )
    return f"{rect}\n{text(x, y + 4, words, 'ink small', 'middle')}"


def document(body: str, width: float, height: float, title: str) -> str:
    """Wrap elements into an SVG document for light and dark paper.

    Args:
        body: Elements.
        width: Width of the picture.
        height: Height of the picture.
        title: What it shows, for those who cannot see it.

    Returns:
        The document.
    """
    heads = "".join(
        f'<marker id="{name}-head" viewBox="0 0 10 10" refX="8.5" refY="5" markerWidth="7.5" '
        f'markerHeight="7.5" orient="auto-start-reverse"><path class="{ink}" d="M0 1L9.5 5L0 9z"/>'
        "</marker>"
        for name, ink in (("line", "muted"), ("extra", "extra-ink"), ("state", "state-ink"))
    )
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n<defs>{heads}</defs>\n"
        f'<rect class="paper" width="{width:.0f}" height="{height:.0f}" rx="10"/>\n{body}\n</svg>\n'
    )
