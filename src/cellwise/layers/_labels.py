"""What each row and column of a network's weights stands for, so that two networks can be matched.

A value that goes through a network has a label: whose it is and which one. A value that the other
network does not have is labelled `NEW`.
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from cellwise.architecture import (
    AttentionPooling,
    Branches,
    Chain,
    Conv,
    Decoder,
    Dense,
    Dropout,
    Embedding,
    Encoder,
    Norm,
    Placed,
    RecurrentLayer,
    Weight,
    place_words,
)

NEW = None
Labels = tuple[Hashable, ...]

# What the rows and the columns of a recurrent layer's weights are, gate by gate where it has gates
_AXES = {
    "weight_ih": ("cells", "input"),
    "weight_hh": ("cells", "state"),
    "bias": ("cells",),
    "weight_hr": ("projection", "cells"),
    "weight_skip": ("skip", "cells"),
    "peephole": ("cells",),
    "ln": ("cells",),
    "gate_weight": ("cells", "cells"),
    "gate_bias": ("cells",),
    "transition_weight": ("cells", "cells"),
    "transition_bias": ("cells",),
    "shortcut_ih": ("cells", "input"),
    "shortcut_hh": ("cells", "cells"),
    "output_weight": ("output", "output"),
    "output_bias": ("output",),
    "h_0": ("state",),
    "c_0": ("cells",),
    "highway_weight": ("merged", "below"),
    "highway_bias": ("merged",),
}


@dataclass(slots=True, kw_only=True)
class Labelling:
    """Labels of one network.

    Attributes:
        rename: Path of a layer in this network to its path in the other one; `NEW` where the other
            one does not have it.
        cells: Which cells of the other network the cells of a layer are, by its path here;
            `NEW` for those that it does not have. Layers that are absent have the same cells.
        axes: Labels of each weight's axes, by its name; filled by `walk`.
        changed: Layers whose function new cells change, and why; filled by `walk`.
    """

    rename: Callable[[str], str | None]
    cells: Mapping[str, Sequence[int | None]]
    axes: dict[str, tuple[Labels, ...]] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)

    def walk(self, chain: Chain, output_size: int) -> None:
        """Label every weight of a network.

        Args:
            chain: The network without its output layer.
            output_size: Outputs O.
        """
        seen = self._chain(chain, tuple(("input", i) for i in range(chain.source.width)))
        outputs = tuple(range(output_size))
        self.axes |= {"head.weight": (outputs, seen), "head.bias": (outputs,)}

    def _chain(self, chain: Chain, source: Labels, context: Labels = ()) -> Labels:
        """Label a chain's weights; return the labels of what it gives."""
        below, tapped, recurrent = source, [], ""
        for index, placed in enumerate(chain.placed):
            if isinstance(placed.layer, RecurrentLayer):
                self._check_start(placed, placed.layer, recurrent)
                beside = source if placed.layer.from_input and index else ()
                attended = () if recurrent else context
                recurrent = placed.path
                below = self._recurrent(placed, placed.layer, below, (*beside, *attended))
            else:
                below = self._other(placed, below)
            if isinstance(placed.layer, Embedding):
                source = below
            if index in chain.taps:
                tapped.append(below)
        return tuple(label for one in tapped for label in one)

    def _check_start(self, placed: Placed, layer: RecurrentLayer, below: str) -> None:
        if layer.init_from_below and self.rename(placed.path) and not self.rename(below):
            self._note(placed, "it would start from the state of the new layer below it")

    def _recurrent(
        self, placed: Placed, layer: RecurrentLayer, below: Labels, beside: Labels
    ) -> Labels:
        name = self.rename(placed.path)
        axes = self._recurrent_axes(placed, layer, below, beside)
        for weight in placed.own:
            named = tuple(axes[axis] for axis in _axes_of(weight.name))
            self.axes[f"{placed.path}.{weight.name}"] = _by_gate(weight, named)
        if name is not NEW and NEW in axes["cells"]:
            self._check_cells(placed, layer)
        # a new residual layer adds nothing to what goes through it
        return below if name is NEW and layer.residual else axes["merged"]

    def _recurrent_axes(
        self, placed: Placed, layer: RecurrentLayer, below: Labels, beside: Labels
    ) -> dict[str, Labels]:
        name = self.rename(placed.path)
        ids = self.cells.get(placed.path, range(layer.hidden_size))
        cells = _named(name, "cell", ids)
        state = _named(name, "projection", range(layer.proj_size)) if layer.proj_size else cells
        skip = _named(name, "skip", range(layer.skip_size))
        given = (*state, *skip)
        merged = tuple(
            label if label is NEW else (side, label)
            for side in (range(2) if _keeps_directions(layer) else range(1))
            for label in given
        )
        # each direction reads its own one of two sequences
        reads = below[: len(below) // placed.below.streams]
        return {
            "cells": cells,
            "state": state,
            "projection": state,
            "skip": skip,
            "output": given,
            "input": (*reads, *beside),
            "below": below,
            "merged": merged,
        }

    def _check_cells(self, placed: Placed, layer: RecurrentLayer) -> None:
        if layer.layer_norm != "none":
            self._note(placed, "its layer norm is a mean over all cells, new ones too")
        if layer.init_from_below:
            self._note(placed, "it starts from the state of the layer below, cell by cell")

    def _other(self, placed: Placed, below: Labels) -> Labels:
        layer, name = placed.layer, self.rename(placed.path)
        if isinstance(layer, Branches):
            # a branch that names columns reads the input, of which there is never more
            chains = [self._chain(one, below[: one.source.width]) for one in placed.chains]
            return tuple(label for one in chains for label in one)
        if isinstance(layer, Encoder):
            return self._chain(placed.chains[0], below)
        if isinstance(layer, Decoder):
            return self._decoder(placed, layer, below)
        if isinstance(layer, Dropout):
            return below
        gives: Labels = tuple(label if label is NEW else (name, label) for label in below)
        if isinstance(layer, Dense | Embedding) or (isinstance(layer, Conv) and layer.channels):
            gives = _named(name, "value", range(placed.output.width))
        for weight in placed.own:
            self.axes[f"{placed.path}.{weight.name}"] = _simple_axes(weight, gives, below)
        if NEW in below and name is not NEW:
            self._check_width(placed)
        return gives

    def _check_width(self, placed: Placed) -> None:
        if isinstance(placed.layer, Norm):
            self._note(placed, "it is a mean over all values from below, new ones too")
        if isinstance(placed.layer, AttentionPooling) and placed.layer.heads > 1:
            self._note(placed, "it shares out the values from below among its heads anew")

    def _decoder(self, placed: Placed, decoder: Decoder, memory: Labels) -> Labels:
        (chain,) = placed.chains
        fed = tuple(("fed", i) for i in range(chain.source.width))
        top = self._chain(chain, fed, memory if decoder.attention == "additive" else ())
        axes = {
            "attention_query": (top, top),
            "attention_key": (top, memory),
            "attention_score": (_numbers(1), top),
            "attention_combine": (top, (*memory, *top)),
        }
        for weight in placed.own:
            self.axes[f"{placed.path}.{weight.name}"] = axes[weight.name]
        if decoder.attention in ("dot", "general") and NEW in (*top, *memory):
            self._note(
                placed, "its attention is a product over all values of a state, new ones too"
            )
        return top

    def _note(self, placed: Placed, reason: str) -> None:
        self.changed.append(f"{place_words(placed.path)}, {placed.layer}: {reason}")


def _numbers(count: int) -> Labels:
    return tuple(range(count))


def _named(name: str | None, kind: str, ids: Sequence[int | None]) -> Labels:
    return tuple(NEW if name is NEW or i is NEW else (name, kind, i) for i in ids)


def _keeps_directions(layer: RecurrentLayer) -> bool:
    return layer.bidirectional and layer.merge in ("concat", "none")


def _axes_of(name: str) -> tuple[str, ...]:
    # the number of a depth; h_0 and c_0 are names
    stem = re.sub(r"_[1-9]\d*$", "", name.removesuffix("_reverse"))
    if stem.startswith("ln_"):
        stem = "ln"
    if stem.endswith(("bias_ih", "bias_hh")):
        stem = stem[:-3]
    return _AXES[stem]


def _by_gate(weight: Weight, axes: tuple[Labels, ...]) -> tuple[Labels, ...]:
    if not weight.gates:
        return axes
    rows = tuple(label and (gate, label) for gate in weight.gates for label in axes[0])
    return (rows, *axes[1:])


def _simple_axes(weight: Weight, gives: Labels, below: Labels) -> tuple[Labels, ...]:
    if weight.role == "embedding":  # a table: tokens, values of a vector
        return tuple(map(_numbers, weight.shape))
    if weight.name == "query":  # (heads, values of a head)
        heads, share = weight.shape
        return (_numbers(heads), below if heads == 1 else _numbers(share))
    axes: tuple[Labels, ...] = (gives, below, *map(_numbers, weight.shape[2:]))
    return axes[: len(weight.shape)]
