"""Encoder and decoder as PyTorch code: a loop over the decoder's steps."""

from typing import TYPE_CHECKING

from cellwise.architecture import Chain, Decoder, Embedding, Encoder, Placed, RecurrentLayer
from cellwise.export._code import Value

if TYPE_CHECKING:
    from cellwise.export._code_torch import Writer


def write_pair(writer: "Writer", chain: Chain, *, output_size: int, output_steps: int) -> str:
    """Write an encoder and its decoder.

    Args:
        writer: Collects the lines.
        chain: The network.
        output_size: Outputs O of a step.
        output_steps: Steps that the decoder takes; 0 for one, without an axis of steps.

    Returns:
        What the network puts out.

    Raises:
        TypeError: If the network is no pair.
    """
    first, second = chain.placed
    encoder, decoder = first.layer, second.layer
    if not isinstance(encoder, Encoder) or not isinstance(decoder, Decoder):
        raise TypeError(f"an encoder and a decoder are needed, got {encoder} > {decoder}")
    source = Value("x", "x[:, -1]")
    writer.count += 1
    if encoder.reverse:
        writer.steps.append("turned = x.flip(1)  # from the last step to the first")
        source = Value("turned", "turned[:, -1]")
    memory = writer.chain(first.chains[0], source).sequence
    _hand_over(writer, first.chains[0], second.chains[0])
    writer.count += 1
    name = f"self.layer_{writer.count}"
    _prepare(writer, second, decoder, name, memory)
    tokens, before = isinstance(decoder.layers[0], Embedding), writer.steps
    writer.steps = []
    _step(writer, second, decoder, name, memory)
    _feed(writer, decoder, tokens=tokens)
    loop, writer.steps = writer.steps, before
    writer.steps += [
        f"fed, outputs = x.new_zeros(len(x), 1, {1 if tokens else output_size}), []",
        f"for step in range({max(1, output_steps)}):",
        *(f"    {line}" for line in loop),
    ]
    return "torch.cat(outputs, 1)" if output_steps else "outputs[0][:, 0]"


def _recurrent(chain: Chain) -> list[Placed]:
    return [one for one in chain.placed if isinstance(one.layer, RecurrentLayer)]


def _hand_over(writer: "Writer", encoder: Chain, decoder: Chain) -> None:
    """Give each recurrent layer of the decoder the final state of its counterpart."""
    number = writer.count + 1
    for theirs, ours in zip(_recurrent(encoder), _recurrent(decoder), strict=True):
        given = writer.states[theirs.path]
        # as the decoder counts its own layers
        state = f"s{number + 1 + int(ours.path.rpartition('.')[2])}"
        if isinstance(theirs.layer, RecurrentLayer) and theirs.layer.bidirectional:
            one = "torch.cat(tuple({}), -1)[None]"
            both = f"tuple({one.format('part')} for part in {given})"
            given = both if theirs.layer.cell == "lstm" else one.format(given)
        writer.steps.append(f"{state} = {given}")
        writer.starts[ours.path] = state


def _prepare(writer: "Writer", placed: Placed, decoder: Decoder, name: str, memory: str) -> None:
    """Make the attention, and what it needs before the first step."""
    for weight in placed.own:
        gives, reads = weight.shape
        kind = weight.name.removeprefix("attention_")
        writer.made.append(f"{name}_{kind} = nn.Linear({reads}, {gives}, bias=False)")
    if decoder.attention in ("additive", "general"):
        writer.steps.append(f"keys = {name}_key({memory})  # (B, T, {placed.output.width})")
    if decoder.attention == "additive":
        top = placed.chains[0].placed[-1]
        state = writer.starts.get(top.path, "")
        if isinstance(top.layer, RecurrentLayer) and top.layer.state_size == top.output.width:
            hidden = f"{state}[0]" if top.layer.cell == "lstm" else state
            writer.steps.append(f"seen = {hidden}.transpose(0, 1)  # (B, 1, {top.output.width})")
        else:
            writer.steps.append(f"seen = x.new_zeros(len(x), 1, {placed.output.width})")
    if 0 < decoder.teacher_forcing < 1 or decoder.sampling != "constant":
        falls = "" if decoder.sampling == "constant" else f"; falls to 0 ({decoder.sampling})"
        writer.made.append(
            f"self.teacher_forcing = {decoder.teacher_forcing}  # share of true inputs{falls}"
        )


def _step(writer: "Writer", placed: Placed, decoder: Decoder, name: str, memory: str) -> None:
    """Write one step of the decoder, as far as what the output layer reads."""
    (chain,) = placed.chains
    if decoder.attention == "additive":
        writer.steps += [
            f"scores = {name}_score(torch.tanh({name}_query(seen) + keys))  # (B, T, 1)",
            f"context = (scores.softmax(1) * {memory}).sum(1, keepdim=True)",
        ]
        writer.beside[_recurrent(chain)[0].path] = "context"
    seen = writer.chain(chain, Value("fed", "fed[:, -1]")).sequence
    writer.steps.append(f"seen = {seen}")
    if decoder.attention in ("dot", "general"):
        keys = "keys" if decoder.attention == "general" else memory
        writer.steps += [
            f"scores = (seen @ {keys}.transpose(1, 2)).softmax(-1)  # (B, 1, T)",
            f"seen = torch.tanh({name}_combine(torch.cat([scores @ {memory}, seen], -1)))",
        ]


def _feed(writer: "Writer", decoder: Decoder, *, tokens: bool) -> None:
    """Write the output, and what the next step reads of it."""
    own = "output.argmax(-1, keepdim=True)" if tokens else "output"
    true = "target[:, step : step + 1" + (", None]" if tokens else "]")
    writer.steps += ["output = self.head(seen)", "outputs.append(output)"]
    if not decoder.teacher_forcing:
        writer.steps.append(f"fed = {own}")
        return
    writer.teaches = True
    if decoder.teacher_forcing == 1 and decoder.sampling == "constant":
        writer.steps.append(f"fed = {own} if target is None else {true}")
        return
    writer.steps += [
        f"fed = {own}",
        "if target is not None:",
        "    drawn = torch.rand(len(x), 1, 1, device=x.device) < self.teacher_forcing",
        f"    fed = torch.where(drawn, {true}, fed)",
    ]
