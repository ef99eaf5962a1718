"""The longest echo over layers and cells, as a map."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import product

from cellwise.architecture import Architecture
from cellwise.measure._echo import LADDER, measure_echo
from cellwise.measure._effort import Clock, Effort
from cellwise.measure._measurement import Measurement


def stack_of(architecture: Architecture, num_layers: int, cells: int) -> Architecture:
    """Return a stack of equal layers, each like the first of an architecture.

    Args:
        architecture: Its first recurrent layer gives the cell and its options.
        num_layers: Layers.
        cells: Cells of each layer.

    Returns:
        The stack.
    """
    layer = replace(architecture.recurrent_layers[0], hidden_size=cells)
    return Architecture(layers=(layer,) * num_layers)


def map_echo(
    architecture: Architecture,
    layers: Iterable[int],
    cells: Iterable[int],
    effort: Effort,
    *,
    ladder: tuple[tuple[int, ...], ...] = LADDER,
    on_result: Callable[[Measurement], None] = lambda _: None,
) -> tuple[Measurement, ...]:
    """Measure the longest echo of every depth with every width.

    Args:
        architecture: Its first recurrent layer gives the cell.
        layers: Depths.
        cells: Widths.
        effort: Limits of all together; what is left of the time is shared evenly.
        ladder: Delays by group, rising.
        on_result: Told each measurement.

    Returns:
        A measurement per place of the map, depth by depth.
    """
    clock, found = Clock(effort), list[Measurement]()
    places = list(product(layers, cells))
    for index, (depth, width) in enumerate(places):
        part = effort.part(clock.share_left / (len(places) - index))
        found.append(measure_echo(stack_of(architecture, depth, width), part, ladder=ladder))
        on_result(found[-1])
    return tuple(found)
