"""Larger networks from trained ones that put out the same: more cells, another layer.

All of them take a cohort, ``(M, P)``, and return one of another width.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from torch import Tensor

from cellwise._errors import ArchitectureError
from cellwise.architecture import (
    CANDIDATES,
    Architecture,
    Branches,
    Cell,
    Chain,
    Placed,
    RecurrentLayer,
    needs_all_steps,
    place_words,
    with_layer,
)
from cellwise.layers._inclusion import Inclusion, Match, Sized
from cellwise.layers._initial import initial_parameters
from cellwise.layers._layout import Layout
from cellwise.layers._network import Network
from cellwise.layers._sizing import Resized, recurrent_path, resized, sized


def grow(small: Sized, large: Sized, weights: Tensor, seeds: Sequence[int]) -> Tensor:
    """Carry trained weights into a larger network that puts out the same.

    Layers at the same place correspond; the larger network may have more cells in them, and further
    layers on top beside which the output layer goes on seeing those below (``to_output``).

    Args:
        small: The trained network.
        large: The larger one.
        weights: Of the trained network, ``(M, P)``.
        seeds: A seed per member, by which the weights into new cells are drawn.

    Returns:
        ``(M, P')``: random weights into new cells, 0 out of them.

    Raises:
        ArchitectureError: If the larger one does not hold the smaller one, or cannot put out the
            same; names the layer and the reason.

    Reference:
        Chen, Goodfellow & Shlens (2016), "Net2Net: Accelerating learning via knowledge transfer",
        function-preserving growth; the zeros are those of Wei et al. (2016), "Network morphism".
    """  # noqa: DOC502  raised by _exact
    inclusion = _exact(Inclusion.of(small, large))
    _check_kinds(small.chain, large.chain)
    return _grown(inclusion, weights, seeds)


def widen(
    network: Network, weights: Tensor, layer: int | str, cells: int, seeds: Sequence[int]
) -> Resized:
    """Add cells to a recurrent layer; the network puts out what it did before.

    What new cells read is drawn as in a new network, and what reads them, old cells, layers above
    and the output layer, begins at 0, where its gradient is not 0.

    Args:
        network: The network.
        weights: ``(M, P)``.
        layer: Index into the outermost layers, or a path such as ``layers.0.branches.1.layers.0``.
        cells: Cells to add, to each direction of a bidirectional layer. Of an encoder's layer
            and its counterpart in the decoder, both get them.
        seeds: A seed per member.

    Returns:
        The larger architecture and its weights, ``(M, P')``.

    Raises:
        ArchitectureError: If there is no such layer, or the outputs cannot stay the same: layer
            normalisation over cells or above them, several attention heads above them, a residual
            layer whose two widths must be equal.
    """  # noqa: DOC502  raised by what this calls
    if cells < 1:
        raise ArchitectureError(f"cells must be at least 1, got {cells}")
    large = resized(network, recurrent_path(network, layer), cells)
    inclusion = _exact(Inclusion.of(sized(network), sized(network, large)))
    return large, _grown(inclusion, weights, seeds)


def deepen(
    network: Network, weights: Tensor, at: int, seeds: Sequence[int], *, cells: int = 0
) -> Resized:
    """Add a recurrent layer to the outermost layers; the network puts out what it did before.

    Without ``cells``, the new layer is ``residual``: it has as many cells as it reads values and adds
    what they give to what goes through it. The weights of its candidate begin at 0, and so does
    all that its cells give; its gates are drawn as in a new network. With ``cells``, it stands on
    top with all layers below seen by the output layer as well (``to_output``), and what reads it
    begins at 0.

    Args:
        network: The network.
        weights: ``(M, P)``.
        at: Index that the new layer will have: 0 is below all others.
        seeds: A seed per member.
        cells: Cells of a layer on top; 0 for a residual layer.

    Returns:
        The deeper architecture and its weights, ``(M, P')``.

    Raises:
        ArchitectureError: If the outputs cannot stay the same.
    """
    layers = network.architecture.layers
    if not 0 <= at <= len(layers):
        raise ArchitectureError(
            f"at must be 0 to {len(layers)} in {network.architecture}, got {at}"
        )
    if network.architecture.decodes:
        raise ArchitectureError(
            f"{network.architecture}: a layer cannot be added to an encoder and its decoder"
        )
    if cells and at != len(layers):
        raise ArchitectureError(f"cells go with a layer on top, at={len(layers)}, got at={at}")
    if cells:
        large = with_layer(network.architecture, cells)
        return large, grow(sized(network), sized(network, large), weights, seeds)
    added = _residual(network, at)
    large = Architecture(layers=(*layers[:at], added, *layers[at:]))
    match = Match(rename=lambda path: _without(path, at))
    inclusion = _exact(Inclusion.of(sized(network), sized(network, large), match))
    grown = _grown(inclusion, weights, seeds)
    _silence_(inclusion.large, added, at, grown)
    return large, grown


def _exact(inclusion: Inclusion) -> Inclusion:
    if inclusion.changed:
        raise ArchitectureError(f"{inclusion.changed[0]}; the outputs cannot stay the same")
    return inclusion


def _check_kinds(small: Chain, large: Chain) -> None:
    """Refuse layers that differ in more than their cells and whether the output layer sees them."""
    others = {placed.path: placed.layer for placed in large.walk()}
    for placed in small.walk():
        ours, theirs = placed.layer, others[placed.path]
        if isinstance(ours, RecurrentLayer) and isinstance(theirs, RecurrentLayer):
            theirs = replace(theirs, hidden_size=ours.hidden_size, to_output=ours.to_output)
        if not placed.chains and ours != theirs:
            raise ArchitectureError(
                f"{place_words(placed.path)}: {ours} and {others[placed.path]} must differ in "
                "nothing but their cells; the outputs cannot stay the same"
            )


def _grown(inclusion: Inclusion, weights: Tensor, seeds: Sequence[int]) -> Tensor:
    fresh = initial_parameters(inclusion.large, tuple(seeds))
    return inclusion.grow(weights, fresh.to(weights.dtype))


def _residual(network: Network, at: int) -> RecurrentLayer:
    """A layer that gives as many values as it reads, of the kind of its neighbours."""
    chain, kind = network.chain, _kind(network, at)
    if not at:
        return RecurrentLayer(cell=kind, hidden_size=chain.source.width, residual=True)
    below = chain.placed[at - 1]
    _check_end(chain, at - 1)
    if _stands_on_two(below):
        # the backward half of what it gives at the end is that of the first step, as below
        return RecurrentLayer(
            cell=kind, hidden_size=below.output.width // 2, bidirectional=True, residual=True
        )
    return RecurrentLayer(cell=kind, hidden_size=below.output.width, residual=True)


def _kind(network: Network, at: int) -> Cell:
    """Kind of cell of the recurrent layer next to a place, those below it first."""
    layers = network.architecture.layers
    near = [*reversed(layers[:at]), *layers[at:]]
    found = [one.cell for one in near if isinstance(one, RecurrentLayer)]
    return found[0] if found else "lstm"


def _stands_on_two(below: Placed) -> bool:
    layer = below.layer
    return isinstance(layer, RecurrentLayer) and layer.bidirectional and layer.merge == "concat"


def _check_end(chain: Chain, index: int) -> None:
    """Refuse to read the last step where the end is made of both directions' own ends."""
    if chain.placed[index].returns == "all" or _stands_on_two(chain.placed[index]):
        return
    for placed in _ends(chain, index):
        if isinstance(placed.layer, RecurrentLayer) and placed.layer.bidirectional:
            raise ArchitectureError(
                f"{place_words(placed.path)}, {placed.layer}: what is read of it is the end of both "
                "directions, one of them at the first step, and a layer above would read the last "
                "step; the outputs cannot stay the same, put the new layer below it"
            )


def _ends(chain: Chain, index: int) -> Iterator[Placed]:
    """The layers that make what a chain gives at its end: below those that see one step alone."""
    placed = chain.placed[index]
    if isinstance(placed.layer, Branches):
        for one in placed.chains:
            for tap in one.taps:
                yield from _ends(one, tap)
    elif needs_all_steps(placed):
        yield placed
    elif index:
        yield from _ends(chain, index - 1)


def _without(path: str, at: int) -> str | None:
    """Path of a layer before another one was put at an index of the outermost layers."""
    word, index, *rest = path.split(".")
    if int(index) == at:
        return None
    return ".".join([word, str(int(index) - (int(index) > at)), *rest])


def _silence_(layout: Layout, layer: RecurrentLayer, at: int, weights: Tensor) -> None:
    """Set what a new layer's candidate reads to 0: all that its cells give is 0."""
    gates = layer.gates
    (candidate,) = (index for index, gate in enumerate(gates) if gate in CANDIDATES)
    for slot in layout.slots:
        if slot.name.startswith(f"layers.{at}."):
            blocks = weights[:, slot.offset : slot.stop].view(len(weights), len(gates), -1)
            blocks[:, candidate] = 0.0
