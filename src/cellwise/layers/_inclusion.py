"""Where the weights of a smaller network lie among those of a larger one that holds it."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from cellwise._errors import ArchitectureError
from cellwise.architecture import Architecture, Chain, RecurrentLayer
from cellwise.layers._labels import NEW, Labelling, Labels
from cellwise.layers._layout import Layout, Slot

Rename = Callable[[str], str | None]


def same_path(path: str) -> str | None:
    """Return the path: the layer stands at the same place in both networks."""
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """An architecture on a task.

    Attributes:
        architecture: What the network is.
        input_size: Input features F.
        output_size: Outputs O.
    """

    architecture: Architecture
    input_size: int
    output_size: int

    @property
    def chain(self) -> Chain:
        """Its layers at their place."""
        return self.architecture.place(input_size=self.input_size, output_size=self.output_size)

    @property
    def layout(self) -> Layout:
        """Where its weights lie."""
        return Layout.of(
            self.architecture, input_size=self.input_size, output_size=self.output_size
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How the layers of a larger network correspond to those of a smaller one.

    Attributes:
        rename: Path of a layer in the larger network to its path in the smaller one, ``None`` for
            a new layer.
        cells: For layers of the larger network, by path, which cell of the smaller one each cell
            is, ``None`` for a new one; of other layers, further cells stand behind the old ones.
    """

    rename: Rename = same_path
    cells: Mapping[str, Sequence[int | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """The part of one weight that the smaller network has too.

    Attributes:
        large: The weight of the larger network.
        small: That of the smaller one.
        at: For each axis, the indices in the larger weight that the smaller one has as well.
        to: For each axis, the same ones' indices in the smaller weight.
    """

    large: Slot
    small: Slot
    at: tuple[Tensor, ...]
    to: tuple[Tensor, ...]

    @property
    def positions(self) -> tuple[Tensor, Tensor]:
        """Columns of the two parameter matrices that hold the same weight, ``(n,)`` each."""
        return _columns(self.large, self.at), _columns(self.small, self.to)

    @property
    def outgoing(self) -> Tensor:
        """Columns of the larger matrix by which what is common reads what is new, ``(n,)``."""
        rows = torch.zeros(self.large.shape, dtype=torch.bool)
        rows[self.at[0]] = True
        common = torch.zeros(self.large.shape, dtype=torch.bool).view(-1)
        common[_columns(self.large, self.at) - self.large.offset] = True
        return torch.nonzero(rows.view(-1) & ~common)[:, 0] + self.large.offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """A smaller network as part of a larger one.

    Attributes:
        small: Layout of the smaller one.
        large: Layout of the larger one.
        regions: What both have.
        changed: Layers that put out something else for what they have in common, and why. If there
            are none, new values that nothing reads leave the outputs as they were.
    """

    small: Layout
    large: Layout
    regions: tuple[Region, ...]
    changed: tuple[str, ...]

    @classmethod
    def of(cls, small: Sized, large: Sized, match: Match | None = None) -> "Inclusion":
        """Match two networks.

        Args:
            small: The smaller network.
            large: The larger one: its layers are those of the smaller one, some with more cells,
                and further ones.
            match: How they correspond; without, layers at the same place do.

        Returns:
            Where the weights of one are in the other.

        Raises:
            ArchitectureError: If the smaller one has a weight that the larger one has not.
        """  # noqa: DOC502  raised by _region
        match = match or Match()
        ours, theirs = large.chain, small.chain
        here = Labelling(rename=match.rename, cells=_cells(theirs, ours, match))
        there = Labelling(rename=same_path, cells={})
        here.walk(ours, large.output_size)
        there.walk(theirs, small.output_size)
        slots = {_renamed(slot.name, match.rename): slot for slot in large.layout.slots}
        regions = []
        for slot in small.layout.slots:
            if slot.name not in slots:
                raise ArchitectureError(f"{large.architecture} has no {slot.name}")
            axes = here.axes[slots[slot.name].name], there.axes[slot.name]
            regions.append(_region(slots[slot.name], slot, axes))
        return cls(
            small=small.layout,
            large=large.layout,
            regions=tuple(regions),
            changed=tuple(here.changed),
        )

    def grow(self, weights: Tensor, fresh: Tensor) -> Tensor:
        """Put weights of the smaller network into the larger one.

        Args:
            weights: Of the smaller network, ``(M, P)``.
            fresh: Of the larger network, ``(M, P')``: what new cells and layers begin with.

        Returns:
            ``(M, P')``: old weights, 0 where old cells read new ones, and fresh ones.
        """
        grown = fresh.clone()
        for region in self.regions:
            at, to = region.positions
            grown[:, region.outgoing] = 0.0
            grown[:, at] = weights[:, to]
        return grown

    def shrink(self, weights: Tensor) -> Tensor:
        """Take the weights of the smaller network out of those of the larger one.

        Args:
            weights: Of the larger network, ``(M, P')``.

        Returns:
            ``(M, P)``.
        """
        shrunk = weights.new_zeros(len(weights), self.small.num_parameters)
        for region in self.regions:
            at, to = region.positions
            shrunk[:, to] = weights[:, at]
        return shrunk

    @property
    def outgoing(self) -> Tensor:
        """Columns of the larger matrix by which what is common reads what is new, ``(n,)``."""
        return torch.cat([region.outgoing for region in self.regions])


def _cells(small: Chain, large: Chain, match: Match) -> dict[str, Sequence[int | None]]:
    """Which cells of the smaller network the cells of each layer are."""
    before = {p.path: p.layer for p in small.walk() if isinstance(p.layer, RecurrentLayer)}
    found = dict(match.cells)
    for placed in large.walk():
        other = before.get(match.rename(placed.path) or "")
        if isinstance(placed.layer, RecurrentLayer) and other is not None:
            old, count = other.hidden_size, placed.layer.hidden_size
            appended = [*range(min(old, count)), *[NEW] * (count - old)]
            found.setdefault(placed.path, appended)
    return found


def _renamed(name: str, rename: Rename) -> str:
    path, _, weight = name.rpartition(".")
    return name if path == "head" else f"{rename(path)}.{weight}"


def _region(large: Slot, small: Slot, axes: tuple[tuple[Labels, ...], ...]) -> Region:
    pairs = [_matched(ours, theirs) for ours, theirs in zip(*axes, strict=True)]
    if any(len(to) < size for (_, to), size in zip(pairs, small.shape, strict=True)):
        raise ArchitectureError(
            f"{small.name} is {small.shape}, of which {large.shape} does not hold everything"
        )
    return Region(
        large=large,
        small=small,
        at=tuple(torch.tensor(at, dtype=torch.long) for at, _ in pairs),
        to=tuple(torch.tensor(to, dtype=torch.long) for _, to in pairs),
    )


def _matched(ours: Labels, theirs: Labels) -> tuple[list[int], list[int]]:
    """Indices of equal labels; of a label that stands there several times, the first with the first."""
    found = {label: index for index, label in enumerate(_numbered(theirs))}
    pairs = [
        (index, found[label])
        for index, label in enumerate(_numbered(ours))
        if label[0] is not NEW and label in found
    ]
    return [at for at, _ in pairs], [to for _, to in pairs]


def _numbered(labels: Labels) -> list[tuple[Hashable, int]]:
    """Each label and how often it stood before."""
    seen: Counter[Hashable] = Counter()
    found = []
    for label in labels:
        found.append((label, seen[label]))
        seen[label] += 1
    return found


def _columns(slot: Slot, indices: tuple[Tensor, ...]) -> Tensor:
    """Columns of the parameter matrix for all combinations of indices."""
    found = torch.zeros(1, dtype=torch.long)
    for index, size in zip(indices, slot.shape, strict=True):
        found = (found[:, None] * size + index).view(-1)
    return found + slot.offset
