"""`cellwise diagnose`."""

import json
from typing import Annotated

import typer

from cellwise.cli._finish import make_console
from cellwise.cli._options import AsJson

Layers = Annotated[
    bool, typer.Option("--layers", help="Say what each layer has learned; takes longer.")
]


Remedies = Annotated[
    bool,
    typer.Option(
        "--remedies",
        help="Train a network that is worse than a shallower one again, with each way out.",
    ),
]


def diagnose(
    run: Annotated[str, typer.Argument(help="Run directory.")],
    layers: Layers = False,
    remedies: Remedies = False,
    as_json: AsJson = False,
) -> None:
    """Look for what is wrong with a run's network, its training and its data."""
    from cellwise.records import to_plain
    from cellwise.report import diagnosis_text
    from cellwise.run import Run

    found = Run.open(run).diagnose(layers=layers, remedies=remedies)
    if as_json:
        typer.echo(json.dumps({"run": run, **to_plain(found)}))
        return
    make_console().print(diagnosis_text(found))
