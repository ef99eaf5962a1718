"""Encoder and decoder as PyTorch code: a loop over the decoder's steps."""

from typing import TYPE_CHECKING

from cellwise.architecture import Chain
from cellwise.export._code import Value
from cellwise.export._code_pair import Pair

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
    """  # noqa: DOC502  raised by Pair.of
    pair = Pair.of(chain)
    source = Value("x", "x[:, -1]")
    writer.count += 1
    if pair.encoder.reverse:
        writer.steps.append("turned = x.flip(1)  # from the last step to the first")
        source = Value("turned", "turned[:, -1]")
    memory = writer.chain(pair.read, source).sequence
    writer.count += 1
    writer.steps += pair.hand_over(writer, _joined)
    name = f"self.layer_{writer.count}"
    _prepare(writer, pair, name, memory)
    before, writer.steps = writer.steps, []
    _step(writer, pair, name, memory)
    _feed(writer, pair)
    loop, writer.steps = writer.steps, before
    writer.steps += [
        f"fed, outputs = x.new_zeros(len(x), 1, {1 if pair.gives_tokens else output_size}), []",
        f"for step in range({max(1, output_steps)}):",
        *(f"    {line}" for line in loop),
    ]
    return "torch.cat(outputs, 1)" if output_steps else "outputs[0][:, 0]"


def _joined(given: str, cell: str) -> str:
    """Write the state of two directions side by side, as that of one layer."""
    one = "torch.cat(tuple({}), -1)[None]"
    both = f"tuple({one.format('part')} for part in {given})"
    return both if cell == "lstm" else one.format(given)


def _prepare(writer: "Writer", pair: Pair, name: str, memory: str) -> None:
    """Make the attention, and what it needs before the first step."""
    decoder, width = pair.decoder, pair.placed.output.width
    for weight in pair.placed.own:
        gives, reads = weight.shape
        kind = weight.name.removeprefix("attention_")
        writer.made.append(f"{name}_{kind} = nn.Linear({reads}, {gives}, bias=False)")
    if decoder.attention in ("additive", "general"):
        writer.steps.append(f"keys = {name}_key({memory})  # (B, T, {width})")
    if decoder.attention == "additive":
        if pair.top:
            state = writer.starts[pair.fed.placed[-1].path]
            hidden = f"{state}[0]" if pair.top.cell == "lstm" else state
            writer.steps.append(f"seen = {hidden}.transpose(0, 1)  # (B, 1, {width})")
        else:
            writer.steps.append(f"seen = x.new_zeros(len(x), 1, {width})")
    if decoder.teacher_forcing and not pair.always_taught:
        falls = "" if decoder.sampling == "constant" else f"; falls to 0 ({decoder.sampling})"
        writer.made.append(
            f"self.teacher_forcing = {decoder.teacher_forcing}  # share of true inputs{falls}"
        )


def _step(writer: "Writer", pair: Pair, name: str, memory: str) -> None:
    """Write one step of the decoder, as far as what the output layer reads."""
    attention = pair.decoder.attention
    if attention == "additive":
        writer.steps += [
            f"scores = {name}_score(torch.tanh({name}_query(seen) + keys))  # (B, T, 1)",
            f"context = (scores.softmax(1) * {memory}).sum(1, keepdim=True)",
        ]
        writer.beside[pair.lowest] = "context"
    seen = writer.chain(pair.fed, Value("fed", "fed[:, -1]")).sequence
    writer.steps.append(f"seen = {seen}")
    if attention in ("dot", "general"):
        keys = "keys" if attention == "general" else memory
        writer.steps += [
            f"scores = (seen @ {keys}.transpose(1, 2)).softmax(-1)  # (B, 1, T)",
            f"seen = torch.tanh({name}_combine(torch.cat([scores @ {memory}, seen], -1)))",
        ]


def _feed(writer: "Writer", pair: Pair) -> None:
    """Write the output, and what the next step reads of it."""
    own = "output.argmax(-1, keepdim=True)" if pair.gives_tokens else "output"
    true = "target[:, step : step + 1" + (", None]" if pair.gives_tokens else "]")
    writer.steps += ["output = self.head(seen)", "outputs.append(output)"]
    if not pair.decoder.teacher_forcing:
        writer.steps.append(f"fed = {own}")
        return
    writer.teaches = True
    if pair.always_taught:
        writer.steps.append(f"fed = {own} if target is None else {true}")
        return
    writer.steps += [
        f"fed = {own}",
        "if target is not None:",
        "    drawn = torch.rand(len(x), 1, 1, device=x.device) < self.teacher_forcing",
        f"    fed = torch.where(drawn, {true}, fed)",
    ]
