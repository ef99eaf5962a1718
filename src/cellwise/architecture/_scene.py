"""What a drawing of a network shows, before anybody decides how it is drawn."""

from dataclasses import dataclass

from cellwise.architecture._branches import Branches
from cellwise.architecture._counts import Bias, own_size
from cellwise.architecture._encoder_decoder import Decoder, Encoder
from cellwise.architecture._recurrent import RecurrentLayer
from cellwise.architecture._shapes import Chain, Placed
from cellwise.architecture._text import column_text

# A pattern of layers that comes back so often in a row is drawn once.
_LEAST_REPEATS = 4
_LONGEST_PATTERN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A box, or a frame around chains.

    Attributes:
        path: Path of its layer; empty for a repeated pattern.
        title: First line.
        notes: Further lines.
        kind: ``recurrent``, ``simple``, ``branches``, ``repeat``, ``encoder`` or ``decoder``.
        skip: ``+`` where what it reads is added to what it gives, ``mix`` for a highway.
        reads_input: Whether an arrow comes from the input of its chain.
        tapped: Label of an arrow to the end of its chain; empty for none.
        flows: The chains inside.
    """

    path: str
    title: str
    notes: tuple[str, ...] = ()
    kind: str = "simple"
    skip: str = ""
    reads_input: bool = False
    tapped: str = ""
    flows: tuple["Flow", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Boxes on one another.

    Attributes:
        entry: Label of the arrow into the first.
        nodes: The boxes.
        edges: Label of the arrow out of each.
        joined: Label behind the last, where tapped boxes come side by side; empty for none.
    """

    entry: str
    nodes: tuple[Node, ...]
    edges: tuple[str, ...]
    joined: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that a drawing shows.

    Attributes:
        title: The text form.
        source: The box of the input.
        flow: The layers.
        head: The box of the output layer.
        result: Label of the arrow out of it.
    """

    title: str
    source: Node
    flow: Flow
    head: Node
    result: str

    @property
    def is_pair(self) -> bool:
        """Whether it is an encoder and its decoder."""
        return self.flow.nodes[0].kind == "encoder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Numbers to write for the time axes, and how weights are counted.

    Attributes:
        window: Steps T of the window.
        decoder: Steps S of a decoder.
        bias: How biases are counted.
    """

    window: int
    decoder: int
    bias: Bias = "single"


def scene_of(title: str, chain: Chain, steps: Steps, *, outputs: int) -> Scene:
    """Set the scene of a network.

    Args:
        title: The text form.
        chain: Its layers at their place.
        steps: Numbers to write; decoder steps are those that the output layer reads.
        outputs: Outputs O of the output layer.

    Returns:
        The scene.
    """
    flow, last = flow_of(chain, steps), chain.placed[-1]
    every_step = last.returns == "all"
    read = steps.decoder if every_step else 1
    weights = (chain.output.width + 1) * outputs
    notes = [f"{weights:,} weights"]
    if flow.nodes[0].kind == "encoder":
        notes.append("the decoder reads it at its next step")
    features = "value" if chain.source.width == 1 else "values"
    return Scene(
        title=title,
        source=Node(
            path="", title=f"input: {steps.window} steps of {chain.source.width} {features}"
        ),
        flow=flow,
        head=Node(path="head", title=f"output layer, dense({outputs})", notes=tuple(notes)),
        result=f"({read}, {outputs})" if every_step else f"({outputs},)",
    )


def flow_of(chain: Chain, steps: Steps) -> Flow:
    """Turn a chain into boxes.

    Args:
        chain: Layers at their place.
        steps: Numbers to write.

    Returns:
        The boxes.
    """
    nodes, edges = [], []
    for start, period, times in _patterns(chain.placed):
        part = chain.placed[start : start + period]
        tapped = [start + i in chain.taps[:-1] for i in range(period)]
        made = [_node(one, tap, steps) for one, tap in zip(part, tapped, strict=True)]
        if times > 1:
            made = [_repeated(part, made, times, steps)]
            part = chain.placed[: start + period * times][-1:]
        nodes += made
        edges += [_edge(one, steps) for one in part]
    joined = ""
    if len(chain.taps) > 1:
        last = chain.placed[-1]
        time = last.returns == "all" and last.output.steps
        text = chain.output.text(steps.window, steps.decoder)
        joined = text if time else f"({chain.output.width},)"
    entry = chain.source.text(steps.window, steps.decoder)
    if chain.columns:
        entry += f" {', '.join(column_text(name) for name in chain.columns)}"
    return Flow(entry=entry, nodes=tuple(nodes), edges=tuple(edges), joined=joined)


def _patterns(placed: tuple[Placed, ...]) -> list[tuple[int, int, int]]:
    """Split into (start, length, times) of patterns that come back in a row."""
    alike = [(p.layer, p.input, p.output) for p in placed]
    found, start = [], 0
    while start < len(alike):
        period, times = 1, 1
        for length in range(1, _LONGEST_PATTERN + 1):
            repeats = 1
            pattern = alike[start : start + length]
            while alike[start + repeats * length :][:length] == pattern:
                repeats += 1
            if repeats >= _LEAST_REPEATS:
                period, times = length, repeats
                break
        found.append((start, period, times))
        start += period * times
    return found


def _repeated(part: tuple[Placed, ...], nodes: list[Node], times: int, steps: Steps) -> Node:
    flow = Flow(
        entry=part[0].input.text(steps.window, steps.decoder),
        nodes=tuple(nodes),
        edges=tuple(_edge(one, steps) for one in part),
    )
    return Node(path="", title=f"{times} times, on one another", kind="repeat", flows=(flow,))


def _edge(placed: Placed, steps: Steps) -> str:
    text = placed.hands_on.text(steps.window, steps.decoder)
    if placed.returns != "last":
        return text
    both = isinstance(placed.layer, RecurrentLayer) and placed.layer.bidirectional
    return f"{text} of the {'two ends' if both else 'last step'}"


def _node(placed: Placed, tapped: bool, steps: Steps) -> Node:
    layer = placed.layer
    flows = tuple(flow_of(chain, steps) for chain in placed.chains)
    if isinstance(layer, Branches):
        return Node(path=placed.path, title="side by side", kind="branches", flows=flows)
    if isinstance(layer, Encoder | Decoder):
        name = placed.path
        return Node(
            path=name,
            title=_pair_title(layer),
            notes=_weights(placed, steps),
            kind=name,
            flows=flows,
        )
    if not isinstance(layer, RecurrentLayer):
        return Node(path=placed.path, title=str(layer), notes=_weights(placed, steps))
    notes = [*_weights(placed, steps), *_skip_notes(layer, tapped, placed)]
    return Node(
        path=placed.path,
        title=str(layer),
        notes=tuple(notes),
        kind="recurrent",
        skip="+" if layer.residual else "mix" if layer.highway else "",
        reads_input=layer.from_input and placed.input.width != placed.below.width,
        tapped=f"({placed.output.width * placed.output.streams},)" if tapped else "",
    )


def _weights(placed: Placed, steps: Steps) -> tuple[str, ...]:
    own = own_size(placed, steps.bias)
    return (f"{own:,} weights",) if own else ()


def _skip_notes(layer: RecurrentLayer, tapped: bool, placed: Placed) -> list[str]:
    notes = []
    if layer.residual:
        notes.append("+ what it reads")
    if layer.highway:
        notes.append("mixed with what it reads")
    if layer.from_input and placed.input.width != placed.below.width:
        notes.append("also reads the input")
    if tapped:
        notes.append("also goes to the end")
    return notes


def _pair_title(layer: Encoder | Decoder) -> str:
    if isinstance(layer, Encoder):
        return "encoder, from the last step to the first" if layer.reverse else "encoder"
    return "decoder" if layer.attention == "none" else f"decoder, {layer.attention} attention"
