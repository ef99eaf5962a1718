"""`cellwise reproduce`."""

import json
from typing import Annotated

import typer

from cellwise.cli import _options as options
from cellwise.cli._finish import make_console


def reproduce(
    run: Annotated[str, typer.Argument(help="Run directory.")], as_json: options.AsJson = False
) -> None:
    """Train the locked configuration of a run again and compare its test errors."""
    from cellwise.records import to_plain
    from cellwise.run import reproduce as run_reproduce

    done = run_reproduce(run)
    if as_json:
        values = {"exact": done.exact, "difference": done.difference, "changed": done.changed}
        values |= {"within_noise": done.within_noise, "noise": to_plain(done.noise)}
        typer.echo(json.dumps({**values, "locked": done.locked, "found": done.found}))
        return
    told = "the same to the last bit" if done.exact else f"within {done.difference:.2g} of it"
    console = make_console()
    console.print(f"test errors of {len(done.locked)} seeds: {told}", highlight=False)
    if not done.exact:
        side = "within" if done.within_noise else "not within"
        noise = f"{done.noise:.2g}" if done.noise == done.noise else "one seed has none"
        console.print(f"mean error: {side} the noise of the locked seeds ({noise})")
    for line in done.changed:
        console.print(f"changed since: {line}", markup=False, highlight=False)
