"""An encoder and its decoder, side by side."""

from cellwise.architecture._scene import Node, Scene
from cellwise.architecture._svg import Column, flow_piece, framed, node_piece
from cellwise.architecture._svg_parts import Mark, Piece, box, path, placed_at, text, text_width

_APART = 130.0
_ABOVE = 40.0
_FED_BACK = "its own output of the step before"


def pair_piece(scene: Scene) -> Piece:
    """Draw the encoder on the left and the decoder, with the output layer, on the right.

    Args:
        scene: A scene of a pair.

    Returns:
        A piece.
    """
    encoder, decoder = scene.flow.nodes
    looks = "attention" in decoder.title
    left, right = Column(), Column()
    left.put(box(scene.source.title, (), "end"))
    left.point(scene.flow.entry)
    top = left.y
    left.put(framed(encoder, flow_piece(encoder.flows[0], end="open" if looks else "none")))
    right.put(node_piece(decoder))
    right.point(scene.flow.edges[1])
    right.put(box(scene.head.title, (scene.head.notes[0],), "end", "head"))
    right.point(scene.result)
    first, ours = placed_at(left.piece(), 0, 0)
    second, theirs = placed_at(right.piece(), left.piece().width + _APART, max(top, _ABOVE))
    places = {mark.path: mark for mark in (*ours, *theirs)}
    out = max(mark.x + mark.width for mark in theirs) + 26
    body = [first, second, *_states(encoder, decoder, places), *_fed_back(places, out)]
    if looks:
        body += _looking(places)
    low = max(left.y + 50 * looks, max(top, _ABOVE) + right.y)
    return Piece(width=out + 4, height=low, anchor=out / 2, body="\n".join(body))


def _states(encoder: Node, decoder: Node, places: dict[str, Mark]) -> list[str]:
    pairs = zip(_recurrent(encoder), _recurrent(decoder), strict=False)
    parts = []
    for index, (giver, taker) in enumerate((places[a], places[b]) for a, b in pairs):
        x1, y1 = giver.x + giver.width, giver.y + giver.height / 2
        y2, bend = taker.y + taker.height / 2, _gap(places) + 10 * index
        corners = [] if abs(y1 - y2) < 1 else [(bend, y1), (bend, y2)]
        parts.append(path([(x1, y1), *corners, (taker.x - 2, y2)], "state"))
        words = text(_gap(places), min(y1, y2) - 7, "final state", "state-ink small", "middle")
        parts.append(words)
    return parts


def _gap(places: dict[str, Mark]) -> float:
    encoder, decoder = places["encoder"], places["decoder"]
    return (encoder.x + encoder.width + decoder.x) / 2


def _recurrent(node: Node) -> list[str]:
    """Paths of the recurrent boxes, a repeated one once."""
    found = []
    for inner in node.flows[0].nodes:
        if inner.kind == "recurrent":
            found.append(inner.path)
        elif inner.kind == "repeat":
            found += _recurrent(inner)
    return found


def _fed_back(places: dict[str, Mark], out: float) -> list[str]:
    head, decoder = places["head"], places["decoder"]
    middle, entry = head.y + head.height / 2, decoder.x + decoder.width / 2
    above = decoder.y - 24
    corners = [(head.x + head.width, middle), (out, middle), (out, above), (entry, above)]
    words = text(out - 12, above - 8, _FED_BACK, "extra-ink small", "end")
    return [path([*corners, (entry, decoder.y - 2)], "extra", dash="6 4"), words]


def _looking(places: dict[str, Mark]) -> list[str]:
    encoder, decoder = places["encoder"], places["decoder"]
    x, low = encoder.x + encoder.width / 2, encoder.y + encoder.height
    end, below = decoder.y + decoder.height - 22, low + 24
    corners = [(x, low), (x, below), (_gap(places), below), (_gap(places), end)]
    words = "attention over all steps"
    middle = max(x, text_width(words) / 2)
    return [
        path([*corners, (decoder.x - 2, end)], "extra"),
        text(middle, below + 18, words, "extra-ink small", "middle"),
    ]
