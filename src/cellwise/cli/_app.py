"""The command `cellwise`."""

import sys

import typer

from cellwise._errors import CellwiseError
from cellwise.cli._audit import audit
from cellwise.cli._bench import bench
from cellwise.cli._capacity import capacity
from cellwise.cli._compare import compare
from cellwise.cli._diagnose import diagnose
from cellwise.cli._explain import explain
from cellwise.cli._fit import fit
from cellwise.cli._plan import plan
from cellwise.cli._predict import predict
from cellwise.cli._report import report
from cellwise.cli._reproduce import reproduce
from cellwise.cli._resume import resume

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="How many layers and how many cells should my LSTM have?",
)
for command in (
    fit,
    plan,
    resume,
    reproduce,
    report,
    audit,
    diagnose,
    predict,
    compare,
    capacity,
    bench,
    explain,
):
    app.command()(command)

BAD_INPUT, INTERRUPTED = 2, 130


def main() -> None:
    """Run the command; bad input is one line and exit code 2, never a traceback."""
    try:
        app()
    except CellwiseError as error:
        print(f"error: {error}".replace("\n", " "), file=sys.stderr)
        sys.exit(BAD_INPUT)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"error: {place}{error.strerror or error}", file=sys.stderr)
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
