"""Options of `fit` as the user gives them, checked once at the border."""

import math
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_serializer,
    field_validator,
    model_validator,
)

from cellwise._device import Device
from cellwise._errors import CellwiseError, SettingsError
from cellwise.architecture import Architecture, Cell
from cellwise.data import ForecastTask, Metric
from cellwise.search import (
    FIRST_CELLS,
    LISTS,
    SAMPLERS,
    STUDY,
    Grid,
    KeepCheckpoints,
    Ranges,
    SearchSettings,
    Strategy,
    public_url,
    read_ranges,
)
from cellwise.tracking import TrackerPlace
from cellwise.training import TrainingSettings

# Steps that a network is given at least; on ETTh1 and vic_elec more brought little (docs/log.md)
_STEPS = 1200
_FEWEST_EPOCHS, _MOST_EPOCHS, _LEAST_PATIENCE = 12, 100, 6
# What may name a layer of a network that is not known yet
_LAYER = re.compile(r"-?\d+|head|(\w+\.)*layers\.\d+(\.\w+)*")
_SUFFIXES = {"s": 1.0, "m": 60.0, "h": 3600.0}


class FitSettings(BaseModel):
    """Everything that `fit` can be told; a field is an option of the command line.

    Attributes:
        model_config: Pydantic's own settings.
        target: Column to forecast.
        horizon: Steps ahead.
        time: Time column.
        series: Series column.
        past_covariates: Columns known up to the forecast origin.
        known_covariates: Columns known over the horizon too.
        calendar: Whether cyclic calendar features are added.
        timezone: Zone in which the calendar is read.
        context_length: Past steps of a window; ``None`` lets the data decide.
        missing: What to do with missing values.
        anchor: What is subtracted from each window.
        split: Training, validation and test part.
        folds: Walk-forward folds.
        outer_folds: Outer folds K of nested walk-forward, each with a whole search; 0 for none.
        metric: Decision metric.
        cell: Cell of the layers.
        budget: Wall clock such as ``5m``; ``None`` for no limit of time.
        max_cells: Largest number of cells in a layer.
        max_layers: Largest number of layers.
        epochs: Largest number of epochs; ``None`` takes as many as make 1,200 steps, 12 to 100.
        goal: Validation error that is good enough; ``None`` for none.
        stop_gain: Share of the best error that a joint search must still be able to gain to go on;
            ``None`` ends it where that is less than the noise.
        seeds: Replicates of each candidate in each fold.
        seed: First seed of everything.
        backend: Kernels to run on.
        device: Where to train; on ``cuda`` a cohort each on all CUDA devices that there are.
        search: How sizes and settings are searched.
        warm: Whether growth begins a larger size with the weights of the best one so far.
        tune: Whether everything else is tuned after the size was found: ``search="structured"``.
        trials: Trials of a joint search.
        grid: Sizes of the map, such as ``layers=1..3 cells=4..64``; for ``search="grid"``.
        known: Architectures that a joint search tries first, or that are all to be tried:
            ``search="known"``, which takes any.
        save_activations: Layers of the recommended network whose activations are kept for each
            epoch of its final training: indices or paths as `Run.layer_outputs` takes them.
        ranges: What tuning tries: a TOML file or its values; ``None`` for the defaults.
        keep_checkpoints: Whose weights are kept: of the cohort in training (``last``), also of the
            configuration with the lowest validation error (``best``), or of every member (``all``).
        ledger: URL of a PostgreSQL database that several drivers share; ``None`` for a file of the
            run's own.
        study: Name of the shared study.
        tracker: Who else is told: ``tensorboard``, ``tensorboard:DIRECTORY``, ``mlflow``,
            ``mlflow:URI``.
        engine: Who trains: this machine, or the machines of a Ray cluster.
        address: Where the cluster is: ``auto``, ``local``, ``host:port`` or ``ray://host:port``;
            ``None`` is ``auto``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str
    horizon: int
    time: str | None = None
    series: str | None = None
    past_covariates: tuple[str, ...] = ()
    known_covariates: tuple[str, ...] = ()
    calendar: Literal["auto", "none"] = "auto"
    timezone: str | None = None
    context_length: int | None = None
    missing: Literal["error", "interpolate", "forward"] = "error"
    anchor: Literal["last", "mean", "none"] = "last"
    split: tuple[float, float, float] = (0.6, 0.2, 0.2)
    folds: int = Field(default=3, ge=2)
    outer_folds: int = Field(default=0, ge=0, le=100)
    metric: Metric = "mse"
    cell: Cell = "lstm"
    budget: str | None = None
    max_cells: int = Field(default=64, ge=2, le=100_000)
    max_layers: int = Field(default=4, ge=1, le=64)
    epochs: int | None = Field(default=None, ge=1, le=100_000)
    goal: float | None = Field(default=None, gt=0)
    stop_gain: float | None = Field(default=None, gt=0, lt=1)
    seeds: int = Field(default=3, ge=1, le=100)
    seed: int = Field(default=0, ge=0, le=1_000_000)
    backend: Literal["auto", "cpu", "torch", "reference"] = "auto"
    device: Device = "cpu"
    search: Strategy = "growth"
    warm: bool = False
    tune: bool = False
    trials: int = Field(default=40, ge=1)
    grid: str | None = None
    known: tuple[str, ...] = ()
    save_activations: tuple[str, ...] = ()
    ranges: Ranges | None = None
    keep_checkpoints: KeepCheckpoints = "last"
    ledger: SecretStr | None = None
    study: str = Field(default=STUDY, min_length=1)
    tracker: tuple[str, ...] = ()
    engine: Literal["local", "ray"] = "local"
    address: str | None = None

    @field_validator("save_activations", mode="before")
    @classmethod
    def _listed(cls, given: Any) -> Any:
        """Take one layer as well as several, and an index as a number."""
        several = given if isinstance(given, tuple | list) else (given,)
        return tuple(str(one) for one in several)

    @field_validator("ranges", mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        """Read a file, so that the run remembers what was in it."""
        return read_ranges(given) if is_path(given) else given

    @field_serializer("ledger")
    def _without_password(self, ledger: SecretStr | None) -> str | None:
        return public_url(ledger.get_secret_value()) if ledger else None

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.warm and self.strategy != "growth":
            raise ValueError(f"warm goes with growth, not with search={self.strategy!r}")
        if self.tune and self.search not in ("growth", "structured"):
            raise ValueError(f"tune goes with growth, not with search={self.search!r}")
        if self.outer_folds == 1:
            raise ValueError("outer_folds must be at least 2, or 0 for none, got 1")
        if self.stop_gain is not None and self.strategy not in SAMPLERS:
            names = ", ".join(SAMPLERS)
            raise ValueError(f"stop_gain is for search {names}, not for {self.strategy!r}")
        self._check_unused()
        if (self.grid is None) == (self.strategy == "grid"):
            raise ValueError("grid must be given with search='grid', and only with it")
        if self.address is not None and self.engine != "ray":
            raise ValueError("address leads to a Ray cluster; give engine='ray' with it")
        if self.study != STUDY and self.ledger is None:
            raise ValueError("study names a study of a shared ledger; give its URL as ledger")
        if self.grid is not None:
            self._check_grid(Grid.parse(self.grid))
        self._check_known()
        self._check_watched()
        return self

    def _check_grid(self, grid: Grid) -> None:
        """A limit that was set holds for a map, too."""
        for name, sizes in {"max_cells": grid.cells, "max_layers": grid.layers}.items():
            most = getattr(self, name)
            if max(sizes) > most != type(self).model_fields[name].default:
                raise ValueError(f"grid must lie within {name}={most}, got {self.grid!r}")

    def _check_unused(self) -> None:
        """Refuse what the search would not look at."""
        listed, sampled = self.strategy in LISTS, self.strategy in SAMPLERS
        idle = {"trials": not sampled, "ranges": listed or self.strategy == "growth"}
        for name in filter(idle.get, idle):
            default = type(self).model_fields[name].default
            if getattr(self, name) != default:
                raise ValueError(f"{name} does not go with search={self.strategy!r}")

    def _check_watched(self) -> None:
        for layer in self.save_activations:
            if not _LAYER.fullmatch(layer):
                raise ValueError(
                    "save_activations must be an index such as -2, 'head', or a path such as "
                    f"'layers.0', got {layer!r}"
                )

    def _check_known(self) -> None:
        architectures = [Architecture.parse(text) for text in self.known]
        if self.strategy == "known":
            if not self.known:
                raise ValueError("known must name the architectures for search='known'")
            return
        if self.known and self.strategy not in SAMPLERS:
            raise ValueError(f"known does not go with search={self.search!r}; use search='known'")
        for text, architecture in zip(self.known, architectures, strict=True):
            plain = (f"{self.cell}({size})" for size in architecture.hidden_sizes)
            if str(architecture) != " > ".join(plain):
                raise ValueError(
                    f"known must be layers such as {self.cell}(8), which search={self.search!r} "
                    f"varies, not {text!r}; use search='known'"
                )
            self._check_within(text, architecture)

    def _check_within(self, text: str, architecture: Architecture) -> None:
        """A sampler can only be told of what it may draw."""
        sizes, most = architecture.hidden_sizes, (self.max_cells, self.max_layers)
        if min(sizes) < FIRST_CELLS or max(sizes) > most[0] or len(sizes) > most[1]:
            raise ValueError(
                f"known must have {FIRST_CELLS} to {most[0]} cells (max_cells) and at most {most[1]} "
                f"layers (max_layers) with search={self.search!r}, got {text!r}; raise these limits "
                "or use search='known'"
            )

    @property
    def strategy(self) -> Strategy:
        """How sizes and settings are searched; ``tune`` is another word for ``structured``."""
        return "structured" if self.tune else self.search

    @property
    def trackers(self) -> tuple[TrackerPlace, ...]:
        """Who else is told."""
        return tuple(TrackerPlace.parse(text) for text in self.tracker)

    @property
    def task(self) -> ForecastTask:
        """What to forecast from which columns."""
        names = set(ForecastTask.__dataclass_fields__) - {"num_folds"}
        values = {name: getattr(self, name) for name in names}
        return ForecastTask(**values, num_folds=self.folds)

    @property
    def budget_seconds(self) -> float:
        """Wall clock of the whole run; 0 for no limit."""
        return 0.0 if self.budget is None else seconds_of(self.budget)

    def bounds(self, num_windows: int) -> SearchSettings:
        """Say what bounds the search.

        Args:
            num_windows: Training windows of the largest fold.

        Returns:
            The settings of the search.
        """
        absolute = self.metric in ("mae", "mase", "smape")
        epochs = self.epochs or default_epochs(num_windows)
        training = TrainingSettings(
            metric=self.metric,
            loss="mae" if absolute else "mse",
            epochs=epochs,
            patience=max(_LEAST_PATIENCE, epochs // 4),
            backend=self.backend,
            device=self.device,
        )
        return SearchSettings(
            cell=self.cell,
            max_cells=self.max_cells,
            max_layers=self.max_layers,
            num_seeds=self.seeds,
            goal=self.goal or 0.0,
            stop_gain=self.stop_gain or 0.0,
            budget_seconds=self.budget_seconds,
            seed=self.seed,
            strategy=self.strategy,
            num_trials=self.trials,
            grid=self.grid or "",
            known=self.known,
            watch=self.save_activations,
            warm=self.warm,
            training=training,
        )


def check_settings(values: dict[str, Any]) -> FitSettings:
    """Check options and say in one line what is wrong.

    Args:
        values: Options by name; ``None`` takes the default.

    Returns:
        The settings.

    Raises:
        SettingsError: If an option is unknown or outside its rule.
    """
    try:
        settings = FitSettings(**{k: v for k, v in values.items() if v is not None})
        if settings.ledger:
            public_url(settings.ledger.get_secret_value())  # checks it, and repeats no password
        settings.trackers  # noqa: B018  checked, too
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        rule = _rule(first["type"], str(first["loc"][-1])) if first["loc"] else ""
        rule = rule or first["msg"].removeprefix("Input ").removeprefix("Value error, ")
        told = f"{name}: {rule}, got {first.get('input')!r}" if name else rule
        if isinstance(first.get("ctx", {}).get("error"), CellwiseError):
            told = rule  # it names what is wrong itself
        elif first["type"] == "extra_forbidden":
            told = f"{name}: there is no such setting{_nearest(first['loc'])}"
        raise SettingsError(told) from error
    settings.task, settings.bounds(1)  # their own rules are checked before any work
    return settings


def _rule(kind: str, name: str) -> str:
    """A rule in the words of a file of ranges; empty where pydantic's own will do."""
    rules = {
        "model_type": f"should be a table such as [{name}]",
        "tuple_type": "should be a list",
        "too_short": "should hold at least one value",
    }
    return rules.get(kind, "")


def _nearest(place: tuple[int | str, ...]) -> str:
    """The setting that was perhaps meant."""
    parts = {
        "ranges": Ranges,
        **{name: field.annotation for name, field in Ranges.model_fields.items()},
    }
    part = parts.get(str(place[-2])) if len(place) > 1 else FitSettings
    known = getattr(part, "model_fields", {})
    found = get_close_matches(str(place[-1]), known, n=1)
    return f"; did you mean {found[0]}?" if found else ""


def default_epochs(num_windows: int) -> int:
    """Return the epochs that make enough steps.

    Args:
        num_windows: Training windows of the largest fold.

    Returns:
        12 to 100.

    Example:
        >>> default_epochs(10_000), default_epochs(1_280)
        (12, 60)
    """
    plain = TrainingSettings()
    steps = min(plain.steps_per_epoch, math.ceil(num_windows / plain.batch_size))
    return max(_FEWEST_EPOCHS, min(_MOST_EPOCHS, math.ceil(_STEPS / steps)))


def seconds_of(text: str) -> float:
    """Read a duration.

    Args:
        text: Such as ``90s``, ``5m``, ``1.5h``; a bare number is seconds.

    Returns:
        Seconds.

    Raises:
        SettingsError: If it is no positive duration.

    Example:
        >>> seconds_of("1.5m")
        90.0
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smh]?)\s*", text)
    if match is None or float(match[1]) == 0:
        raise SettingsError(f"budget must be a duration such as 90s, 5m or 1h, got {text!r}")
    return float(match[1]) * _SUFFIXES[match[2] or "s"]


def is_path(source: Any) -> bool:
    """Return whether a table is given as a file rather than as a frame.

    Args:
        source: What `fit` was given.

    Returns:
        Whether it is text or a path.
    """
    return isinstance(source, str | Path)
