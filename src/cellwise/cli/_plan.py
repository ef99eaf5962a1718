"""`cellwise plan`."""

import json
from typing import Any

import typer

from cellwise.cli import _options as options
from cellwise.cli._finish import make_console


@options.takes(*options.ALL)
def plan(table: options.Table, as_json: options.AsJson = False, **given: Any) -> None:
    """Predict seconds and memory of each step of a fit with the same options, without training."""
    values = options.tidy(table, given)
    from cellwise.records import to_plain
    from cellwise.report import plan_report, plan_sentences
    from cellwise.run import plan as run_plan
    from cellwise.search import Observer

    console = make_console(stderr=as_json)

    class Notes(Observer):
        def on_note(self, text: str) -> None:
            console.print(text, style="dim", highlight=False)

    found = run_plan(table, observer=Notes(), **values)
    if as_json:
        typer.echo(json.dumps({**to_plain(found), "sentences": plan_sentences(found)}))
    else:
        console.print(plan_report(found))
