"""`cellwise compare`."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table as RichTable

from cellwise.cli import _options as options
from cellwise.cli._finish import make_console

if TYPE_CHECKING:
    from cellwise.run import CompareResult


@options.takes(*options.TASK, *options.TRAINING)
def compare(
    architectures: Annotated[
        list[str], typer.Argument(help='Two or more, such as "lstm(64)", then the table.')
    ],
    as_json: options.AsJson = False,
    **given: Any,
) -> None:
    """Compare architectures on the same folds and seeds: "ARCH" "ARCH" ... TABLE."""
    *texts, table = architectures
    values = options.tidy(table, given)
    from cellwise.cli._display import Display
    from cellwise.records import to_plain
    from cellwise.run import compare as run_compare

    console = make_console(stderr=as_json)
    display = Display(console)
    try:
        result = run_compare(texts, table, observer=display, **values)
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
