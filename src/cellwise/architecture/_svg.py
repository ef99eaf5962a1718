"""A network drawn as an SVG picture."""

import textwrap
from dataclasses import dataclass, field
from typing import Literal

from cellwise.architecture._scene import Flow, Node, Scene
from cellwise.architecture._svg_parts import (
    GAP,
    LINE,
    Mark,
    Piece,
    arrow,
    box,
    document,
    dot,
    path,
    pill,
    placed_at,
    text,
    text_width,
)

_MARGIN = 28.0
_BETWEEN = 44.0
_RAIL = 22.0
_SUM = 22.0
_JOG = 30.0
_JOIN = "side by side"

End = Literal["arrow", "open", "none"]
"""How a chain of boxes ends."""


def svg_drawing(scene: Scene) -> str:
    """Draw a network from its input down to its output.

    Args:
        scene: What to draw.

    Returns:
        A complete SVG document, for light and dark paper.
    """
    from cellwise.architecture._svg_pair import pair_piece

    if scene.is_pair:
        piece = pair_piece(scene)
    else:
        column = Column()
        column.put(box(scene.source.title, (), "end"))
        column.put(flow_piece(scene.flow))
        column.put(box(scene.head.title, scene.head.notes, "end"))
        column.point(scene.result)
        piece = column.piece()
    lines = textwrap.wrap(scene.title, max(60, int(piece.width / text_width("n", bold=True))))
    width = max(piece.width, *(text_width(line, bold=True) for line in lines)) + 2 * _MARGIN
    top = 38 + LINE * len(lines)
    body, _ = placed_at(piece, (width - piece.width) / 2, top)
    title = [
        text(width / 2, 32 + LINE * i, line, "ink bold", "middle") for i, line in enumerate(lines)
    ]
    parts = "\n".join([*title, body])
    return document(parts, width, piece.height + top + _MARGIN, scene.title)


@dataclass(slots=True)
class Column:
    """Pieces on one another, along one line; x is measured from that line."""

    left: float = 0.0
    right: float = 0.0
    y: float = 0.0
    body: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def put(self, piece: Piece) -> None:
        """Add a piece below the others."""
        body, marks = placed_at(piece, -piece.anchor, self.y)
        self.body.append(body)
        self.marks += marks
        self.reach(-piece.anchor, piece.width - piece.anchor)
        self.y += piece.height

    def point(self, label: str, *, head: bool = True, length: float = GAP) -> None:
        """Add an arrow below the others."""
        self.body.append(arrow(0, self.y, label, head=head, length=length))
        self.reach(0, 9 + text_width(label))
        self.y += length

    def reach(self, left: float, right: float) -> None:
        """Note that something is as far out as this."""
        self.left, self.right = min(self.left, left), max(self.right, right)

    def piece(self) -> Piece:
        """Make one piece of it all."""
        raw = Piece(width=0, height=0, anchor=0, body="\n".join(self.body), marks=tuple(self.marks))
        body, marks = placed_at(raw, -self.left, 0)
        return Piece(
            width=self.right - self.left, height=self.y, anchor=-self.left, body=body, marks=marks
        )


def flow_piece(flow: Flow, *, end: End = "arrow") -> Piece:
    """Draw boxes on one another, with the arrow into the first and out of the last.

    Args:
        flow: The boxes.
        end: How it ends: with an arrow, with a line that goes on, or with nothing.

    Returns:
        A piece.
    """
    column, taps, readers = Column(), [], []
    if flow.nodes[0].kind != "branches":
        column.point(flow.entry)
    last = len(flow.nodes) - 1
    for index, (node, edge) in enumerate(zip(flow.nodes, flow.edges, strict=True)):
        if node.reads_input:
            readers.append(column.y)
        _put_node(column, node)
        if node.tapped:
            taps.append((column.y + 14, node.tapped))
        ends = index == last
        if ends and end == "none" and not taps:
            column.y += 14
        elif ends or flow.nodes[index + 1].kind != "branches":
            is_open = ends and (end != "arrow" or bool(flow.joined))
            column.point(edge, head=not is_open, length=GAP + (24 if node.tapped else 0))
    if readers:
        _read_input(column, flow, readers)
    if taps:
        _join_taps(column, taps, flow.joined, head=end == "arrow")
    return column.piece()


def _put_node(column: Column, node: Node) -> None:
    above = column.y
    column.put(node_piece(node))
    if not node.skip:
        return
    mark, middle = column.marks[-1], column.y + _SUM / 2 + 3
    out = mark.x + mark.width + 16
    column.body.append(dot(0, above - 17))
    column.body.append(
        path([(0, above - 17), (out, above - 17), (out, middle), (10, middle)], "extra")
    )
    column.body.append(path([(0, column.y), (0, middle - 9)], head=False))
    sign = "+" if node.skip == "+" else "\N{MULTIPLICATION SIGN}"
    column.body.append(
        f'<circle class="pill" stroke-width="1.4" cx="0" cy="{middle:.1f}" r="9"/>'
        f"{text(0, middle + 4.5, sign, 'ink bold', 'middle')}"
    )
    column.reach(0, out + 2)
    column.y = middle + 9


def node_piece(node: Node) -> Piece:
    """Draw a box, a frame around a chain, or branches.

    Args:
        node: What to draw.

    Returns:
        A piece.
    """
    if node.kind == "branches":
        return _branches(node)
    if node.flows:
        return framed(node, flow_piece(node.flows[0], end="open"))
    notes = tuple(note for note in node.notes if note.endswith("weights"))
    return box(node.title, notes, node.kind, node.path)


def framed(node: Node, inner: Piece) -> Piece:
    """Draw a frame around a piece.

    Args:
        node: Its heading.
        inner: What is inside.

    Returns:
        A piece.
    """
    heading = ", ".join((node.title, *node.notes))
    half = max(inner.anchor, inner.width - inner.anchor, text_width(heading, bold=True) / 2) + 20
    body, marks = placed_at(inner, half - inner.anchor, 30)
    height = inner.height + 30
    frame = (
        f'<rect class="frame" stroke-width="1.4" stroke-dasharray="5 4" rx="12" '
        f'width="{2 * half:.1f}" height="{height:.1f}"/>'
    )
    words = text(half, 21, heading, "muted small bold", "middle")
    return Piece(
        width=2 * half,
        height=height,
        anchor=half,
        body=f"{frame}\n{body}\n{words}",
        marks=(*marks, Mark(path=node.path, x=0.0, y=0.0, width=2 * half, height=height)),
    )


def _branches(node: Node) -> Piece:
    pieces = [flow_piece(flow, end="open") for flow in node.flows]
    height = max(piece.height for piece in pieces)
    body: list[str] = []
    marks: list[Mark] = []
    anchors, x = [], 0.0
    for piece in pieces:
        moved, found = placed_at(piece, x, 20)
        body.append(moved)
        marks += found
        anchors.append(x + piece.anchor)
        x += piece.width + _BETWEEN
    centre, low = (anchors[0] + anchors[-1]) / 2, 20 + height + 18
    nearest = min(anchors, key=lambda anchor: abs(anchor - centre))
    # a branch that is almost in the middle is the middle, or its line would jog
    middle = nearest if abs(nearest - centre) < _JOG else centre
    for anchor, piece in zip(anchors, pieces, strict=True):
        bend = [] if abs(anchor - middle) < 1 else [(middle, 10.0), (anchor, 10.0)]
        body.append(path([(middle, 0), *bend, (anchor, 20)], head=False))
        down = [(anchor, 20 + piece.height), (anchor, low), (middle, low)]
        body.append(path(down if bend else [down[0], (middle, low)], head=False))
    body.append(pill(middle, low + 10, _JOIN))
    return Piece(
        width=x - _BETWEEN,
        height=low + 21,
        anchor=middle,
        body="\n".join(body),
        marks=tuple(marks),
    )


def _read_input(column: Column, flow: Flow, readers: list[float]) -> None:
    """Draw a rail on the left from the arrow into the chain to each box that reads it."""
    rail = column.left - _RAIL
    column.body.append(dot(0, 8))
    for top in readers:
        mark = next(m for m in column.marks if m.y == top)
        middle = mark.y + mark.height / 2
        column.body.append(path([(0, 8), (rail, 8), (rail, middle), (mark.x - 2, middle)], "extra"))
    words = flow.entry
    column.body.append(text(rail - 6, 24, words, "extra-ink small", "end"))
    column.reach(rail - 6 - text_width(words), 0)


def _join_taps(column: Column, taps: list[tuple[float, str]], joined: str, *, head: bool) -> None:
    """Draw a rail on the right from each tapped arrow to where all come side by side."""
    rail = column.right + _RAIL
    middle = column.y + 11
    half = text_width(_JOIN) / 2 + 9
    for y, label in taps:
        column.body.append(dot(0, y))
        column.body.append(path([(0, y), (rail, y), (rail, middle), (half + 2, middle)], "extra"))
        column.body.append(text(rail + 6, y + 4, label, "extra-ink small"))
        column.reach(0, rail + 6 + text_width(label))
    column.body.append(pill(0, middle, _JOIN))
    column.reach(-half, half)
    column.y = middle + 11
    column.point(joined, head=head)
