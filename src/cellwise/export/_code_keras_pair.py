"""Encoder and decoder as Keras 3 code: a loop that a functional model unrolls."""

from typing import TYPE_CHECKING

from cellwise.architecture import Chain, Decoder, Embedding, Encoder, Placed, RecurrentLayer

if TYPE_CHECKING:
    from cellwise.export._code_keras import Writer


def write_pair(writer: "Writer", chain: Chain, *, output_size: int, output_steps: int) -> None:
    """Write an encoder, its decoder and the models.

    Args:
        writer: Collects the lines.
        chain: The network.
        output_size: Outputs O of a step.
        output_steps: Steps that the decoder takes; 0 for one, without an axis of steps.

    Raises:
        TypeError: If the network is no pair.
    """
    first, second = chain.placed
    encoder, decoder = first.layer, second.layer
    if not isinstance(encoder, Encoder) or not isinstance(decoder, Decoder):
        raise TypeError(f"an encoder and a decoder are needed, got {encoder} > {decoder}")
    writer.in_pair, writer.count = True, writer.count + 1
    source = "inputs"
    if encoder.reverse:
        writer.lines.append("turned = keras.ops.flip(inputs, axis=1)")
        source = "turned"
    memory = writer.chain(first.chains[0], source)
    writer.count += 1
    before, writer.lines, writer.made = writer.lines, [], []
    starts = _hand_over(writer, first.chains[0], second.chains[0])
    starts += _prepare(writer, second, decoder, memory)
    _step(writer, second, decoder, memory)
    tokens, loop, made = isinstance(decoder.layers[0], Embedding), writer.lines, writer.made
    writer.made = None
    writer.lines = [
        *before,
        *made,
        f'head = layers.Dense({output_size}, name="head")',
        *_decode(starts, loop, max(1, output_steps), 0 if tokens else output_size),
        f"model = keras.Model(inputs, decode(){'' if output_steps else '[:, 0]'})",
    ]
    # a functional model cannot draw which steps are fed true values: it is for use then
    if decoder.teacher_forcing == 1 and decoder.sampling == "constant":
        writer.lines += [
            f"targets = keras.Input(({max(1, output_steps)}, {1 if tokens else output_size}))",
            "training_model = keras.Model([inputs, targets], decode(targets))",
        ]


def _decode(starts: list[str], loop: list[str], steps: int, width: int) -> list[str]:
    """Write the loop; a width of 0 stands for tokens."""
    own = "output" if width else "keras.ops.expand_dims(keras.ops.argmax(output, axis=-1), -1)"
    zero = "keras.ops.zeros_like(inputs[:, :1, :1])"
    return [
        "",
        "",
        "def decode(true=None):  # the true outputs, in training",
        f"    fed, outputs = keras.ops.repeat({zero}, {width or 1}, axis=-1), []",
        *(f"    {line}" for line in starts),
        f"    for step in range({steps}):",
        *(f"        {line}" for line in loop),
        "        output = head(seen)",
        "        outputs.append(output)",
        f"        fed = {own} if true is None else true[:, step : step + 1]",
        "    return keras.ops.concatenate(outputs, axis=1)",
        "",
        "",
    ]


def _recurrent(chain: Chain) -> list[Placed]:
    return [one for one in chain.placed if isinstance(one.layer, RecurrentLayer)]


def _hand_over(writer: "Writer", encoder: Chain, decoder: Chain) -> list[str]:
    """Give each recurrent layer of the decoder the final state of its counterpart."""
    lines = []
    for theirs, ours in zip(_recurrent(encoder), _recurrent(decoder), strict=True):
        given = writer.states[theirs.path]
        # as the decoder counts its own layers
        state = f"s{writer.count + 1 + int(ours.path.rpartition('.')[2])}"
        if isinstance(theirs.layer, RecurrentLayer) and theirs.layer.bidirectional:
            half = 2 if theirs.layer.cell == "lstm" else 1
            pairs = f"zip({given}[:{half}], {given}[{half}:])"
            given = f"[layers.Concatenate()(list(pair)) for pair in {pairs}]"
        lines.append(f"{state} = {given}")
        writer.starts[ours.path] = state
    return lines


def _prepare(writer: "Writer", placed: Placed, decoder: Decoder, memory: str) -> list[str]:
    """Make the attention; return what it needs before the first step."""
    name = f"layer_{writer.count}"
    made = writer.lines if writer.made is None else writer.made
    for weight in placed.own:
        kind = weight.name.removeprefix("attention_")
        dense = f'layers.Dense({weight.shape[0]}, use_bias=False, name="{name}_{kind}")'
        made.append(f"keys = {dense}({memory})" if kind == "key" else f"{kind} = {dense}")
    if decoder.attention != "additive":
        return []
    top = placed.chains[0].placed[-1]
    if isinstance(top.layer, RecurrentLayer) and top.layer.state_size == top.output.width:
        return [f"seen = keras.ops.expand_dims({writer.starts[top.path]}[0], 1)"]
    zeros = "keras.ops.zeros_like(inputs[:, :1, :1])"
    return [f"seen = keras.ops.repeat({zeros}, {placed.output.width}, axis=-1)"]


def _step(writer: "Writer", placed: Placed, decoder: Decoder, memory: str) -> None:
    """Write one step of the decoder, as far as what the output layer reads."""
    (chain,) = placed.chains
    if decoder.attention == "additive":
        writer.lines += [
            "weights = keras.ops.softmax(score(keras.ops.tanh(query(seen) + keys)), axis=1)",
            f"context = keras.ops.sum(weights * {memory}, axis=1, keepdims=True)",
        ]
        writer.beside[_recurrent(chain)[0].path] = "context"
    writer.sequence = True
    writer.lines.append(f"seen = {writer.chain(chain, 'fed')}")
    if decoder.attention in ("dot", "general"):
        keys = "keys" if decoder.attention == "general" else memory
        writer.lines += [
            f"scores = keras.ops.matmul(seen, keras.ops.transpose({keys}, (0, 2, 1)))",
            f"context = keras.ops.matmul(keras.ops.softmax(scores, axis=-1), {memory})",
            "seen = keras.ops.tanh(combine(layers.Concatenate()([context, seen])))",
        ]
