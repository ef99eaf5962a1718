"""`cellwise capacity`."""

import json
import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cellwise._errors import SettingsError
from cellwise.cli._finish import make_console
from cellwise.cli._options import AsJson, Target

if TYPE_CHECKING:
    from cellwise.architecture import Architecture
    from cellwise.capacity import Budget, BudgetKind, Question

_LONGEST_TEXT = 2000
_COUNTS = ("inputs", "outputs", "length", "samples", "stride", "memory", "batch_size")


# numbers are typed as text, so that what is none is refused in one line like everything else
def _number(told: str) -> Any:
    return typer.Option(help=told, metavar="NUMBER")


Network = Annotated[str | None, typer.Argument(help='Such as "2*lstm(64)"; not with --run alone.')]
Against = Annotated[str | None, typer.Option(help="A network to compare with.")]
Inputs = Annotated[str | None, _number("Input features per step.")]
Outputs = Annotated[str | None, _number("Outputs, or classes.")]
Length = Annotated[str | None, _number("Steps that a decision can depend on.")]
Samples = Annotated[str | None, _number("Training windows.")]
Stride = Annotated[
    str | None, _number("Steps between windows of one series (default: independent windows)")
]
Task = Annotated[str, typer.Option(help="regression or classification")]
Memory = Annotated[str | None, _number("Past values that the target depends on.")]
BatchSize = Annotated[str, _number("Windows per training step.")]
TargetBits = Annotated[
    str | None, _number("Bits per target number (default: 6.64, a hundredth of the range)")
]
BudgetParameters = Annotated[
    str | None, _number("Equal networks by weights (default: those of ARCHITECTURE)")
]
BudgetFlops = Annotated[str | None, _number("Equal networks by FLOPs of training on one window.")]
BudgetSeconds = Annotated[
    str | None, _number("Equal networks by seconds per epoch on one CPU thread, rough.")
]
Measure = Annotated[
    str | None,
    typer.Option(help="Train and count: bits, reals, echo, memory, freedom or shuffled."),
]
TimeBudget = Annotated[
    str | None, typer.Option(help="With --measure: wall clock such as 60s (default: no limit)")
]
FirstSeed = Annotated[str | None, _number("With --measure: first seed (default: 0)")]
Steps = Annotated[str | None, _number("With --measure: most training steps.")]
Seeds = Annotated[str | None, _number("With --measure: replicates (default: 3)")]
Layers = Annotated[str | None, typer.Option(help="With --measure echo, a map: 1,2,3")]
Cells = Annotated[str | None, typer.Option(help="With --measure echo, a map: 4,8,16,32")]
RunPath = Annotated[
    str | None, typer.Option(help="Alone: bounds on its trained network. With --measure: its data.")
]
TablePath = Annotated[
    str | None,
    typer.Option(help="Data of freedom and shuffled: a table, or where that of RUN is now."),
]
Horizon = Annotated[str | None, _number("Steps ahead, with --table.")]


def capacity(  # noqa: PLR0913  an option each
    architecture: Network = None,
    inputs: Inputs = None,
    outputs: Outputs = None,
    length: Length = None,
    samples: Samples = None,
    against: Against = None,
    stride: Stride = None,
    task: Task = "regression",
    memory: Memory = None,
    batch_size: BatchSize = "32",
    target_bits: TargetBits = None,
    budget_parameters: BudgetParameters = None,
    budget_flops: BudgetFlops = None,
    budget_seconds: BudgetSeconds = None,
    measure: Measure = None,
    budget: TimeBudget = None,
    steps: Steps = None,
    seeds: Seeds = None,
    seed: FirstSeed = None,
    layers: Layers = None,
    cells: Cells = None,
    run: RunPath = None,
    table: TablePath = None,
    target: Target = None,
    horizon: Horizon = None,
    as_json: AsJson = False,
) -> None:
    """Say what theory says of a network: size, VC dimension, bounds, rules; or measure it."""
    given = dict(locals())
    if run is not None and measure is None:
        _of_run(run, given)
    elif architecture is None:
        raise SettingsError('an architecture must be given, such as "2*lstm(64)", or --run RUN')
    elif measure is not None:
        from cellwise.cli._measure import measure as run_experiment

        run_experiment(_parse(architecture), given | _counted(given))
    else:
        _consult(architecture, given)


def _consult(architecture: str, given: dict[str, Any]) -> None:
    from cellwise.capacity import SCREEN_WIDTH, capacity_screen, consult, sentences

    answer = consult(
        _parse(architecture),
        _question(given),
        against=None if given["against"] is None else _parse(given["against"]),
        budget=_budget(given),
    )
    if given["as_json"]:
        typer.echo(json.dumps({**answer.to_dict(), "sentences": sentences(answer)}))
        return
    console = make_console()
    console.width = min(console.width, SCREEN_WIDTH)
    console.print(capacity_screen(answer))


def _of_run(path: str, given: dict[str, Any]) -> None:
    """Bounds on a trained network; what the run says itself cannot be given."""
    own = ("architecture", "against", "inputs", "outputs", "length", "samples", "stride")
    clash = [name for name in own if given[name] is not None]
    if clash:
        raise SettingsError(f"--run has its own {clash[0]}; leave it out, or use --measure")
    from cellwise.capacity import statements_screen
    from cellwise.run import Run, bounds_of

    found = bounds_of(Run.open(path), given["table"])
    if given["as_json"]:
        plain = [one.to_dict() for one in found.statements]
        error = found.measured.training_error
        told = {"run": path, "architecture": str(found.case.architecture)}
        typer.echo(json.dumps({**told, "training_error": error, "statements": plain}))
        return
    about = (
        f"Training error {found.measured.training_error:.3g} (squared, in deviations of the target, "
        "cut at 1); what is measured of it comes from at most 256 training windows."
    )
    make_console().print(statements_screen(found.case, found.statements, about))


def _counted(given: dict[str, Any]) -> dict[str, Any]:
    """The numbers of an experiment, and the lists of a map."""
    counts: dict[str, Any] = {
        name: None if given[name] is None else _whole(name, given[name])
        for name in ("steps", "seeds", "seed", "horizon")
    }
    for name in ("layers", "cells"):
        counts[name] = tuple(_whole(name, part) for part in (given[name] or "").split(",") if part)
    return counts


def _question(given: dict[str, Any]) -> "Question":
    from cellwise.capacity import Question

    absent = [name for name in ("inputs", "outputs", "length", "samples") if given[name] is None]
    if absent:
        raise SettingsError(f"{absent[0]} must be given, with --{absent[0]}, or use --measure")
    options: dict[str, Any] = {
        name: _whole(name, given[name]) for name in _COUNTS if given[name] is not None
    }
    if given["target_bits"] is not None:
        options["target_bits"] = _real("target_bits", given["target_bits"])
    return Question(task=given["task"], **options)


def _whole(name: str, text: str) -> int:
    try:
        return int(text.replace(",", ""))
    except ValueError as error:
        raise SettingsError(f"{name} must be a whole number, got {_cut(text)!r}") from error


def _real(name: str, text: str) -> float:
    try:
        value = float(text.replace(",", ""))
    except ValueError as error:
        raise SettingsError(f"{name} must be a number, got {_cut(text)!r}") from error
    if not math.isfinite(value):
        raise SettingsError(f"{name} must be finite, got {_cut(text)}")
    return value


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def _parse(text: str) -> "Architecture":
    from cellwise.architecture import Architecture

    if len(text) > _LONGEST_TEXT:
        raise SettingsError(
            f"an architecture may have at most {_LONGEST_TEXT:,} characters, got {len(text):,}"
        )
    return Architecture.parse(text)


def _budget(given: dict[str, Any]) -> "Budget | None":
    from cellwise.capacity import Budget

    kinds: tuple[BudgetKind, ...] = ("parameters", "flops", "seconds")
    asked = [kind for kind in kinds if given[f"budget_{kind}"] is not None]
    if len(asked) > 1:
        names = " and ".join(f"--budget-{kind}" for kind in asked)
        raise SettingsError(f"only one budget can be held equal, got {names}")
    for kind in asked:
        return Budget(kind=kind, amount=_real(f"budget_{kind}", given[f"budget_{kind}"]))
    return None
