"""Options that several commands share."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from typer import Argument, Option

Table = Annotated[str, Argument(help="CSV (also .gz), Parquet or Feather file.")]
Target = Annotated[str | None, Option(help="Column to forecast; y if there is one.")]
Engine = Annotated[
    str | None, Option(help="Who trains: local or ray (a Ray cluster) (default: local)")
]
Address = Annotated[
    str | None,
    Option(help="Cluster: auto, local, host:port, ray://host:port (default: auto)"),
]
AsJson = Annotated[bool, Option("--json", help="One JSON object on stdout.")]

Command = TypeVar("Command", bound=Callable[..., None])


@dataclass
class _Shared:
    """Options in the order of the help; ``None`` leaves the default to `FitSettings`."""

    horizon: Annotated[int, Option(help="Steps ahead.")]
    target: Target = None
    time: Annotated[str | None, Option(help="Time column (ds is recognised).")] = None
    series: Annotated[str | None, Option(help="Series column (unique_id is recognised).")] = None
    past_covariates: Annotated[str, Option(help="Columns known up to now: a,b")] = ""
    known_covariates: Annotated[str, Option(help="Columns known in advance too: c,d")] = ""
    calendar: Annotated[str | None, Option(help="auto or none (default: auto)")] = None
    timezone: Annotated[str | None, Option(help="Zone of the calendar, for times in UTC.")] = None
    context_length: Annotated[str, Option(help="Past steps of a window, or auto.")] = "auto"
    missing: Annotated[
        str | None, Option(help="error, interpolate or forward (default: error)")
    ] = None
    anchor: Annotated[str | None, Option(help="last, mean or none (default: last)")] = None
    split: Annotated[str | None, Option(help="0.6,0.2,0.2 or rows 8640,2880,2880")] = None
    folds: Annotated[int | None, Option(help="Walk-forward folds (default: 3)")] = None
    outer_folds: Annotated[
        int | None, Option(help="Outer folds, each with a whole search (default: none)")
    ] = None
    metric: Annotated[str | None, Option(help="mae, mse, rmse, mase or smape (default: mse)")] = (
        None
    )
    cell: Annotated[str | None, Option(help="lstm, gru or rnn (default: lstm)")] = None
    budget: Annotated[str | None, Option(help="Wall clock: 90s, 5m, 1h (default: no limit)")] = None
    max_cells: Annotated[int | None, Option(help="Largest layer (default: 64)")] = None
    max_layers: Annotated[int | None, Option(help="Most layers (default: 4)")] = None
    epochs: Annotated[int | None, Option(help="Most epochs (default: 1,200 steps in all)")] = None
    goal: Annotated[float | None, Option(help="Validation error that is good enough.")] = None
    stop_gain: Annotated[
        float | None,
        Option(
            help="tpe, gp, random: end when less than this share can be gained (default: noise)"
        ),
    ] = None
    seeds: Annotated[int | None, Option(help="Replicates per fold (default: 3)")] = None
    seed: Annotated[int | None, Option(help="First seed of everything (default: 0)")] = None
    backend: Annotated[
        str | None,
        Option(help="Kernels: auto, cpu (compiled), torch, reference (default: auto)"),
    ] = None
    device: Annotated[
        str | None,
        Option(help="Where to train: cpu, or cuda, all cards that there are (default: cpu)"),
    ] = None
    search: Annotated[
        str | None,
        Option(help="growth, structured, tpe, gp, random, grid or known (default: growth)"),
    ] = None
    warm: Annotated[
        bool,
        Option("--warm", help="Begin a larger size with the weights of the best so far."),
    ] = False
    tune: Annotated[bool, Option("--tune", help="Then tune everything else, too.")] = False
    trials: Annotated[int | None, Option(help="Trials of tpe, gp or random (default: 40)")] = None
    grid: Annotated[str | None, Option(help='For --search grid: "layers=1..3 cells=4..64"')] = None
    known: Annotated[
        list[str] | None,
        Option(help="An architecture: tried first by tpe, gp, random; all for known. Repeat."),
    ] = None
    ranges: Annotated[
        str | None, Option(help="TOML file with the ranges of --tune: see cellwise ranges.")
    ] = None
    keep_checkpoints: Annotated[
        str | None, Option(help="Weights that are kept: best, last or all (default: last)")
    ] = None
    save_activations: Annotated[
        list[str] | None,
        Option(help="Layer whose activations are kept per epoch: -2 or layers.0. Repeat."),
    ] = None
    ledger: Annotated[
        str | None,
        Option(
            help="postgresql+psycopg://user@host/database that several drivers share "
            "(default: ledger.sqlite in the run)"
        ),
    ] = None
    study: Annotated[str | None, Option(help="Study in that --ledger (default: cellwise)")] = None
    tracker: Annotated[
        list[str] | None,
        Option(help="tensorboard[:DIRECTORY] or mlflow[:URI], told of every trial. Repeat."),
    ] = None
    engine: Engine = None
    address: Address = None


SHARED = inspect.signature(_Shared).parameters
ALL = tuple(SHARED)
TASK = (
    *("horizon", "target", "time", "series", "past_covariates", "known_covariates", "calendar"),
    *("timezone", "context_length", "missing", "split", "folds"),
)
TRAINING = ("anchor", "metric", "epochs", "seeds", "seed", "backend", "device")


def takes(*names: str) -> Callable[[Command], Command]:
    """Give a command shared options: it gets what was typed as ``**given``.

    Args:
        *names: Their names.

    Returns:
        A decorator; typer reads the options of a command from its signature, so it writes them
        there, behind the arguments of the command and before its own options.
    """

    def write(command: Command) -> Command:
        own = [p for p in inspect.signature(command).parameters.values() if p.kind != p.VAR_KEYWORD]
        arguments = [p for p in own if p.default is p.empty]
        shared = [p for name, p in SHARED.items() if name in names]
        signature = inspect.Signature([*arguments, *shared, *own[len(arguments) :]])
        command.__signature__ = signature  # type: ignore[attr-defined]
        return command

    return write


def tidy(table: str, given: dict[str, Any]) -> dict[str, Any]:
    """Turn what was typed into what `check_settings` takes.

    Args:
        table: File of the table, whose columns may name the target.
        given: Shared options by name, as typed.

    Returns:
        Lists split at commas, numbers parsed, ``auto`` and absent options left out.

    Raises:
        SettingsError: If a number cannot be read.
    """
    from cellwise._errors import SettingsError

    found = dict(given)
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
    if length != "auto" and not length.isdecimal():
        raise SettingsError(f"context_length must be a whole number or auto, got {length!r}")
    found["context_length"] = None if length == "auto" else int(length)
    if found["target"] is None:
        found["target"] = _usual_target(table)
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
