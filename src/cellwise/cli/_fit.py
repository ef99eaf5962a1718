"""`cellwise fit`."""

import json
from typing import Annotated, Any

import typer

from cellwise.cli import _options as options
from cellwise.cli._finish import finish, make_console


@options.takes(*options.ALL)
def fit(
    table: options.Table,
    out: Annotated[str | None, typer.Option(help="Run directory.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier run there.")] = False,
    as_json: options.AsJson = False,
    **given: Any,
) -> None:
    """Find how many layers and cells an LSTM needs for a table, with evidence."""
    values = options.tidy(table, given)
    from cellwise.cli._display import Display
    from cellwise.run import check_settings
    from cellwise.run import fit as run_fit

    console = make_console(stderr=as_json)
    display = Display(console, check_settings(values))
    try:
        run = run_fit(table, out=out, force=force, observer=display, **values)
    finally:
        display.close()
    if as_json:
        typer.echo(json.dumps(run.to_json()))
    finish(run, console)
