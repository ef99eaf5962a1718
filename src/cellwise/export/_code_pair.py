"""What the writers of torch and Keras code read of an encoder and its decoder."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

from cellwise.architecture import Chain, Decoder, Embedding, Encoder, Placed, RecurrentLayer


class Counting(Protocol):
    """What both writers keep.

    Attributes:
        count: Layers so far.
        states: Names of the states of each recurrent layer, by path.
        starts: What recurrent layers start from, by path.
    """

    count: int
    states: dict[str, str]
    starts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """An encoder and a decoder in their places.

    Attributes:
        encoder: The encoder.
        decoder: The decoder.
        read: Layers of the encoder.
        fed: Layers of the decoder.
        placed: The decoder in its place, whose own weights are those of attention.
    """

    encoder: Encoder
    decoder: Decoder
    read: Chain
    fed: Chain
    placed: Placed

    @classmethod
    def of(cls, chain: Chain) -> Self:
        """Take a network apart.

        Args:
            chain: The network.

        Returns:
            Its two parts.

        Raises:
            TypeError: If it is no pair.
        """
        first, second = chain.placed
        encoder, decoder = first.layer, second.layer
        if not isinstance(encoder, Encoder) or not isinstance(decoder, Decoder):
            raise TypeError(f"an encoder and a decoder are needed, got {encoder} > {decoder}")
        return cls(encoder, decoder, first.chains[0], second.chains[0], second)

    @property
    def gives_tokens(self) -> bool:
        """Whether a step reads the number of a token."""
        return isinstance(self.decoder.layers[0], Embedding)

    @property
    def always_taught(self) -> bool:
        """Whether each step of training is fed the true value before."""
        return self.decoder.teacher_forcing == 1 and self.decoder.sampling == "constant"

    @property
    def top(self) -> RecurrentLayer | None:
        """The decoder's last layer, where its first hidden state is as wide as what it puts out."""
        top = self.fed.placed[-1]
        if isinstance(top.layer, RecurrentLayer) and top.layer.state_size == top.output.width:
            return top.layer
        return None

    @property
    def lowest(self) -> str:
        """Path of the decoder's first recurrent layer, which reads what attention gives."""
        return _recurrent(self.fed)[0].path

    def hand_over(self, writer: Counting, joined: Callable[[str, str], str]) -> list[str]:
        """Give each recurrent layer of the decoder the final state of its counterpart.

        Args:
            writer: Has written the encoder and counted the decoder.
            joined: Writes the state of two directions of a cell as that of one.

        Returns:
            Lines that name the states; the writer knows who starts from which.
        """
        lines = []
        for theirs, ours in zip(_recurrent(self.read), _recurrent(self.fed), strict=True):
            given, layer = writer.states[theirs.path], theirs.layer
            if isinstance(layer, RecurrentLayer) and layer.bidirectional:
                given = joined(given, layer.cell)
            # as the decoder will count its own layers
            state = f"s{writer.count + 1 + int(ours.path.rpartition('.')[2])}"
            writer.starts[ours.path] = state
            lines.append(f"{state} = {given}")
        return lines


def _recurrent(chain: Chain) -> list[Placed]:
    return [one for one in chain.placed if isinstance(one.layer, RecurrentLayer)]
