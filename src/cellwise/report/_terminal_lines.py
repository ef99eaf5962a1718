"""Lines of the terminal report."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text


def listed(texts: Iterable[str], head: str = "") -> RenderableType | None:
    """List sentences, a line each.

    Args:
        texts: Sentences.
        head: What stands before them.

    Returns:
        A rich renderable; ``None`` if there is nothing to tell.
    """
    lines: list[RenderableType] = [bullet(text) for text in texts]
    if head:
        lines.insert(0, Text(head))
    return Group(*lines) if lines else None


def bullet(text: str, style: str = "") -> RenderableType:
    """Write a line whose continuation is indented.

    Args:
        text: Any text; it is never markup.
        style: Of the text.

    Returns:
        A rich renderable.
    """
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Text("-"), Text(text, style=style))
    return grid
