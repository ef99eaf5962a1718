"""`cellwise fit`."""

import json
from typing import Annotated, Any

import typer

from cellwise.cli import _options as options
from cellwise.cli._finish import finish, make_console


def fit(  # noqa: PLR0913  an option each
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
    anchor: options.Anchor = None,
    split: options.Split = None,
    folds: options.Folds = None,
    outer_folds: options.OuterFolds = None,
    metric: options.Metric = None,
    cell: options.Cell = None,
    budget: options.Budget = None,
    max_cells: options.MaxCells = None,
    max_layers: options.MaxLayers = None,
    epochs: options.Epochs = None,
    goal: options.Goal = None,
    stop_gain: options.StopGain = None,
    seeds: options.Seeds = None,
    seed: options.Seed = None,
    backend: options.Backend = None,
    search: options.Search = None,
    warm: options.Warm = False,
    tune: options.Tune = False,
    trials: options.Trials = None,
    grid: options.Grid = None,
    known: options.Known = None,
    ranges: options.Ranges = None,
    keep_checkpoints: options.KeepCheckpoints = None,
    save_activations: options.SaveActivations = None,
    ledger: options.Ledger = None,
    study: options.Study = None,
    tracker: options.Tracker = None,
    engine: options.Engine = None,
    address: options.Address = None,
    out: Annotated[str | None, typer.Option(help="Run directory.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier run there.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Find how many layers and cells an LSTM needs for a table, with evidence."""
    _run(dict(locals()))


def _run(given: dict[str, Any]) -> None:
    out, force, as_json = (given.pop(name) for name in ("out", "force", "as_json"))
    values = options.tidy(given)
    from cellwise.cli._display import Display
    from cellwise.run import check_settings
    from cellwise.run import fit as run_fit

    source = values.pop("table")
    console = make_console(stderr=as_json)
    display = Display(console, check_settings(values))
    try:
        run = run_fit(source, out=out, force=force, observer=display, **values)
    finally:
        display.close()
    if as_json:
        typer.echo(json.dumps(run.to_json()))
    finish(run, console)
