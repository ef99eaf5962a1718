"""The equivalent network as PyTorch code."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cellwise.architecture import (
    Architecture,
    AttentionPooling,
    Branches,
    Chain,
    Conv,
    Dense,
    Dropout,
    Embedding,
    Norm,
    Placed,
    RecurrentLayer,
    needs_all_steps,
)
from cellwise.export._code import (
    Value,
    cannot,
    column_indices,
    network_chain,
    recurrent_inputs,
    recurrent_layer,
    refuse_options,
)
from cellwise.export._code_torch_pair import write_pair

_FUNCTIONS = {
    "tanh": "torch.tanh({})",
    "relu": "torch.relu({})",
    "sigmoid": "torch.sigmoid({})",
    "hard_sigmoid": "nn.functional.hardsigmoid({})",
    "linear": "{}",
}
_MERGED = {
    "sum": "{a} + {b}",
    "mul": "{a} * {b}",
    "ave": "({a} + {b}) / 2",
    "concat": "torch.cat([{a}, {b}], -1)",
    "none": "torch.cat([{a}, {b}], -1)",
}


def torch_code(
    architecture: Architecture,
    *,
    input_size: int,
    output_size: int,
    output_steps: int = 0,
    columns: Sequence[str] = (),
    name: str = "Network",
) -> str:
    """Write a module of PyTorch that computes what the network computes.

    torch has two biases where Cellwise has one, so it counts more weights; see
    ``Architecture.num_parameters(bias="double")``.

    Args:
        architecture: The network.
        input_size: Input features F.
        output_size: Outputs O.
        output_steps: Steps at the end that the output layer reads; 0 for the last one alone.
        columns: Names of the input features, where branches name theirs; without, the input begins
            with those that the network names, in its order.
        name: Name of the class.

    Returns:
        Python code; the module takes ``(B, T, F)`` and gives ``(B, O)`` or ``(B, S, O)``.

    Raises:
        ArchitectureError: If a named column is absent, or torch cannot express a layer; names
            the first one.
    """  # noqa: DOC502  raised by cannot
    sizes = {"input_size": input_size, "output_size": output_size, "output_steps": output_steps}
    chain, names = network_chain(architecture, columns, **sizes)
    writer = Writer(columns=names)
    given, result = "x", ""
    if architecture.decodes:
        result = write_pair(writer, chain, output_size=output_size, output_steps=output_steps)
        given = "x, target=None" if writer.teaches else given
    else:
        value = writer.chain(chain, Value("x", "x[:, -1]"))
        read = f"{value.sequence}[:, -{output_steps}:]" if output_steps else value.end
        result = f"self.head({read})"
    writer.made.append(f"self.head = nn.Linear({chain.output.width}, {output_size})")
    made = "\n        ".join(writer.made)
    steps = "\n        ".join(writer.steps)
    return (
        f"import torch\nfrom torch import nn\n\n\nclass {name}(nn.Module):\n"
        f"    # {architecture}\n\n    def __init__(self):\n        super().__init__()\n"
        f"        {made}\n\n    def forward(self, {given}):  # (B, T, {input_size})\n"
        f"        {steps}\n        return {result}\n{_restart(writer)}"
    )


def _restart(writer: "Writer") -> str:
    """Write how a network that carries its state begins a new sequence."""
    if not writer.kept:
        return ""
    lines = "\n".join(f"        self.{name} = None" for name in writer.kept)
    return f"\n    def restart(self):  # before other sequences than those that go on\n{lines}\n"


@dataclass(slots=True)
class Writer:
    """Collects lines; a layer's name counts up in the order of the text.

    Attributes:
        columns: Names of the input features.
        made: Lines of ``__init__``.
        steps: Lines of ``forward``.
        count: Layers so far.
        states: Names of the state of each recurrent layer, by path.
        starts: What recurrent layers start from, by path, where that is a variable.
        beside: What recurrent layers read beside their input, by path.
        kept: Attributes that keep a state from batch to batch.
        teaches: Whether the network takes true outputs in training.
    """

    columns: tuple[str, ...]
    made: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    count: int = 0
    states: dict[str, str] = field(default_factory=dict)
    starts: dict[str, str] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    teaches: bool = False

    def chain(self, chain: Chain, source: Value) -> Value:
        """Write a chain of layers.

        Args:
            chain: The layers.
            source: What the first one reads.

        Returns:
            What the chain hands on.
        """
        below = shortcut = source
        tapped, states = [], ""
        for index, placed in enumerate(chain.placed):
            self.count += 1
            below, states = self._layer(placed, below, shortcut, states)
            if isinstance(placed.layer, Embedding):
                shortcut = below
            if index in chain.taps:
                tapped.append(below)
        if len(tapped) == 1:
            return tapped[0]
        y = f"taps_{self.count}"
        every = chain.placed[-1].returns == "all" and bool(chain.output.steps)
        values = ", ".join(one.sequence if every else one.end for one in tapped)
        self.steps.append(f"{y} = torch.cat([{values}], -1)")
        return _value(y, every)

    def _layer(
        self, placed: Placed, below: Value, shortcut: Value, states: str
    ) -> tuple[Value, str]:
        layer = placed.layer
        if isinstance(layer, RecurrentLayer):
            return self._recurrent(placed, below, shortcut, states), f"s{self.count}"
        if isinstance(layer, Branches):
            return self._branches(placed, below), states
        # a layer that works on each step alone is spared the steps that nobody reads
        sequence = needs_all_steps(placed) and bool(placed.input.steps)
        x, y = below.sequence if sequence else below.end, f"y{self.count}"
        self.steps.append(f"{y} = {self._simple(placed, x)}  # (B, {_shape(placed)})")
        return _value(y, _is_sequence(placed)), states

    def _simple(self, placed: Placed, x: str) -> str:
        layer, reads, name = placed.layer, placed.input.width, f"self.layer_{self.count}"
        if isinstance(layer, Dense):
            self.made.append(f"{name} = nn.Linear({reads}, {layer.size})")
            return _FUNCTIONS[layer.activation].format(f"{name}({x})")
        if isinstance(layer, Dropout):
            self.made.append(f"{name} = nn.Dropout({layer.rate})")
            return f"{name}({x})"
        if isinstance(layer, Norm):
            self.made.append(f"{name} = nn.LayerNorm({reads})")
            return f"{name}({x})"
        if isinstance(layer, Conv):
            k, gives = layer.kernel_size, placed.output.width
            self.made.append(f"{name} = nn.Conv1d({reads}, {gives}, {k})")
            padded = f"nn.functional.pad({x}.transpose(1, 2), ({k - 1}, 0))"
            return _FUNCTIONS[layer.activation].format(f"{name}({padded}).transpose(1, 2)")
        if isinstance(layer, Embedding):
            self.made.append(f"{name} = nn.Embedding({layer.num_tokens}, {layer.size})")
            return f"{name}({x}.long()).flatten(-2)"
        if isinstance(layer, AttentionPooling):
            return self._pooling(layer, reads, name, x)
        return cannot(placed, "torch", "module for it")

    def _pooling(self, layer: AttentionPooling, reads: int, name: str, x: str) -> str:
        heads, share = layer.heads, reads // layer.heads
        self.made += [
            f"{name} = nn.Linear({reads}, {reads})",
            f"{name}_query = nn.Parameter(torch.zeros({heads}, {share}))",
        ]
        keys = f"torch.tanh({name}({x})).unflatten(-1, ({heads}, {share}))"
        self.steps += [
            f"scores = ({keys} * {name}_query).sum(-1).softmax(1)  # (B, T, {heads})",
        ]
        return f"(scores[..., None] * {x}.unflatten(-1, ({heads}, {share}))).sum(1).flatten(1)"

    def _branches(self, placed: Placed, below: Value) -> Value:
        found: list[Value] = []
        for chain in placed.chains:
            source, indices = below, column_indices(chain, self.columns)
            if indices:
                x = f"columns_{self.count}_{len(found)}"
                names = ", ".join(chain.columns)
                self.steps.append(f"{x} = {below.sequence}[..., {indices}]  # {names!r}")
                source = _value(x, True)
            found.append(self.chain(chain, source))
        y = f"branches_{self.count}"
        every = bool(placed.output.steps) and placed.returns == "all"
        values = ", ".join(one.sequence if every else one.end for one in found)
        self.steps.append(f"{y} = torch.cat([{values}], -1)  # (B, {_shape(placed)})")
        return _value(y, every)

    def _recurrent(self, placed: Placed, below: Value, shortcut: Value, states: str) -> Value:
        layer = _checked(placed)
        name, y, x = f"self.layer_{self.count}", f"y{self.count}", below.sequence
        self.made.append(f"{name} = {_module(layer, placed.input.width)}")
        read = recurrent_inputs(placed, x, shortcut.sequence, self.beside)
        if len(read) > 1:
            x = f"torch.cat([{', '.join(read)}], -1)"
        first = self.starts.get(placed.path) or self._first_state(layer, states, name)
        first = self._kept_state(first) if layer.stateful else first
        width, state = layer.num_directions * layer.direction_width, f"s{self.count}"
        given = f", {first}" if first else ""
        self.steps.append(f"{y}, {state} = {name}({x}{given})  # {y}: (B, T, {width})")
        self.states[placed.path] = state
        if layer.stateful:
            parts = f"tuple(one.detach() for one in {state})"
            detached = parts if layer.cell == "lstm" else f"{state}.detach()"
            self.steps.append(f"self.state_{self.count} = {detached}")
        value = self._merged(layer, y) if layer.bidirectional else _value(y, True)
        return self._above(placed, layer, value, below)

    def _first_state(self, layer: RecurrentLayer, states: str, name: str) -> str:
        if layer.init_from_below:
            return states
        if not layer.learn_state:
            return ""
        directions, parts = layer.num_directions, []
        sizes = {"h": layer.state_size} | ({"c": layer.hidden_size} if layer.cell == "lstm" else {})
        for letter, size in sizes.items():
            self.made.append(
                f"{name}_{letter} = nn.Parameter(torch.zeros({directions}, 1, {size}))"
            )
            parts.append(f"{name}_{letter}.expand(-1, len(x), -1).contiguous()")
        return f"({', '.join(parts)})" if len(parts) > 1 else parts[0]

    def _kept_state(self, first: str) -> str:
        """Write where a layer goes on from, which is another place in the first batch."""
        kept = f"state_{self.count}"
        self.kept.append(kept)
        self.made.append(f"self.{kept} = None")
        return f"{first} if self.{kept} is None else self.{kept}" if first else f"self.{kept}"

    def _merged(self, layer: RecurrentLayer, y: str) -> Value:
        forward, backward = f"forward_{self.count}", f"backward_{self.count}"
        self.steps.append(f"{forward}, {backward} = {y}.chunk(2, -1)")
        rule = _MERGED[layer.merge]
        # each direction has read everything at its own end
        end = rule.format(a=f"{forward}[:, -1]", b=f"{backward}[:, 0]")
        return Value(rule.format(a=forward, b=backward), end)

    def _above(self, placed: Placed, layer: RecurrentLayer, value: Value, below: Value) -> Value:
        """Write what stands between the cells and what is handed on."""
        every = placed.returns == "all"
        # two directions end at two steps, each with what it read there
        whole = every or (layer.bidirectional and (layer.residual or layer.highway))
        y, was = f"y{self.count}", below.sequence if whole else f"{below.sequence}[:, -1]"
        handed = value.sequence if whole else value.end
        if handed != y:
            self.steps.append(f"{y} = {handed}  # (B, {_shape(placed)})")
        name, ends = f"self.layer_{self.count}", self._ends(placed, layer, y, value)
        changed = [*self._deep_output(layer, name, y)]
        if layer.residual:
            changed.append(f"{y} = {y} + {was}")
        if layer.highway:
            width = layer.output_width()
            self.made.append(f"{name}_gate = nn.Linear({width}, {width})")
            changed.append(f"{y} = torch.lerp({was}, {y}, torch.sigmoid({name}_gate({was})))")
        if whole and not every:
            changed.append(f"{y} = {ends}")
        if layer.dropout:
            self.made.append(f"{name}_dropout = nn.Dropout({layer.dropout})")
            changed.append(f"{y} = {name}_dropout({y})")
        self.steps += changed
        return Value(y, ends) if every and layer.bidirectional else _value(y, every)

    def _ends(self, placed: Placed, layer: RecurrentLayer, y: str, value: Value) -> str:
        """Write where two directions end, each where it has read everything."""
        if layer.num_streams == 2 or layer.merge == "concat":
            width = layer.direction_width
            return f"torch.cat([{y}[:, -1, :{width}], {y}[:, 0, {width}:]], -1)"
        needed = placed.returns != "all" or layer.to_output
        if needed and (layer.residual or layer.highway):
            cannot(placed, "torch", "way to say where a merged layer of two directions ends")
        return value.end

    def _deep_output(self, layer: RecurrentLayer, name: str, y: str) -> list[str]:
        lines = []
        for depth in range(2, layer.output_depth + 1):
            width = layer.direction_width
            self.made.append(f"{name}_output_{depth} = nn.Linear({width}, {width})")
            called = f"{name}_output_{depth}({y})"
            lines.append(f"{y} = {_FUNCTIONS[layer.activation].format(called)}")
        return lines


def _checked(placed: Placed) -> RecurrentLayer:
    layer = recurrent_layer(placed)
    functions = ("tanh", "relu") if layer.cell == "rnn" else ("tanh",)
    more = {
        "reset gate before the product": layer.reset_before,
        f"{layer.activation} inside of a cell": layer.activation not in functions,
        f"{layer.gate_activation} gates": layer.gate_activation != "sigmoid",
        "recurrent dropout": layer.recurrent_dropout > 0,
        "deep output of two directions": layer.bidirectional and layer.output_depth > 1,
    }
    return refuse_options(placed, "torch", more)


def _module(layer: RecurrentLayer, reads: int) -> str:
    options = ["batch_first=True"]
    if layer.bidirectional:
        options.append("bidirectional=True")
    if layer.proj_size:
        options.append(f"proj_size={layer.proj_size}")
    if layer.cell == "rnn" and layer.activation != "tanh":
        options.append(f"nonlinearity={layer.activation!r}")
    sizes = f"{reads}, {layer.hidden_size}"
    return f"nn.{layer.cell.upper()}({sizes}, {', '.join(options)})"


def _value(name: str, sequence: bool) -> Value:
    return Value(name, f"{name}[:, -1]" if sequence else name)


def _is_sequence(placed: Placed) -> bool:
    """Whether code for the layer gives a sequence, of which only the end may be read."""
    return bool(placed.output.steps) and needs_all_steps(placed)


def _shape(placed: Placed) -> str:
    width = placed.output.width * placed.output.streams
    return f"T, {width}" if placed.returns == "all" and placed.output.steps else str(width)
