"""How `fit` and `resume` end."""

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
        A console; without a terminal it neither wraps at 80 columns nor colours.
    """
    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(stderr=stderr, width=140, no_color=True)


def finish(run: "Run", console: Console) -> None:
    """Print the verdict, and where the rest is.

    Args:
        run: The run.
        console: Where to print.
    """
    from cellwise.report import terminal_report

    console.print(terminal_report(run.audited, run=str(run.path), diagnosis=run.diagnosis))
    console.print(f"report: {escape(str(run.path / 'report.html'))}", soft_wrap=True)
