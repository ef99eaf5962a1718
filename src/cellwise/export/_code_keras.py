"""The equivalent network as Keras 3 code."""

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
    cannot,
    column_indices,
    network_chain,
    recurrent_inputs,
    recurrent_layer,
    refuse_options,
)
from cellwise.export._code_keras_pair import write_pair

_CLASSES = {"lstm": "LSTM", "gru": "GRU", "rnn": "SimpleRNN"}


def keras_code(
    architecture: Architecture,
    *,
    input_size: int,
    context_length: int,
    output_size: int,
    output_steps: int = 0,
    columns: Sequence[str] = (),
    batch_size: int = 32,
) -> str:
    """Write a functional model of Keras 3 that computes what the network computes.

    Args:
        architecture: The network.
        input_size: Input features F.
        context_length: Steps T of the window.
        output_size: Outputs O.
        output_steps: Steps at the end that the output layer reads; 0 for the last one alone.
        columns: Names of the input features, where branches name theirs; without, the input begins
            with those that the network names, in its order.
        batch_size: Rows of a batch, which Keras fixes where a layer is stateful.

    Returns:
        Python code that makes ``model``, which takes ``(B, T, F)`` and gives ``(B, O)`` or
        ``(B, S, O)``. With a decoder that is fed true values in training it also makes
        ``training_model``, which shares its weights and takes them, ``(B, S, O)``, as well.

    Raises:
        ArchitectureError: If a named column is absent, or Keras cannot express a layer; names
            the first one.
    """  # noqa: DOC502  raised by cannot
    sizes = {"input_size": input_size, "output_size": output_size, "output_steps": output_steps}
    chain, names = network_chain(architecture, columns, **sizes)
    writer = Writer(columns=names)
    shape = f"({context_length}, {input_size})"
    if any(layer.stateful for layer in architecture.recurrent_layers):
        # layer.reset_state() begins other sequences than those that go on
        shape = f"batch_shape=({batch_size}, {context_length}, {input_size})"
    if architecture.decodes:
        write_pair(writer, chain, output_size=output_size, output_steps=output_steps)
    else:
        value = writer.chain(chain, "inputs")
        if output_steps:
            value = f"{value}[:, -{output_steps}:]"
        writer.lines += [
            f'outputs = layers.Dense({output_size}, name="head")({value})',
            "model = keras.Model(inputs, outputs)",
        ]
    lines = "\n".join(writer.lines)
    return (
        f"import keras\nfrom keras import layers\n\n# {architecture}\n"
        f"inputs = keras.Input({shape})\n{lines}\n"
    )


@dataclass(slots=True)
class Writer:
    """Collects lines; a layer's name counts up in the order of the text.

    Attributes:
        columns: Names of the input features.
        lines: Lines so far.
        count: Layers so far.
        sequence: Whether the layer below hands on every step.
        made: Lines that make the layers of a loop, before it; ``None`` outside of one.
        states: Names of the states of each recurrent layer, by path; kept in a pair alone.
        starts: What recurrent layers start from, by path, where that is a variable.
        beside: What recurrent layers read beside their input, by path.
        in_pair: Whether it is an encoder or a decoder that is written.
    """

    columns: tuple[str, ...]
    lines: list[str] = field(default_factory=list)
    count: int = 0
    sequence: bool = True
    made: list[str] | None = None
    states: dict[str, str] = field(default_factory=dict)
    starts: dict[str, str] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    in_pair: bool = False

    def layer(self, made: str, suffix: str = "") -> str:
        """Write a layer with weights, which a loop must make once.

        Args:
            made: What makes it.
            suffix: What is added to its name.

        Returns:
            What is called with its input.
        """
        if self.made is None:
            return made
        name = f"layer_{self.count}{suffix}"
        self.made.append(f"{name} = {made}")
        return name

    def chain(self, chain: Chain, source: str) -> str:
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
            states_name = f"s{self.count}"
            above = chain.placed[index + 1 :]
            below = self._layer(placed, above, below, shortcut, states)
            self.sequence = placed.returns == "all"
            if isinstance(placed.layer, RecurrentLayer):
                states = states_name
            if isinstance(placed.layer, Embedding):
                shortcut = below
            if index in chain.taps:
                tapped.append((placed, below))
        if len(tapped) == 1:
            return tapped[0][1]
        last = chain.placed[-1]
        every = last.returns == "all" and bool(chain.output.steps)
        values = [value if every else self._end(placed, value) for placed, value in tapped]
        return self._concatenated(f"taps_{self.count}", values)

    def _concatenated(self, name: str, values: list[str]) -> str:
        if len(values) == 1:
            return values[0]
        self.lines.append(f"{name} = layers.Concatenate()([{', '.join(values)}])")
        return name

    def _end(self, placed: Placed, value: str) -> str:
        if placed.returns != "all":
            return value
        layer = placed.layer
        if isinstance(layer, RecurrentLayer) and layer.bidirectional:
            cannot(placed, "keras", "way to read the end of two directions beside their sequence")
        return f"{value}[:, -1]"

    def _layer(
        self, placed: Placed, above: tuple[Placed, ...], below: str, shortcut: str, states: str
    ) -> str:
        layer, y = placed.layer, f"y{self.count}"
        if isinstance(layer, RecurrentLayer):
            keeps = any(
                isinstance(one.layer, RecurrentLayer) and one.layer.init_from_below for one in above
            )
            return self._recurrent(placed, below, shortcut, (states, keeps))
        if isinstance(layer, Branches):
            return self._branches(placed, below)
        x = f"{below}[:, -1]" if self.sequence and not needs_all_steps(placed) else below
        self.lines.append(f"{y} = {self._simple(placed, x)}")
        if placed.returns == "last" and isinstance(layer, Conv):
            return f"{y}[:, -1]"
        return y

    def _simple(self, placed: Placed, x: str) -> str:
        layer, name = placed.layer, f'name="layer_{self.count}"'
        if isinstance(layer, Dense):
            dense = f"layers.Dense({layer.size}, activation={layer.activation!r}, {name})"
            return f"{self.layer(dense)}({x})"
        if isinstance(layer, Dropout):
            return f"layers.Dropout({layer.rate})({x})"
        if isinstance(layer, Norm):
            norm = f"layers.LayerNormalization(epsilon=1e-5, {name})"
            return f"{self.layer(norm)}({x})"
        if isinstance(layer, Conv):
            sizes = f"{placed.output.width}, {layer.kernel_size}"
            options = f'padding="causal", activation={layer.activation!r}, {name}'
            return f"layers.Conv1D({sizes}, {options})({x})"
        if isinstance(layer, Embedding):
            table = self.layer(f"layers.Embedding({layer.num_tokens}, {layer.size}, {name})")
            shape = f"(-1, {placed.output.width})" if needs_all_steps(placed) else "(-1,)"
            return f"layers.Reshape({shape})({table}({x}))"
        if isinstance(layer, AttentionPooling):
            return self._pooling(layer, placed.input.width, x)
        return cannot(placed, "keras", "layer for it")

    def _pooling(self, layer: AttentionPooling, reads: int, x: str) -> str:
        heads, share, n = layer.heads, reads // layer.heads, self.count
        split = f"layers.Reshape((-1, {heads}, {share}))"
        dense = f'layers.Dense({reads}, activation="tanh", name="layer_{n}")'
        query = f'(None, {heads}), name="layer_{n}_query"'
        self.lines += [
            f"keys_{n} = {split}({dense}({x}))",
            f'scores_{n} = layers.EinsumDense("bthd,hd->bth", {query})(keys_{n})',
            f"weights_{n} = layers.Softmax(axis=1)(scores_{n})",
            f'mean_{n} = keras.ops.einsum("bth,bthd->bhd", weights_{n}, {split}({x}))',
        ]
        return f"layers.Flatten()(mean_{n})"

    def _branches(self, placed: Placed, below: str) -> str:
        found: list[str] = []
        name, sequence = f"branches_{self.count}", self.sequence
        for chain in placed.chains:
            self.sequence = sequence
            source, indices = below, column_indices(chain, self.columns)
            if indices:
                source = f"columns_{self.count}_{len(found)}"
                names = ", ".join(chain.columns)
                taken = f"keras.ops.take({below}, {indices}, axis=-1)"
                self.lines.append(f"{source} = {taken}  # {names!r}")
            value = self.chain(chain, source)
            last = chain.placed[-1]
            every = placed.returns == "all" or len(chain.taps) > 1
            found.append(value if every else self._end(last, value))
        return self._concatenated(name, found)

    def _recurrent(
        self, placed: Placed, below: str, shortcut: str, states: tuple[str, bool]
    ) -> str:
        layer, y, x, keeps = _checked(placed), f"y{self.count}", below, states[1] or self.in_pair
        read = recurrent_inputs(placed, below, shortcut, self.beside)
        if len(read) > 1:
            x = f"layers.Concatenate()([{', '.join(read)}])"
        given = states[0] if layer.init_from_below else self.starts.get(placed.path, "")
        first = f", initial_state={given}" if given else ""
        every = _hands_on_sequence(placed, layer)
        options = _options(layer) | ({"return_sequences": "True"} if every else {})
        if keeps:
            options["return_state"] = "True"
        written = "".join(f", {name}={value}" for name, value in options.items())
        name = f', name="layer_{self.count}"'
        inner = "" if layer.bidirectional else name
        made = f"layers.{_CLASSES[layer.cell]}({layer.hidden_size}{written}{inner})"
        if layer.bidirectional:
            merge = "None" if layer.merge == "none" else f'"{layer.merge}"'
            made = f"layers.Bidirectional({made}, merge_mode={merge}{name})"
        self.states[placed.path] = f"s{self.count}"
        kept = f"{y}, *s{self.count}" if keeps else y
        self.lines.append(f"{kept} = {self.layer(made)}({x}{first})")
        if layer.num_streams == 2:
            self.lines.append(f"{y} = layers.Concatenate()({y})")
        self._above(placed, layer, below)
        return y

    def _above(self, placed: Placed, layer: RecurrentLayer, below: str) -> None:
        """Write what stands between the cells and what is handed on."""
        every, name = _hands_on_sequence(placed, layer), f"layer_{self.count}"
        y, was = f"y{self.count}", below if every else f"{below}[:, -1]"
        for depth in range(2, layer.output_depth + 1):
            sizes = f"{layer.direction_width}, activation={layer.activation!r}"
            dense = f'layers.Dense({sizes}, name="{name}_output_{depth}")'
            self.lines.append(f"{y} = {self.layer(dense, f'_output_{depth}')}({y})")
        if layer.residual:
            self.lines.append(f"{y} = layers.Add()([{y}, {was}])")
        if layer.highway:
            gate, width = f"gate_{self.count}", layer.output_width()
            dense = f'layers.Dense({width}, activation="sigmoid", name="{name}_gate")'
            self.lines += [
                f"{gate} = {self.layer(dense, '_gate')}({was})",
                f"{y} = {gate} * {y} + (1.0 - {gate}) * {was}",
            ]
        if every and placed.returns != "all":
            # each direction ends at its own step, with what it read there
            width = layer.direction_width
            ends = f"{y}[:, -1, :{width}], {y}[:, 0, {width}:]"
            self.lines.append(f"{y} = layers.Concatenate()([{ends}])")
        if layer.dropout:
            self.lines.append(f"{y} = layers.Dropout({layer.dropout})({y})")


def _hands_on_sequence(placed: Placed, layer: RecurrentLayer) -> bool:
    """Whether the code needs every step of what the cells put out."""
    added = layer.residual or layer.highway
    return placed.returns == "all" or (layer.bidirectional and added)


def _checked(placed: Placed) -> RecurrentLayer:
    layer = recurrent_layer(placed)
    apart = layer.bidirectional and layer.merge != "concat" and placed.returns != "all"
    more = {
        "way to say where a merged layer of two directions ends": apart
        and (layer.residual or layer.highway),
        "recurrent projection (proj)": layer.proj_size > 0,
        "learned first state": layer.learn_state,
        "first state of two directions from below": layer.init_from_below and layer.bidirectional,
        "deep output of two directions": layer.bidirectional and layer.output_depth > 1,
    }
    return refuse_options(placed, "keras", more)


def _options(layer: RecurrentLayer) -> dict[str, str]:
    """Options of the class that differ from its defaults."""
    options = {}
    if layer.activation != "tanh":
        options["activation"] = repr(layer.activation)
    if layer.gate_activation != "sigmoid":
        options["recurrent_activation"] = repr(layer.gate_activation)
    if layer.recurrent_dropout:
        options["recurrent_dropout"] = str(layer.recurrent_dropout)
    if layer.reset_before:
        options["reset_after"] = "False"
    if layer.stateful:
        options["stateful"] = "True"
    return options
