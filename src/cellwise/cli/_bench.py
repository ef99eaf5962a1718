"""`cellwise bench`."""

import json
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.table import Table

from cellwise._errors import SettingsError
from cellwise._machine import describe_machine
from cellwise.cli import _options as options
from cellwise.cli._finish import make_console

if TYPE_CHECKING:
    from cellwise._device import Device
    from cellwise.bench import CaseResult


def bench(
    suite: Annotated[str, typer.Option(help="training, or quick for one tiny case.")] = "training",
    rounds: Annotated[int, typer.Option(min=1, help="Turns; each gives a ratio.")] = 5,
    device: Annotated[str, typer.Option(help="cpu, or cuda: the first card.")] = "cpu",
    as_json: options.AsJson = False,
) -> None:
    """Measure how fast this machine trains, against the best that torch can do: a minute or two."""
    from cellwise._device import choose_device, describe_device
    from cellwise.bench import SUITES, measure_case, peak_gflops
    from cellwise.kernels import choose_backend

    choose_device(device)
    where = cast("Device", device)
    if suite not in SUITES:
        raise SettingsError(f"suite must be one of {', '.join(SUITES)}, got {suite!r}")
    console = make_console(stderr=as_json)
    backend = choose_backend("auto", where)
    peak = peak_gflops() if where == "cpu" else None
    console.print(f"kernels: {backend.name} ({backend.reason})")
    console.print(f"peak: {peak:.0f} GFLOP/s" if peak else "peak: not measured")
    results = []
    for case in SUITES[suite]:
        results.append(measure_case(case, rounds, where))
        console.print(_line(results[-1]))
    if as_json:
        about = {"suite": suite, "backend": backend.name, "reason": backend.reason}
        card = {"device": device, "card": describe_device(where)}
        machine = {"machine": describe_machine(), "peak_gflops": peak, **card}
        typer.echo(json.dumps(about | machine | {"cases": [_plain(r) for r in results]}))
    else:
        console.print(_table(results))


def _line(result: "CaseResult") -> str:
    low, high = result.ratio_spread
    return (
        f"{result.case.name}: {result.model_steps_per_second:,.0f} model-steps/s, "
        f"{result.ratio:.2f}x torch's best ({low:.2f} to {high:.2f})"
    )


def _plain(result: "CaseResult") -> dict[str, Any]:
    sizes = {name: getattr(result.case, name) for name in type(result.case).__dataclass_fields__}
    fields = {
        name: getattr(result, name)
        for name in type(result).__dataclass_fields__
        if name not in ("case", "ratio_spread")
    }
    spread = {"ratio_spread": list(result.ratio_spread)}
    return {"name": result.case.name, **sizes, **fields, **spread}


def _table(results: list["CaseResult"]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("members", "batch", "steps", "inputs", "cells", "layers"):
        table.add_column(title, justify="right")
    for title in ("model-steps/s", "torch's best", "ratio", "GFLOP/s", "MB", "by hand"):
        table.add_column(title, justify="right")
    table.add_column("torch's best way")
    for r in results:
        sizes = [getattr(r.case, name) for name in type(r.case).__dataclass_fields__]
        table.add_row(
            *(str(size) for size in sizes),
            f"{r.model_steps_per_second:,.0f}",
            f"{r.torch_best:,.0f}",
            f"{r.ratio:.2f}x",
            f"{r.gflops:.0f}",
            f"{r.memory_mb:.1f}",
            f"{r.memory_by_hand_mb:.1f}",
            r.torch_arrangement,
        )
    return table
