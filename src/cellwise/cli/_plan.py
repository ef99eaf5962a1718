"""`cellwise plan`."""

import inspect
import json
from typing import Any

import typer

from cellwise.cli import _options as options
from cellwise.cli._finish import make_console
from cellwise.cli._fit import fit

# What only a run needs
_NOT_HERE = {"out", "force"}


def plan(**given: Any) -> None:
    """Predict seconds and memory of each step of a fit with the same options, without training."""
    as_json = given.pop("as_json")
    values = options.tidy(given)
    from cellwise.records import to_plain
    from cellwise.report import plan_report, plan_sentences
    from cellwise.run import plan as run_plan
    from cellwise.search import Observer

    console = make_console(stderr=as_json)

    class Notes(Observer):
        def on_note(self, text: str) -> None:
            console.print(text, style="dim", highlight=False)

    found = run_plan(values.pop("table"), observer=Notes(), **values)
    if as_json:
        typer.echo(json.dumps({**to_plain(found), "sentences": plan_sentences(found)}))
    else:
        console.print(plan_report(found))


def _options_of_fit() -> list[inspect.Parameter]:
    parameters = inspect.signature(fit).parameters.values()
    return [one for one in parameters if one.name not in _NOT_HERE]


# typer reads the options of a command from its signature: here, those of fit
plan.__signature__ = inspect.Signature(_options_of_fit())  # type: ignore[attr-defined]
plan.__annotations__ = {one.name: one.annotation for one in _options_of_fit()}
