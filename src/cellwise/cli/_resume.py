"""`cellwise resume`."""

import json
from typing import Annotated

import typer

from cellwise.cli import _options as options
from cellwise.cli._finish import finish, make_console


def resume(
    run: Annotated[str, typer.Argument(help="Run directory.")],
    ledger: Annotated[
        str | None, typer.Option(help="URL of the shared ledger, where it needs a password.")
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(help="Wall clock of the whole run, another than before: 90s, 5m, 1h"),
    ] = None,
    engine: options.Engine = None,
    address: options.Address = None,
    as_json: options.AsJson = False,
) -> None:
    """Continue a run that was stopped or killed."""
    from pathlib import Path

    from cellwise.cli._display import Display
    from cellwise.run import RunDirectory, check_settings
    from cellwise.run import resume as run_resume

    known = RunDirectory(Path(run)).read_record().settings
    settings = check_settings({**known, "budget": budget or known.get("budget")})
    console = make_console(stderr=as_json)
    display = Display(console, settings)
    try:
        done = run_resume(
            run, display, budget=budget, ledger=ledger, engine=engine, address=address
        )
    finally:
        display.close()
    if as_json:
        typer.echo(json.dumps(done.to_json()))
    finish(done, console)
