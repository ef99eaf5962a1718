"""`cellwise capacity --measure`."""

import json
from typing import TYPE_CHECKING, Any

import typer

from cellwise._errors import SettingsError
from cellwise.cli._finish import make_console

if TYPE_CHECKING:
    from cellwise.architecture import Architecture
    from cellwise.data import ForecastData
    from cellwise.measure import Effort, Measurement

# steps that each experiment takes where none are given
STEPS = {
    "bits": 3000,
    "reals": 1500,
    "echo": 1000,
    "memory": 1000,
    "freedom": 1200,
    "shuffled": 3000,
}
_ON_DATA = ("freedom", "shuffled")


def measure(architecture: "Architecture", given: dict[str, Any]) -> None:
    """Run an experiment and print what it found.

    Args:
        architecture: The network.
        given: Options of `cellwise capacity` by name; numbers are parsed.

    Raises:
        SettingsError: If an option is absent or outside its rule.
    """
    kind = given["measure"]
    if kind not in STEPS:
        raise SettingsError(f"measure must be one of {', '.join(STEPS)}, got {kind!r}")
    if (given["layers"] or given["cells"]) and kind != "echo":
        raise SettingsError(f"layers and cells make a map of echo, got --measure {kind}")
    found = _run(architecture, given, _effort(given))
    if given["as_json"]:
        plain = [one.to_dict() for one in found]
        typer.echo(json.dumps(plain if given["layers"] or given["cells"] else plain[0]))
    else:
        from cellwise.measure import measurement_screen

        make_console().print(measurement_screen(found))


def _effort(given: dict[str, Any]) -> "Effort":
    from cellwise.measure import Effort
    from cellwise.run import seconds_of

    typed = {name: given[name] for name in ("seeds", "seed") if given[name] is not None}
    return Effort(
        steps=STEPS[given["measure"]] if given["steps"] is None else given["steps"],
        seconds=0.0 if given["budget"] is None else seconds_of(given["budget"]),
        **typed,
    )


def _run(
    architecture: "Architecture", given: dict[str, Any], effort: "Effort"
) -> tuple["Measurement", ...]:
    from cellwise import measure as room

    kind = given["measure"]
    if kind in _ON_DATA:
        data, options = _data(architecture, given)
        if kind == "freedom":
            return (room.measure_freedom(architecture, data, effort, **options),)
        return (room.measure_shuffled(architecture, data, effort),)
    if given["layers"] or given["cells"]:
        layers = given["layers"] or (architecture.num_layers,)
        cells = given["cells"] or (architecture.hidden_sizes[0],)
        return room.map_echo(architecture, layers, cells, effort)
    experiments = {
        "bits": room.measure_bits,
        "reals": room.measure_reals,
        "echo": room.measure_echo,
        "memory": room.measure_memory,
    }
    return (experiments[kind](architecture, effort),)


def _data(
    architecture: "Architecture", given: dict[str, Any]
) -> tuple["ForecastData", dict[str, Any]]:
    """The data of a run or of a table, and the rate that the run trained the network with."""
    from cellwise.data import ForecastTask, prepare

    if given["run"]:
        return _data_of_run(architecture, given["run"], given["table"])
    absent = [name for name in ("table", "target", "horizon") if given[name] is None]
    if absent:
        raise SettingsError(
            f"--measure {given['measure']} needs --run RUN, or --table, --target and --horizon; "
            f"{absent[0]} is absent"
        )
    task = ForecastTask(target=given["target"], horizon=given["horizon"])
    return prepare(given["table"], task).data, {}


def _data_of_run(
    architecture: "Architecture", path: str, table: str | None
) -> tuple["ForecastData", dict[str, Any]]:
    from pathlib import Path

    from cellwise.data import prepare
    from cellwise.run import Run, RunDirectory, check_settings

    run, directory = Run.open(path), RunDirectory(Path(path))
    record = directory.read_record()
    source = table or directory.path / record.source
    prepared = prepare(source, check_settings(record.settings).task)
    rates = {one.architecture: one.learning_rate for one in run.evidence.candidates}
    rate = rates.get(str(architecture))
    return prepared.data, {} if rate is None else {"learning_rate": rate}
