"""Options that several commands share."""

from typing import Annotated, Any

import typer

Table = Annotated[str, typer.Argument(help="CSV (also .gz), Parquet or Feather file.")]
Target = Annotated[str | None, typer.Option(help="Column to forecast; y if there is one.")]
Horizon = Annotated[int, typer.Option(help="Steps ahead.")]
Time = Annotated[str | None, typer.Option(help="Time column (ds is recognised).")]
Series = Annotated[str | None, typer.Option(help="Series column (unique_id is recognised).")]
PastCovariates = Annotated[str, typer.Option(help="Columns known up to now: a,b")]
KnownCovariates = Annotated[str, typer.Option(help="Columns known in advance too: c,d")]
Calendar = Annotated[str | None, typer.Option(help="auto or none [default: auto]")]
Timezone = Annotated[str | None, typer.Option(help="Zone of the calendar, for times in UTC.")]
ContextLength = Annotated[str, typer.Option(help="Past steps of a window, or auto.")]
Missing = Annotated[str | None, typer.Option(help="error, interpolate or forward [default: error]")]
Anchor = Annotated[str | None, typer.Option(help="last, mean or none [default: last]")]
Split = Annotated[str | None, typer.Option(help="0.6,0.2,0.2 or rows 8640,2880,2880")]
Folds = Annotated[int | None, typer.Option(help="Walk-forward folds [default: 3]")]
OuterFolds = Annotated[
    int | None, typer.Option(help="Outer folds, each with a whole search [default: none]")
]
Metric = Annotated[str | None, typer.Option(help="mae, mse, rmse, mase or smape [default: mse]")]
Cell = Annotated[str | None, typer.Option(help="lstm, gru or rnn [default: lstm]")]
Backend = Annotated[
    str | None, typer.Option(help="Kernels: auto, cpu (compiled), torch, reference [default: auto]")
]
Budget = Annotated[str | None, typer.Option(help="Wall clock: 90s, 5m, 1h [default: no limit]")]
MaxCells = Annotated[int | None, typer.Option(help="Largest layer [default: 64]")]
MaxLayers = Annotated[int | None, typer.Option(help="Most layers [default: 4]")]
Epochs = Annotated[int | None, typer.Option(help="Most epochs [default: 1,200 steps in all]")]
Goal = Annotated[float | None, typer.Option(help="Validation error that is good enough.")]
StopGain = Annotated[
    float | None,
    typer.Option(
        help="tpe, gp, random: end when less than this share can be gained [default: noise]"
    ),
]
Seeds = Annotated[int | None, typer.Option(help="Replicates per fold [default: 3]")]
Seed = Annotated[int | None, typer.Option(help="First seed of everything [default: 0]")]
Search = Annotated[
    str | None,
    typer.Option(help="growth, structured, tpe, gp, random, grid or known [default: growth]"),
]
Trials = Annotated[int | None, typer.Option(help="Trials of tpe, gp or random [default: 40]")]
Grid = Annotated[str | None, typer.Option(help='For --search grid: "layers=1..3 cells=4..64"')]
Known = Annotated[
    list[str] | None,
    typer.Option(help="An architecture: tried first by tpe, gp, random; all for known. Repeat."),
]
Warm = Annotated[
    bool, typer.Option("--warm", help="Begin a larger size with the weights of the best so far.")
]
Tune = Annotated[bool, typer.Option("--tune", help="Then tune everything else, too.")]
SaveActivations = Annotated[
    list[str] | None,
    typer.Option(help="Layer whose activations are kept per epoch: -2 or layers.0. Repeat."),
]
Ranges = Annotated[str | None, typer.Option(help="TOML file with the ranges of --tune.")]
KeepCheckpoints = Annotated[
    str | None, typer.Option(help="Weights that are kept: best, last or all [default: last]")
]
Ledger = Annotated[
    str | None,
    typer.Option(
        help="postgresql+psycopg://user@host/database that several drivers share "
        "[default: ledger.sqlite in the run]"
    ),
]
Tracker = Annotated[
    list[str] | None,
    typer.Option(help="tensorboard[:DIRECTORY] or mlflow[:URI], told of every trial. Repeat."),
]
Engine = Annotated[
    str | None, typer.Option(help="Who trains: local or ray (a Ray cluster) [default: local]")
]
Address = Annotated[
    str | None,
    typer.Option(help="Cluster: auto, local, host:port, ray://host:port [default: auto]"),
]
Study = Annotated[str | None, typer.Option(help="Study in that --ledger [default: cellwise]")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


def tidy(values: dict[str, Any]) -> dict[str, Any]:
    """Turn what was typed into what `check_settings` takes.

    Args:
        values: Options by name, as typed.

    Returns:
        Lists split at commas, numbers parsed, ``auto`` and absent options left out.

    Raises:
        SettingsError: If a number cannot be read.
    """
    from cellwise._errors import SettingsError

    found = dict(values)
    for name in ("past_covariates", "known_covariates"):
        found[name] = tuple(part.strip() for part in found[name].split(",") if part.strip())
    if found["split"] is not None:
        try:
            found["split"] = tuple(float(part) for part in found["split"].split(","))
        except ValueError as error:
            raise SettingsError(
                f"split must be numbers such as 0.6,0.2,0.2, got {found['split']!r}"
            ) from error
    length = found["context_length"]
    if length != "auto" and not length.isdigit():
        raise SettingsError(f"context_length must be a whole number or auto, got {length!r}")
    found["context_length"] = None if length == "auto" else int(length)
    if found["target"] is None:
        found["target"] = _usual_target(found["table"])
    return {k: v for k, v in found.items() if v is not None}


def _usual_target(table: str) -> str:
    from cellwise._errors import SettingsError
    from cellwise.data import default_target, read_table

    columns = read_table(table).columns
    target = default_target(columns)
    if target is None:
        raise SettingsError(
            f"target must name a column; use --target with one of {', '.join(columns)}"
        )
    return target
