"""`cellwise audit`."""

import json
from typing import Any

import typer

from cellwise.cli import _options as options
from cellwise.cli._finish import make_console

FOUND_LEAKS = 1


def audit(  # noqa: PLR0913  an option each
    table: options.Table,
    horizon: options.Horizon,
    target: options.Target = None,
    time: options.Time = None,
    series: options.Series = None,
    past_covariates: options.PastCovariates = "",
    known_covariates: options.KnownCovariates = "",
    calendar: options.Calendar = None,
    timezone: options.Timezone = None,
    context_length: options.ContextLength = "auto",
    missing: options.Missing = None,
    split: options.Split = None,
    folds: options.Folds = None,
    as_json: options.AsJson = False,
) -> None:
    """Look for leaks of the future in a table, without training; exit code 1 if a check fails."""
    _run(dict(locals()))


def _run(given: dict[str, Any]) -> None:
    as_json = given.pop("as_json")
    values = options.tidy(given)
    from cellwise.data import prepare
    from cellwise.diagnosis import audit as audit_data
    from cellwise.records import to_plain
    from cellwise.report import audit_lines, audit_sentence
    from cellwise.run import check_settings

    source = values.pop("table")
    found = audit_data(prepare(source, check_settings(values).task))
    if as_json:
        typer.echo(json.dumps({"status": found.status, **to_plain(found)}))
    else:
        console = make_console()
        console.print(audit_sentence(found), highlight=False)
        console.print(audit_lines(found))
    raise typer.Exit(FOUND_LEAKS if found.failed else 0)
