"""How `fit` and `resume` end."""

import os
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from cellwise.run import Run


def make_console(*, stderr: bool = False) -> Console:
    """Return the console that commands print to.

    Args:
        stderr: Whether to leave stdout alone.

    Returns:
        A console; without a terminal it does not colour, and is 140 columns wide unless
        ``COLUMNS`` says otherwise.
    """
    console = Console(stderr=stderr)
    if console.is_terminal:
        return console
    asked = os.environ.get("COLUMNS", "")
    width = int(asked) if asked.isdecimal() and int(asked) else 140
    return Console(stderr=stderr, width=width, no_color=True)


def finish(run: "Run", console: Console) -> None:
    """Print the verdict, and where the rest is.

    Args:
        run: The run.
        console: Where to print.

    Raises:
        KeyboardInterrupt: If Ctrl-C has ended the run, so that a script goes no further.
    """
    from cellwise.report import terminal_report

    console.print(terminal_report(run.audited, run=str(run.path), diagnosis=run.diagnosis))
    console.print(f"report: {escape(str(run.path / 'report.html'))}", soft_wrap=True)
    if run.interrupted:
        raise KeyboardInterrupt
