"""The frame of the HTML report and its small parts; everything given here is escaped."""

import html
import re
from collections.abc import Iterable, Sequence
from string import Template

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<style>$style</style>
$script
</head>
<body>
<main>
<p class="brand"><b>Cellwise</b> $subject</p>
$body
<footer>Drawn by Cellwise from evidence.json. This page loads nothing from the network.</footer>
</main>
</body>
</html>
""")


def escape(text: str) -> str:
    """Escape text for HTML.

    Args:
        text: Any text.

    Returns:
        The same text without markup.
    """
    return html.escape(text)


def prose(text: str) -> str:
    """Escape a paragraph; what stands between backquotes becomes code.

    Args:
        text: Any text.

    Returns:
        HTML of its content.
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def section(title: str, body: str, *, about: str = "", absent: str = "") -> str:
    """Frame a part of the page.

    Args:
        title: Heading.
        body: HTML.
        about: A line on how to read it.
        absent: What is said where `body` is empty.

    Returns:
        HTML; empty if there is neither a body nor words for its absence.
    """
    if not body and not absent:
        return ""
    lead = f'<p class="about">{prose(about)}</p>' if about and body else ""
    content = body or f'<p class="absent">{prose(absent)}</p>'
    return f"<section><h2>{escape(title)}</h2>{lead}{content}</section>"


def bullets(texts: Iterable[str], *, ordered: bool = False) -> str:
    """List sentences.

    Args:
        texts: Sentences.
        ordered: Whether they are numbered.

    Returns:
        HTML; empty for none.
    """
    tag = "ol" if ordered else "ul"
    items = "".join(f"<li>{prose(text)}</li>" for text in texts)
    return f"<{tag}>{items}</{tag}>" if items else ""


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """List names with their values.

    Args:
        pairs: Name and value.

    Returns:
        HTML.
    """
    items = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in pairs)
    return f'<dl class="facts">{items}</dl>' if items else ""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], classes: Sequence[str] = ()) -> str:
    """Write a table; a head that starts with ``#`` is of a column of numbers.

    What follows a line break in a cell is written small below the rest.

    Args:
        heads: Titles of the columns.
        rows: Text of the cells.
        classes: CSS class of each row; empty for none.

    Returns:
        HTML; empty without rows.
    """
    sides = ["num" if head.startswith("#") else "" for head in heads]
    lines = []
    for index, row in enumerate(rows):
        cells = "".join(
            f'<td class="{side}">{_cell(text)}</td>' for side, text in zip(sides, row, strict=True)
        )
        lines.append(f'<tr class="{classes[index] if classes else ""}">{cells}</tr>')
    top = "".join(
        f'<th class="{side}">{escape(head.removeprefix("#"))}</th>'
        for side, head in zip(sides, heads, strict=True)
    )
    if not lines:
        return ""
    return (
        f'<div class="scroll"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _cell(text: str) -> str:
    first, _, rest = text.partition("\n")
    return escape(first) + (f'<div class="reason">{escape(rest)}</div>' if rest else "")
