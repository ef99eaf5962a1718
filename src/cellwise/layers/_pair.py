"""An encoder and its decoder, which writes step by step and reads what it wrote."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from cellwise._errors import ArchitectureError
from cellwise.architecture import Chain, Decoder, Embedding, Encoder, Placed, RecurrentLayer
from cellwise.layers._attention import Look, combined, make_look
from cellwise.layers._chain import make_chain
from cellwise.layers._flow import Flow, Run, Signal
from cellwise.layers._head import apply_head
from cellwise.layers._plan import Plan
from cellwise.layers._recurrent import spread

Decode = Callable[[Flow, Tensor], Tensor]
"""Takes windows, ``(M, B, T, F)``; returns outputs, ``(M, B, S, O)``."""


def make_pair(chain: Chain, plan: Plan, *, output_size: int, num_steps: int) -> Decode:
    """Make an encoder and its decoder.

    The decoder's first input is 0, in forecasting the window's anchor, or token 0; later ones are
    the output of the step before. Given `Flow.target`, true values are fed instead, all of them or
    a share that each member draws.

    Args:
        chain: The network.
        plan: What is known of it.
        output_size: Outputs O of a step; a decoder of tokens is fed the largest one's index.
        num_steps: Steps S that the decoder takes.

    Returns:
        The network with its output layer.

    Raises:
        ArchitectureError: If the decoder may put out a token that it has no vector for.
    """  # noqa: DOC502  raised by _checked
    first, second = chain.placed
    encoder, decoder = _checked(first, second, output_size)
    maker = _Decoding(
        decoder=decoder,
        path=second.path,
        run=make_chain(second.chains[0], plan),
        top=second.chains[0].placed[-1],
        width=second.output.width,
        fed=second.chains[0].source.width,
        tokens=isinstance(decoder.layers[0], Embedding),
        num_steps=num_steps,
        site=plan.site(second.path, "feed"),
    )
    read, heirs = make_chain(first.chains[0], plan), _heirs(first.chains[0], second.chains[0])

    def run(flow: Flow, x: Tensor) -> Tensor:
        given = Signal(steps=(x.flip(2) if encoder.reverse else x,))
        memory = read(flow, given, given)
        for theirs, ours in heirs:
            flow.states[ours] = spread(flow.states[theirs], 1)
        look = None
        if decoder.attention != "none":
            look = make_look(decoder.attention, flow.weights, second.path, memory.steps[0])
        return maker.decode(flow, x, look)

    return run


def _checked(first: Placed, second: Placed, output_size: int) -> tuple[Encoder, Decoder]:
    encoder, decoder = first.layer, second.layer
    if not isinstance(encoder, Encoder) or not isinstance(decoder, Decoder):
        raise ArchitectureError(f"an encoder and a decoder are needed, got {encoder} > {decoder}")
    bottom = decoder.layers[0]
    if isinstance(bottom, Embedding) and bottom.num_tokens < output_size:
        raise ArchitectureError(
            f"decoder, layer 1, {bottom}: it reads back one of {output_size} outputs, and has "
            f"vectors for {bottom.num_tokens} tokens"
        )
    return encoder, decoder


def _heirs(encoder: Chain, decoder: Chain) -> list[tuple[str, str]]:
    """Paths of each recurrent layer of an encoder and of the one that starts from its states."""
    theirs, ours = (
        [one.path for one in chain.placed if isinstance(one.layer, RecurrentLayer)]
        for chain in (encoder, decoder)
    )
    return list(zip(theirs, ours, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decoding:
    """A decoder with all that its steps need."""

    decoder: Decoder
    path: str
    run: Run
    top: Placed
    width: int
    fed: int
    tokens: bool
    num_steps: int
    site: int | None

    def decode(self, flow: Flow, x: Tensor, look: Look | None) -> Tensor:
        """Take all steps at once where each one's input is known beforehand, else one by one."""
        target = self._target(flow)
        own = self._own(flow, target, x)
        first = x.new_zeros(*x.shape[:2], 1, self.fed)
        if target is not None and own is None and self.decoder.attention != "additive":
            fed = torch.cat([first, target[:, :, :-1]], dim=2)
            return self._output(flow, self._step(flow, fed), look)
        outputs: list[Tensor] = []
        seen = self._state(flow, x)
        for t in range(self.num_steps):
            if self.decoder.attention == "additive" and look is not None:
                flow.context = look(seen)
            seen = self._step(flow, first if not t else self._next(outputs[-1], t, target, own))
            outputs.append(self._output(flow, seen, look))
        return torch.cat(outputs, dim=2)

    def _target(self, flow: Flow) -> Tensor | None:
        if flow.target is None or not self.decoder.teacher_forcing:
            return None
        return flow.target.reshape(*flow.target.shape[:2], self.num_steps, self.fed)

    def _own(self, flow: Flow, target: Tensor | None, x: Tensor) -> Tensor | None:
        """Where the decoder is fed its own output, bools ``(M, B, S)``."""
        if target is None or flow.dropout is None or self.site is None:
            return None
        return flow.dropout.dropped((x.shape[1], self.num_steps), self.site)

    def _step(self, flow: Flow, fed: Tensor) -> Tensor:
        given = Signal(steps=(fed,))
        return self.run(flow, given, given).steps[0]

    def _output(self, flow: Flow, seen: Tensor, look: Look | None) -> Tensor:
        if self.decoder.attention in ("dot", "general") and look is not None:
            weight = flow.weights[f"{self.path}.attention_combine"]
            seen = combined(seen, look(seen), weight)
        return apply_head(flow.weights, seen, every=True)

    def _next(self, output: Tensor, t: int, target: Tensor | None, own: Tensor | None) -> Tensor:
        """What step t is fed, ``(M, B, 1, W)``."""
        before = output.argmax(dim=-1, keepdim=True).to(output.dtype) if self.tokens else output
        if target is None:
            return before
        true = target[:, :, t - 1 : t]
        return true if own is None else torch.where(own[:, :, t, None, None], before, true)

    def _state(self, flow: Flow, x: Tensor) -> Tensor:
        """What the first step's attention compares: the top state, or 0 where there is more."""
        states = flow.states.get(self.top.path)
        if states is not None and states[0][0].shape[-1] == self.width:
            return states[0][0][:, :, None]
        return x.new_zeros(*x.shape[:2], 1, self.width)
