"""`cellwise predict`."""

from pathlib import Path
from typing import Annotated

import typer


def predict(
    run: Annotated[str, typer.Argument(help="Run directory.")],
    table: Annotated[str, typer.Argument(help="Table with the history to forecast from.")],
    out: Annotated[str, typer.Option(help="File to write, .csv or .parquet.")] = "forecast.csv",
    future: Annotated[
        str | None, typer.Option(help="Table with the known covariates of the horizon.")
    ] = None,
) -> None:
    """Forecast the steps behind the last known value of each series."""
    from cellwise._errors import SettingsError
    from cellwise.run import Run

    writers = {".csv": _write_csv, ".parquet": _write_parquet}
    path = Path(out)
    if path.suffix not in writers:
        raise SettingsError(f"out must end in .csv or .parquet, got {out!r}")
    opened = Run.open(run)
    frame = opened.predict(table, future)
    if opened.verdict.kind == "use_benchmark":
        typer.echo(
            f"note: the verdict of this run is to use {opened.verdict.benchmark}; "
            "these are the network's forecasts",
            err=True,
        )
    from cellwise._files import write_atomically

    write_atomically(path, lambda temporary: writers[path.suffix](frame, temporary))
    typer.echo(f"{frame.num_rows} forecasts written to {path}")


def _write_csv(frame: object, path: Path) -> None:
    import pyarrow.csv

    pyarrow.csv.write_csv(frame, path)


def _write_parquet(frame: object, path: Path) -> None:
    import pyarrow.parquet

    pyarrow.parquet.write_table(frame, path)
