"""Layers at their place in a network: what each reads, what it gives, what weights it has."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from cellwise.architecture._branches import Branches
from cellwise.architecture._encoder_decoder import Decoder, Encoder
from cellwise.architecture._layer import Layer
from cellwise.architecture._weights import Weight

Return = Literal["all", "last", "pooled"]
"""What a layer hands on: its output at ``all`` steps, at the ``last`` one, or one vector that was
``pooled`` over the steps. Derived from the task and the layer above; nobody types it."""

Steps = Literal["T", "S", ""]
"""Time axis of a value: the window's T steps, the decoder's S steps, or none."""

UNKNOWN = 0
"""Width of what is read before the number of input features is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What goes from one layer to the next, for one row of a batch.

    Attributes:
        width: Values at a step; `UNKNOWN` before the number of inputs is known.
        steps: Its time axis.
        streams: Sequences side by side: 2 above a layer whose directions are kept apart.
        raw: Whether it is the input itself, which alone may hold tokens.
    """

    width: int
    steps: Steps = "T"
    streams: int = 1
    raw: bool = False

    def text(self, num_steps: int = 0, decoder_steps: int = 0) -> str:
        """Write it as a tuple.

        Args:
            num_steps: Number to write for the window's steps; 0 writes T.
            decoder_steps: Number to write for a decoder's steps; 0 writes S.

        Returns:
            Such as ``(T, 8)``, ``(50, 8)``, ``(8,)`` or ``2 x (T, 8)``.
        """
        width = str(self.width) if self.width else "F"
        numbers = {"T": num_steps, "S": decoder_steps}
        steps = str(numbers.get(self.steps) or self.steps)
        one = f"({steps}, {width})" if steps else f"({width},)"
        return one if self.streams == 1 else f"{self.streams} x {one}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A layer at its place.

    Attributes:
        path: Where it is, such as ``layers.1`` or ``layers.0.branches.1.layers.0``; its weights
            are named below that.
        layer: The layer.
        below: What the layer below it hands on; a residual layer adds this.
        input: What it reads: ``below``, then beside it the chain's input (``from_input``) and, in
            the first recurrent layer of a decoder with additive attention, the attended vector.
        output: What it gives.
        own: Its own weights, without its path and without those of layers that it holds.
        returns: What it hands on of that.
        chains: The chains that it holds.
    """

    path: str
    layer: Layer
    below: Shape
    input: Shape
    output: Shape
    own: tuple[Weight, ...] = ()
    returns: Return = "all"
    chains: tuple["Chain", ...] = ()

    @property
    def weights(self) -> tuple[Weight, ...]:
        """All its weights with their full names, those of layers that it holds first."""
        inner = [weight for chain in self.chains for weight in chain.weights]
        return (*inner, *(weight.under(self.path) for weight in self.own))

    @property
    def hands_on(self) -> Shape:
        """What goes on to the layer above: the output, without time where it is one step's."""
        return self.output if self.returns == "all" else replace(self.output, steps="")

    @property
    def reads_input(self) -> bool:
        """Whether it reads nothing but the input itself."""
        return self.input.raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Layers that stand on one another, at their place.

    Attributes:
        source: What the first layer reads.
        placed: The layers, first layer first.
        output: What the chain gives: its tapped layers side by side.
        taps: Indices of the layers whose output it gives, always with the last.
        columns: Columns that it reads; empty for all.
    """

    source: Shape
    placed: tuple[Placed, ...]
    output: Shape
    taps: tuple[int, ...]
    columns: tuple[str, ...] = ()

    @property
    def weights(self) -> tuple[Weight, ...]:
        """All weights with their full names, first layer first."""
        return tuple(weight for placed in self.placed for weight in placed.weights)

    def walk(self) -> Iterator[Placed]:
        """Yield every layer, those inside of a layer right after it.

        Yields:
            Placed: A layer at its place.
        """
        for placed in self.placed:
            yield placed
            for chain in placed.chains:
                yield from chain.walk()


def place_words(path: str) -> str:
    """Say where a layer is, counting from 1 as people do.

    Args:
        path: Such as ``layers.0.branches.1.layers.0``.

    Returns:
        Such as ``layer 1, branch 2, layer 1``.
    """
    words: list[str] = []
    for part in path.split("."):
        if part.isdigit():
            words[-1] += f" {int(part) + 1}"
        else:
            words.append({"layers": "layer", "branches": "branch"}.get(part, part))
    return ", ".join(words)


def total_width(*widths: int) -> int:
    """Add widths.

    Args:
        *widths: Widths of what stands side by side.

    Returns:
        Their sum; `UNKNOWN` if one is.
    """
    return UNKNOWN if UNKNOWN in widths else sum(widths)


def is_pointwise(layer: Layer) -> bool:
    """Tell whether a layer works on each step alone.

    Args:
        layer: Any layer.

    Returns:
        Whether its output at a step needs its input at that step only.
    """
    return type(layer).__name__ in ("Dense", "Dropout", "Norm", "Embedding")


def needs_all_steps(placed: Placed) -> bool:
    """Tell whether a layer has to read every step for what it hands on.

    Args:
        placed: The layer.

    Returns:
        ``False`` where it works on each step alone and hands on the last one only.
    """
    if isinstance(placed.layer, Branches):
        return any(needs_all_steps(chain.placed[0]) for chain in placed.chains)
    if isinstance(placed.layer, Encoder | Decoder) or not is_pointwise(placed.layer):
        return True
    return placed.returns == "all"
