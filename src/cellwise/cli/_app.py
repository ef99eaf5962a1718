"""The command `cellwise`."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer

from cellwise._errors import CellwiseError

COMMANDS = (
    "fit",
    "plan",
    "ranges",
    "resume",
    "reproduce",
    "report",
    "audit",
    "diagnose",
    "predict",
    "compare",
    "capacity",
    "bench",
    "explain",
)
"""Each is the function of its name in the file of its name."""

BAD_INPUT, INTERRUPTED = 2, 130


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"cellwise {version('cellwise')}")
        raise typer.Exit


def make_app(names: Sequence[str] = COMMANDS) -> typer.Typer:
    """Build the command line.

    Args:
        names: Commands that it knows; those left out are not even imported.

    Returns:
        The application.
    """
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="How many layers and how many cells should my LSTM have?",
    )
    # without it, a single command would go without its name
    app.callback()(_begin)
    for name in names:
        app.command()(getattr(import_module(f"cellwise.cli._{name}"), name))
    return app


def _begin(
    told: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Its version.")
    ] = False,
) -> None:
    """What goes before a command."""


def main() -> None:
    """Run the command; bad input is one line and exit code 2, never a traceback."""
    asked = tuple(name for name in sys.argv[1:2] if name in COMMANDS)
    try:
        make_app(asked or COMMANDS)()
    except CellwiseError as error:
        print(f"error: {error}".replace("\n", " "), file=sys.stderr)
        sys.exit(BAD_INPUT)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"error: {place}{error.strerror or error}", file=sys.stderr)
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
