"""Measurements in a terminal: the finding, how far it can be trusted, what it cost."""

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cellwise.architecture import Architecture
from cellwise.measure._measurement import Measurement, spread

_MAP = "Best of the seeds, in brackets their mean; layers down, cells across."


def measurement_screen(found: Sequence[Measurement]) -> RenderableType:
    """Lay out one measurement, or those of a map over layers and cells.

    Args:
        found: Measurements of one kind.

    Returns:
        A rich renderable.
    """
    first = found[0]
    if len(found) == 1:
        head: list[RenderableType] = [Text(first.sentence, style="bold")]
        cost = first.spent.sentence
    else:
        head = [_map(found), Text(_MAP)]
        seconds = sum(one.spent.seconds for one in found)
        members = sum(one.spent.members for one in found)
        cost = (
            f"{members:,} networks, {len(first.replicates)} seeds, at most "
            f"{first.spent.limits.steps:,} steps each, {seconds:.1f} s."
        )
    parts = (("Bound", first.bound), ("Budget", cost), ("How", first.protocol))
    lines = [Text(f"{title}: {text}") for title, text in (*parts, ("Source", first.source))]
    return Group(*head, *lines)


def _map(found: Sequence[Measurement]) -> Table:
    values = {_place(one): one for one in found}
    depths = sorted({depth for depth, _ in values})
    widths = sorted({width for _, width in values})
    table = Table(box=box.SIMPLE_HEAD, title=f"Longest echo, {found[0].unit}")
    table.add_column("layers", justify="right")
    for width in widths:
        table.add_column(f"{width} cells", justify="right")
    for depth in depths:
        cells = (values[depth, width] for width in widths)
        table.add_row(str(depth), *(f"{c.value:g} ({spread(c.replicates)[0]:.1f})" for c in cells))
    return table


def _place(one: Measurement) -> tuple[int, int]:
    sizes = Architecture.parse(one.architecture).hidden_sizes
    return len(sizes), sizes[0]
