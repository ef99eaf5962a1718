"""`cellwise audit`."""

import json
from typing import Any

import typer

from cellwise.cli import _options as options
from cellwise.cli._finish import make_console

FOUND_LEAKS = 1


@options.takes(*options.TASK)
def audit(table: options.Table, as_json: options.AsJson = False, **given: Any) -> None:
    """Look for leaks of the future in a table, without training; exit code 1 if a check fails."""
    values = options.tidy(table, given)
    from cellwise.data import prepare
    from cellwise.diagnosis import audit as audit_data
    from cellwise.records import to_plain
    from cellwise.report import audit_lines, audit_sentence
    from cellwise.run import check_settings

    found = audit_data(prepare(table, check_settings(values).task))
    if as_json:
        typer.echo(json.dumps({"status": found.status, **to_plain(found)}))
    else:
        console = make_console()
        console.print(audit_sentence(found), highlight=False)
        console.print(audit_lines(found))
    raise typer.Exit(FOUND_LEAKS if found.failed else 0)
