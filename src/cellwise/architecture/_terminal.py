"""A network drawn with the lines of a terminal."""

from dataclasses import dataclass

from cellwise.architecture._scene import Flow, Node, Scene


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines of equal width; arrows go in and out at one column."""

    lines: tuple[str, ...]
    anchor: int

    @property
    def width(self) -> int:
        return len(self.lines[0])


def terminal_drawing(scene: Scene) -> str:
    """Draw a network from its input down to its output.

    Args:
        scene: What to draw.

    Returns:
        Lines of text.
    """
    middle = _pair(scene.flow) if scene.is_pair else _flow(scene.flow)
    ends = [_node(scene.source), middle, _node(scene.head), _arrow(scene.result)]
    return "\n".join(line.rstrip() for line in _on_one_another(ends).lines)


def _pair(flow: Flow) -> _Block:
    encoder, decoder = flow.nodes
    handed = "final states of every layer"
    if "attention" in decoder.title:
        handed += ", and all steps for the attention"
    blocks = [_arrow(flow.entry), _node(encoder), _arrow(handed), _node(decoder)]
    return _on_one_another([*blocks, _arrow(flow.edges[1])])


def _flow(flow: Flow, *, ends_open: bool = False) -> _Block:
    """Draw boxes on one another; an open end is a line without a head."""
    blocks = [] if flow.nodes[0].kind == "branches" else [_arrow(flow.entry)]
    for index, (node, edge) in enumerate(zip(flow.nodes, flow.edges, strict=True)):
        blocks.append(_node(node))
        after = flow.nodes[index + 1] if index + 1 < len(flow.nodes) else None
        if after is None:
            blocks.append(_arrow(flow.joined or edge, head=not ends_open))
        elif after.kind != "branches":
            blocks.append(_arrow(edge))
    return _on_one_another(blocks)


def _node(node: Node) -> _Block:
    if node.kind == "branches":
        return _side_by_side([_flow(flow, ends_open=True) for flow in node.flows])
    if node.flows:
        return _framed(node, _flow(node.flows[0], ends_open=True))
    return _box((node.title, *node.notes))


def _box(lines: tuple[str, ...]) -> _Block:
    width = max(len(line) for line in lines)
    middle = (width + 4) // 2
    bottom = "└" + "─" * (width + 2) + "┘"
    return _Block(
        (
            "┌" + "─" * (width + 2) + "┐",
            *(f"│ {line:<{width}} │" for line in lines),
            bottom[:middle] + "┬" + bottom[middle + 1 :],
        ),
        middle,
    )


def _framed(node: Node, inner: _Block) -> _Block:
    title = " ".join([node.title, *(f"({note})" for note in node.notes)])
    width = max(inner.width, len(title) + 2)
    left = (width - inner.width) // 2
    rows = [" " * left + line + " " * (width - inner.width - left) for line in inner.lines]
    anchor = left + inner.anchor + 2
    bottom = "╰" + "─" * (width + 2) + "╯"
    return _Block(
        (
            f"╭ {title} " + "─" * (width - len(title)) + "╮",
            *(f"│ {row} │" for row in rows),
            bottom[:anchor] + "┼" + bottom[anchor + 1 :],
        ),
        anchor,
    )


def _arrow(label: str, *, head: bool = True) -> _Block:
    return _Block((f"│ {label}", ("▼" if head else "│") + " " * (len(label) + 1)), 0)


def _on_one_another(blocks: list[_Block]) -> _Block:
    anchor = max(block.anchor for block in blocks)
    width = anchor + max(block.width - block.anchor for block in blocks)
    lines = []
    for block in blocks:
        left = anchor - block.anchor
        lines += [" " * left + line + " " * (width - left - block.width) for line in block.lines]
    return _Block(tuple(lines), anchor)


def _side_by_side(blocks: list[_Block]) -> _Block:
    height = max(len(block.lines) for block in blocks)
    rows, anchors, start = [""] * height, [], 0
    for block in blocks:
        # the end of a branch is a line, which goes on to where the longest one ends
        longer = [*block.lines, *[block.lines[-1]] * (height - len(block.lines))]
        rows = [f"{row}{new}   " for row, new in zip(rows, longer, strict=True)]
        anchors.append(start + block.anchor)
        start += block.width + 3
    middle = (anchors[0] + anchors[-1]) // 2
    width = len(rows[0])
    return _Block(
        (
            _rail(width, anchors, middle, "┌┬┐", "┴"),
            *rows,
            _rail(width, anchors, middle, "└┴┘", "┬"),
        ),
        middle,
    )


def _rail(width: int, anchors: list[int], middle: int, corners: str, joint: str) -> str:
    """Draw a line over the anchors, with the corners at its ends and a joint in the middle."""
    if len(anchors) == 1:
        return " " * middle + "│" + " " * (width - middle - 1)
    row = [" "] * width
    for column in range(anchors[0], anchors[-1] + 1):
        row[column] = "─"
    for column in anchors:
        row[column] = corners[1]
    row[anchors[0]], row[anchors[-1]] = corners[0], corners[2]
    row[middle] = "┼" if middle in anchors else joint
    return "".join(row)
