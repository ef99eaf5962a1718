"""The lock file: everything that the final training needs, and the score that it must give."""

import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

import numpy as np
from pydantic import TypeAdapter, ValidationError

from cellwise._errors import CellwiseError, RunError
from cellwise._files import write_text_atomically
from cellwise._machine import describe_machine
from cellwise.architecture import Architecture
from cellwise.data import ForecastData, ForecastTask, Metric, prepare
from cellwise.run._directory import PACKAGES, RunDirectory
from cellwise.run._reads import ScoredRows, networks_key, note_reading
from cellwise.search import LocalEngine, Retrained, begin_from, open_test
from cellwise.training import Experiment, Member, TrainingSettings

_SCHEMA = 1
_ANEW = "`cellwise resume` writes it anew"

_Settings = TypeVar("_Settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """What came of training a locked configuration again.

    Attributes:
        locked: Test error of each seed, as locked.
        found: Test error of each seed, now.
        changed: What is not as it was: versions and machine; empty if nothing.
    """

    locked: tuple[float, ...]
    found: tuple[float, ...]
    changed: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Whether every error is the same to the last bit."""
        return self.found == self.locked

    @property
    def difference(self) -> float:
        """Largest relative difference of a seed's error; infinite if other seeds were left."""
        if len(self.found) != len(self.locked):
            return float("inf")
        locked, found = np.array(self.locked), np.array(self.found)
        return float(np.max(np.abs(found - locked) / np.maximum(np.abs(locked), 1e-300)))

    @property
    def noise(self) -> float:
        """Two standard errors of the locked mean over seeds, relative to it; NaN with one seed."""
        if len(self.locked) < 2:
            return float("nan")
        locked = np.array(self.locked)
        return float(2 * locked.std(ddof=1) / len(locked) ** 0.5 / abs(locked.mean()))

    @property
    def within_noise(self) -> bool:
        """Whether the mean error moved by no more than that: enough where machines differ."""
        if self.exact or not self.found:
            return self.exact
        moved = abs(np.mean(self.found) / np.mean(self.locked) - 1)
        return bool(moved <= self.noise)


def write_lock(directory: RunDirectory, task: ForecastTask, model: Retrained) -> None:
    """Lock the configuration of a run that has ended.

    Args:
        directory: The run; its evidence holds the score.
        task: The task as it was resolved, with its context length.
        model: The chosen network after its final training.

    Raises:
        RunError: If the file cannot be written.
    """  # noqa: DOC502  raised by what this calls
    record, evidence = directory.read_record(), directory.read_evidence()
    experiment, final = model.experiment, evidence.finals[0]
    tables: dict[str, dict[str, Any]] = {
        "table": {"source": record.source, "fingerprint": record.fingerprint},
        "task": task.to_dict(),
        **_configuration(experiment),
        "score": {
            "metric": evidence.data.metric,
            "seeds": [member.seed for member in experiment.members],
            "errors": list(final.errors),
            "diverged": sorted({member.seed for member in experiment.members} - {*final.seeds}),
        },
        **_surroundings(),
    }
    for number, one in enumerate(model.lineage[:-1], start=1):
        seeds = {"seeds": [member.seed for member in one.experiment.members]}
        tables[f"start.{number}"] = seeds
        for name, values in _configuration(one.experiment).items():
            tables[f"start.{number}.{name}"] = values
    write_text_atomically(directory.lock_file, _toml(tables))


def reproduce(path: str | Path) -> Reproduction:
    """Train the locked configuration of a run again and score it.

    On the same machine with the same versions the errors are the same to the last bit. The test
    rows are read once more, which decides nothing and is counted.

    Args:
        path: The run directory.

    Returns:
        Errors as locked and as found.

    Raises:
        RunError: If there is no lock, it cannot be understood, or the table has changed since.
    """
    directory = RunDirectory(Path(path))
    lock = _read(directory.lock_file)
    with _understood(directory.lock_file):
        task, stages = ForecastTask.from_dict(lock["task"]), _stages(lock)
        metric, locked = _metric(lock["score"]["metric"]), _errors(lock["score"])
        changed = _changed(lock)
        source, _ = directory.path / lock["table"]["source"], lock["table"]["fingerprint"]
    prepared = prepare(source, task)
    if prepared.table.fingerprint != lock["table"]["fingerprint"]:
        raise RunError(
            f"{lock['table']['source']} must be the table that {path} was locked with, but its "
            "values have changed"
        )
    data = prepared.data
    again = _train_again(stages, data)
    scored = networks_key([again.experiment], lock["table"]["fingerprint"])
    note_reading(directory.path, ScoredRows.of(prepared), scored, by="reproduce")
    found = open_test(data, metric, [again], None, alpha=0.05).finals[0].errors
    return Reproduction(locked=locked, found=found, changed=changed)


def _configuration(experiment: Experiment) -> dict[str, dict[str, Any]]:
    recipe = asdict(experiment.members[0].recipe)
    return {
        "network": {"architecture": str(experiment.architecture)},
        "recipe": {k: v for k, v in recipe.items() if k not in ("fold", "seed")},
        "training": asdict(experiment.settings),
    }


def _stages(lock: dict[str, Any]) -> list[Experiment]:
    """The locked training, after those that it began from, if it did."""
    starts = lock.get("start", {})
    stages = [starts[number] for number in sorted(starts, key=int)]
    return [_experiment(one) for one in (*stages, {**lock, "seeds": lock["score"]["seeds"]})]


def _train_again(stages: list[Experiment], data: ForecastData) -> Retrained:
    """Train the locked network."""
    found = _trained(stages[0], data, None)
    for stage in stages[1:]:
        found = _trained(begin_from(stage, found.trained, data), data, found)
    if all(member.state == "non-finite" for member in found.result.members):
        raise RunError(f"no training of {stages[-1].architecture} as it is locked stayed finite")
    return found


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    """Say in one line what a lock file that was edited by hand lacks."""
    try:
        yield
    except CellwiseError as error:
        raise RunError(f"{path}: {error}; {_ANEW}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        reason = f"{error} is absent" if isinstance(error, KeyError) else error
        raise RunError(f"{path} cannot be read as a lock file: {reason}; {_ANEW}") from error


def _metric(name: Any) -> Metric:
    if name not in get_args(Metric):
        raise ValueError(f"metric must be one of {', '.join(get_args(Metric))}, got {name!r}")
    return cast(Metric, name)


def _errors(score: dict[str, Any]) -> tuple[float, ...]:
    """The locked error of each seed that did not diverge."""
    errors, seeds = tuple(map(float, score["errors"])), score["seeds"]
    if len(errors) + len(score.get("diverged", ())) != len(seeds) or not errors:
        raise ValueError(
            f"errors must be one for each of the {len(seeds)} seeds that did not diverge, "
            f"got {len(errors)}"
        )
    return errors


def _seeds(given: Any) -> tuple[int, ...]:
    if not given or not all(isinstance(seed, int) and seed >= 0 for seed in given):
        raise ValueError(f"seeds must be whole numbers of at least 0, got {given!r}")
    return tuple(given)


def _trained(experiment: Experiment, data: ForecastData, start: Retrained | None) -> Retrained:
    result = LocalEngine(data, "").run(experiment, lambda report: None)
    return Retrained(role="chosen", experiment=experiment, result=result, data=data, start=start)


def _experiment(stage: dict[str, Any]) -> Experiment:
    recipe = _typed(Member, "recipe", {"fold": 0, "seed": 0, **stage["recipe"]})
    training = {**stage["training"], "drops": tuple(stage["training"]["drops"])}
    return Experiment(
        architecture=Architecture.parse(stage["network"]["architecture"]),
        members=tuple(replace(recipe, seed=seed) for seed in _seeds(stage["seeds"])),
        settings=_typed(TrainingSettings, "training", training),
        retrain=True,
    )


def _typed(kind: type[_Settings], part: str, values: dict[str, Any]) -> _Settings:
    """Settings whose values are of the types that they must be."""
    try:
        TypeAdapter(kind).validate_python(values)
    except ValidationError as error:
        found = error.errors()[0]
        name = ".".join((part, *map(str, found["loc"])))
        raise ValueError(f"{name}: {found['msg']}, got {found['input']!r}") from error
    return cast(_Settings, cast(Any, kind)(**values))


def _surroundings() -> dict[str, dict[str, Any]]:
    versions = {package: version(package) for package in PACKAGES}
    return {"versions": versions, "machine": describe_machine()}


def _changed(lock: dict[str, Any]) -> tuple[str, ...]:
    return tuple(
        f"{name}: {lock[part].get(name, 'not there')} then, {now} now"
        for part, values in _surroundings().items()
        for name, now in values.items()
        if lock[part].get(name) != now
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        lock = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunError(
            f"{path} must exist, but there is no such file; a run that has ended has one"
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RunError(f"{path} cannot be read as a lock file: {error}; {_ANEW}") from error
    if lock.pop("schema_version", None) != _SCHEMA:
        raise RunError(f"{path} must be a lock file of schema version {_SCHEMA}; {_ANEW}")
    return lock


def _toml(tables: dict[str, dict[str, Any]]) -> str:
    """Write tables of scalars and lists; what is ``None`` is left out, as TOML has no word for it."""
    lines = [f"schema_version = {_SCHEMA}"]
    for name, values in tables.items():
        lines += ["", f"[{name}]"]
        # JSON writes strings, numbers, booleans and lists as TOML does
        known = ((key, value) for key, value in values.items() if value is not None)
        lines += [
            f"{json.dumps(key, ensure_ascii=False)} = {json.dumps(value, ensure_ascii=False)}"
            for key, value in known
        ]
    return "\n".join(lines) + "\n"
