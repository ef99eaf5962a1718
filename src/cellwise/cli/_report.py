"""`cellwise report`."""

from typing import Annotated

import typer

from cellwise.cli._finish import finish, make_console


def report(run: Annotated[str, typer.Argument(help="Run directory.")]) -> None:
    """Print what a run found, and redraw its report.html."""
    from cellwise.run import Run

    opened = Run.open(run)
    opened.report()
    finish(opened, make_console())
