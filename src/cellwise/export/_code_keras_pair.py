"""Encoder and decoder as Keras 3 code: a loop that a functional model unrolls."""

from typing import TYPE_CHECKING

from cellwise.architecture import Chain
from cellwise.export._code_pair import Pair

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
    """  # noqa: DOC502  raised by Pair.of
    pair = Pair.of(chain)
    writer.in_pair, writer.count = True, writer.count + 1
    source = "inputs"
    if pair.encoder.reverse:
        writer.lines.append("turned = keras.ops.flip(inputs, axis=1)")
        source = "turned"
    memory = writer.chain(pair.read, source)
    writer.count += 1
    before, writer.lines, writer.made = writer.lines, [], []
    starts = [*pair.hand_over(writer, _joined), *_prepare(writer, pair, memory)]
    _step(writer, pair, memory)
    tokens, loop, made = pair.gives_tokens, writer.lines, writer.made
    writer.made = None
    writer.lines = [
        *before,
        *made,
        f'head = layers.Dense({output_size}, name="head")',
        *_decode(starts, loop, max(1, output_steps), 0 if tokens else output_size),
        f"model = keras.Model(inputs, decode(){'' if output_steps else '[:, 0]'})",
    ]
    # a functional model cannot draw which steps are fed true values: it is for use then
    if pair.always_taught:
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


def _joined(given: str, cell: str) -> str:
    """Write the state of two directions side by side, as that of one layer."""
    half = 2 if cell == "lstm" else 1
    pairs = f"zip({given}[:{half}], {given}[{half}:])"
    return f"[layers.Concatenate()(list(pair)) for pair in {pairs}]"


def _prepare(writer: "Writer", pair: Pair, memory: str) -> list[str]:
    """Make the attention; return what it needs before the first step."""
    name = f"layer_{writer.count}"
    made = writer.lines if writer.made is None else writer.made
    for weight in pair.placed.own:
        kind = weight.name.removeprefix("attention_")
        dense = f'layers.Dense({weight.shape[0]}, use_bias=False, name="{name}_{kind}")'
        made.append(f"keys = {dense}({memory})" if kind == "key" else f"{kind} = {dense}")
    if pair.decoder.attention != "additive":
        return []
    if pair.top:
        return [f"seen = keras.ops.expand_dims({writer.starts[pair.fed.placed[-1].path]}[0], 1)"]
    zeros = "keras.ops.zeros_like(inputs[:, :1, :1])"
    return [f"seen = keras.ops.repeat({zeros}, {pair.placed.output.width}, axis=-1)"]


def _step(writer: "Writer", pair: Pair, memory: str) -> None:
    """Write one step of the decoder, as far as what the output layer reads."""
    attention = pair.decoder.attention
    if attention == "additive":
        writer.lines += [
            "weights = keras.ops.softmax(score(keras.ops.tanh(query(seen) + keys)), axis=1)",
            f"context = keras.ops.sum(weights * {memory}, axis=1, keepdims=True)",
        ]
        writer.beside[pair.lowest] = "context"
    writer.sequence = True
    writer.lines.append(f"seen = {writer.chain(pair.fed, 'fed')}")
    if attention in ("dot", "general"):
        keys = "keys" if attention == "general" else memory
        writer.lines += [
            f"scores = keras.ops.matmul(seen, keras.ops.transpose({keys}, (0, 2, 1)))",
            f"context = keras.ops.matmul(keras.ops.softmax(scores, axis=-1), {memory})",
            "seen = keras.ops.tanh(combine(layers.Concatenate()([context, seen])))",
        ]
