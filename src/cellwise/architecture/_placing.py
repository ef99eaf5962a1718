"""Put layers at their place: infer every shape, and refuse what cannot be connected."""

from dataclasses import dataclass, replace
from typing import NoReturn

from cellwise._errors import ArchitectureError
from cellwise.architecture._attention import AttentionPooling
from cellwise.architecture._branches import Branches
from cellwise.architecture._feed_forward import Conv, Dropout, Embedding
from cellwise.architecture._layer import Layer, SimpleLayer
from cellwise.architecture._recurrent import RecurrentLayer
from cellwise.architecture._shapes import (
    UNKNOWN,
    Chain,
    Placed,
    Shape,
    place_words,
    total_width,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """Where the next layer of a chain goes."""

    path: str
    layer: Layer
    source: Shape  # what `from_input` reads
    below: Shape
    before: tuple[Placed, ...]
    context: int  # width of the attended vector, 0 for none

    def fail(self, reason: str) -> NoReturn:
        raise ArchitectureError(f"{place_words(self.path)}, {self.layer}: {reason}")

    def recurrent_below(self) -> RecurrentLayer | None:
        layers = [p.layer for p in self.before if isinstance(p.layer, RecurrentLayer)]
        return layers[-1] if layers else None


def place_chain(
    layers: tuple[Layer, ...],
    source: Shape,
    prefix: str = "",
    *,
    context: int = 0,
    columns: tuple[str, ...] = (),
) -> Chain:
    """Put the layers of a chain at their place, none of which is an encoder or a decoder.

    Args:
        layers: First layer first.
        source: What the first layer reads.
        prefix: Path of what holds the chain, with a dot at its end.
        context: Width of what the first recurrent layer reads beside its input; 0 for nothing.
        columns: Columns that the chain reads; empty for all.

    Returns:
        The chain; every layer hands on all steps as yet.

    Raises:
        ArchitectureError: If a layer cannot read what the one below it gives.
    """  # noqa: DOC502  raised by the site
    placed: tuple[Placed, ...] = ()
    below = shortcut = source
    for index, layer in enumerate(layers):
        site = _Site(
            path=f"{prefix}layers.{index}",
            layer=layer,
            source=shortcut,
            below=below,
            before=placed,
            context=context,
        )
        placed = (*placed, _place(site))
        below = placed[-1].output
        if isinstance(layer, Embedding):
            shortcut = below  # tokens as they are mean nothing beside numbers
    return _chain(source, placed, columns)


def _chain(source: Shape, placed: tuple[Placed, ...], columns: tuple[str, ...]) -> Chain:
    last = len(placed) - 1
    taps = tuple(
        i
        for i, one in enumerate(placed)
        if i == last or (isinstance(one.layer, RecurrentLayer) and one.layer.to_output)
    )
    widths = [placed[i].output.width for i in taps for _ in range(placed[i].output.streams)]
    output = Shape(width=total_width(*widths), steps=placed[last].output.steps)
    return Chain(source=source, placed=placed, output=output, taps=taps, columns=columns)


def _place(site: _Site) -> Placed:
    layer, below = site.layer, site.below
    if isinstance(layer, RecurrentLayer):
        return _place_recurrent(site, layer)
    if isinstance(layer, Branches):
        return _place_branches(site, layer)
    if isinstance(layer, Embedding):
        if not below.raw:
            site.fail("it looks up tokens, which only the input holds; put it first in its chain")
    elif isinstance(layer, Conv | AttentionPooling):
        _check_sequence(site)
    elif below.streams > 1 and not isinstance(layer, Dropout):
        _fail_streams(site)
    if not isinstance(layer, SimpleLayer):
        site.fail(
            "an encoder is the first layer of a network and its decoder the second and last; "
            "other layers go inside of them"
        )
    steps = "" if isinstance(layer, AttentionPooling) else below.steps
    return _placed(site, layer, below, Shape(width=0, steps=steps, streams=below.streams))


def _placed(site: _Site, layer: SimpleLayer, reads: Shape, gives: Shape) -> Placed:
    try:
        width = layer.output_width(reads.width)
    except ArchitectureError as error:
        raise ArchitectureError(f"{place_words(site.path)}: {error}") from error
    return Placed(
        path=site.path,
        layer=layer,
        below=site.below,
        input=reads,
        output=replace(gives, width=width),
        own=layer.weights(reads.width),
    )


def _check_sequence(site: _Site) -> None:
    if not site.below.steps:
        site.fail(
            f"it reads a sequence, (T, F), and the layer below gives {site.below.text()}, one "
            "vector for the whole window; put it below the layer that pools"
        )
    if site.below.streams > 1 and not getattr(site.layer, "bidirectional", False):
        _fail_streams(site)


def _fail_streams(site: _Site) -> NoReturn:
    site.fail(
        f"the layer below gives {site.below.text()}, its two directions apart (merge=none), which "
        "only a layer of two directions or the output layer can read"
    )


def _place_recurrent(site: _Site, layer: RecurrentLayer) -> Placed:
    _check_sequence(site)
    beside = [site.source.width] if layer.from_input and site.before else []
    if site.context and site.recurrent_below() is None:
        beside.append(site.context)
    reads = replace(site.below, width=total_width(site.below.width, *beside))
    if beside:
        reads = replace(reads, raw=False)
    gives = Shape(width=0, steps=site.below.steps, streams=layer.num_streams)
    placed = _placed(site, layer, reads, gives)
    if layer.residual or layer.highway:
        _check_same_width(site, placed)
    if layer.init_from_below:
        _check_state_below(site, layer)
    return placed


def _check_same_width(site: _Site, placed: Placed) -> None:
    name = "residual" if getattr(placed.layer, "residual", False) else "highway"
    below, gives = site.below, placed.output.width
    if below.streams > 1:
        _fail_streams(site)
    if below.width not in (UNKNOWN, gives):
        way_out = "" if site.before else f"; put dense({gives}) below it"
        site.fail(
            f"{name} adds what the layer reads, {below.width} values, to what it gives, {gives} "
            f"values, which must be as many{way_out}"
        )


def _check_state_below(site: _Site, layer: RecurrentLayer) -> None:
    below = site.recurrent_below()
    if below is None:
        site.fail("init_from_below needs a recurrent layer below it in the same chain, got none")
    ours, theirs = state_text(layer), state_text(below)
    if ours != theirs:
        site.fail(f"init_from_below needs the state of {below} to fit: it is {theirs}, not {ours}")


def state_text(layer: RecurrentLayer) -> str:
    """Write the shapes of a layer's state.

    Args:
        layer: The layer.

    Returns:
        Such as ``h (32,), c (32,)``; two directions stand side by side.
    """
    directions = layer.num_directions
    memory = f", c ({directions * layer.hidden_size},)" if layer.cell == "lstm" else ""
    return f"h ({directions * layer.state_size},){memory}"


def _place_branches(site: _Site, group: Branches) -> Placed:
    below = site.below
    if below.streams > 1:
        _fail_streams(site)
    _check_columns(site, group)
    chains = tuple(
        place_chain(
            branch.layers,
            replace(below, width=len(branch.columns)) if branch.columns else below,
            f"{site.path}.branches.{index}.",
            columns=branch.columns,
        )
        for index, branch in enumerate(group.branches)
    )
    if len({chain.output.steps for chain in chains}) > 1:
        given = "; ".join(
            f"branch {i + 1} gives {chain.output.text()}" for i, chain in enumerate(chains)
        )
        site.fail(f"sequences and vectors cannot stand side by side: {given}")
    width = total_width(*(chain.output.width for chain in chains))
    output = Shape(width=width, steps=chains[0].output.steps)
    return Placed(
        path=site.path, layer=group, below=below, input=below, output=output, chains=chains
    )


def _check_columns(site: _Site, group: Branches) -> None:
    if not group.columns:
        return
    if site.path != "layers.0":
        site.fail("columns are named where the input is read: in the first layer of a network")
    if site.below.width not in (UNKNOWN, *range(len(group.columns), site.below.width + 1)):
        site.fail(
            f"it names {len(group.columns)} columns ({', '.join(group.columns)}), and the input "
            f"has {site.below.width}"
        )
