"""`cellwise reproduce`."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from cellwise.cli import _options as options
from cellwise.cli._finish import make_console

if TYPE_CHECKING:
    from cellwise.run import Reproduction

NOT_REPRODUCED = 1


def reproduce(
    run: Annotated[str, typer.Argument(help="Run directory.")], as_json: options.AsJson = False
) -> None:
    """Train the locked configuration of a run again; exit code 1 if its errors are not those locked."""
    from cellwise.records import to_plain
    from cellwise.run import reproduce as run_reproduce

    done = run_reproduce(run)
    if as_json:
        values = {"exact": done.exact, "difference": to_plain(done.difference)}
        values |= {"within_noise": done.within_noise, "noise": to_plain(done.noise)}
        values |= {"locked": done.locked, "found": done.found, "changed": done.changed}
        typer.echo(json.dumps(values))
    else:
        console = make_console()
        for line in _lines(done):
            console.print(line, markup=False, highlight=False)
    raise typer.Exit(0 if done.exact or done.within_noise else NOT_REPRODUCED)


def _lines(done: "Reproduction") -> Iterator[str]:
    """What came of it; both errors where they differ."""
    seeds = f"test errors of {len(done.locked)} seeds"
    if done.exact:
        yield f"{seeds}: the same to the last bit"
    else:
        far = f"within {done.difference:.2g} of it"
        if len(done.found) != len(done.locked):
            far = f"now {len(done.found)} stayed finite"
        yield f"{seeds}: {far}"
        for name, errors in (("locked", done.locked), ("found", done.found)):
            mean = sum(errors) / len(errors)
            yield f"{name:6} mean {mean:.5g}, seeds {', '.join(f'{e:.5g}' for e in errors)}"
        side = "within" if done.within_noise else "not within"
        noise = f"{done.noise:.2g}" if done.noise == done.noise else "one seed has none"
        yield f"mean error: {side} the noise of the locked seeds ({noise})"
    for change in done.changed:
        yield f"changed since: {change}"
