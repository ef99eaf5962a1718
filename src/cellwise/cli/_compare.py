"""`cellwise compare`."""

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table as RichTable

from cellwise.cli import _options as options
from cellwise.cli._finish import make_console

if TYPE_CHECKING:
    from cellwise.run import CompareResult


def compare(  # noqa: PLR0913  an option each
    architectures: Annotated[
        list[str], typer.Argument(help='Two or more, such as "lstm(64)", then the table.')
    ],
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
    anchor: options.Anchor = None,
    split: options.Split = None,
    folds: options.Folds = None,
    metric: options.Metric = None,
    epochs: options.Epochs = None,
    seeds: options.Seeds = None,
    seed: options.Seed = None,
    backend: options.Backend = None,
    as_json: options.AsJson = False,
) -> None:
    """Compare architectures on the same folds and seeds: "ARCH" "ARCH" ... TABLE."""
    given = dict(locals())
    given.pop("as_json")
    given["table"] = given.pop("architectures")[-1]
    values = options.tidy(given)
    from cellwise.cli._display import Display
    from cellwise.records import to_plain
    from cellwise.run import compare as run_compare

    console = make_console(stderr=as_json)
    display = Display(console)
    try:
        source = values.pop("table")
        result = run_compare(architectures[:-1], source, observer=display, **values)
    finally:
        display.close()
    if as_json:
        typer.echo(json.dumps(to_plain(result)))
    else:
        console.print(_table(result))
        for record in result.comparisons:
            sure = "" if record.accepted else ", no difference shown"
            console.print(
                f"{record.candidate} against {record.incumbent}: {record.reason}{sure}",
                markup=False,
                highlight=False,
            )


def _table(result: "CompareResult") -> RichTable:
    table = RichTable(title=f"validation {result.metric}, best first")
    table.add_column("architecture")
    for name in ("parameters", "learning rate", "error", "± s.e.", "seconds"):
        table.add_column(name, justify="right")
    for record in result.candidates:
        table.add_row(
            record.architecture,
            str(record.num_parameters),
            f"{record.learning_rate:.4g}",
            f"{record.error:.5g}",
            f"{record.standard_error:.2g}",
            f"{record.seconds:.1f}",
        )
    return table
