"""Ranges of tuning: one file with defaults, which a file of the user overrides."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cellwise._errors import SettingsError
from cellwise.architecture import Activation
from cellwise.training import Schedule

Stage = Literal[
    "learning_rate",
    "schedule",
    "warmup",
    "optimizer",
    "batch_size",
    "dropout",
    "l1",
    "l2",
    "weight_decay",
    "context_length",
    "clip_norm",
    "activation",
    "recurrent_dropout",
    "zoneout",
    "size",
    "alpha",
]
"""A stage of tuning."""

OptimizerName = Literal["adam", "adamw", "nadam", "rmsprop", "sgd", "nesterov"]
"""An optimizer as people call it: a rule with its usual settings."""

# together within what the ledger can hold
LearningRate = Annotated[float, Field(ge=1e-6, le=10)]
Factor = Annotated[float, Field(ge=1e-3, le=100)]
Strength = Annotated[float, Field(ge=0)]
Rate = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1, le=2**20)]
Value = TypeVar("Value")
Several = Annotated[tuple[Value, ...], Field(min_length=1)]

_DEFAULTS = Path(__file__).with_name("ranges.toml")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class LearningRateRange(_Part):
    """The range test and the fine grid.

    Attributes:
        lowest: Lowest rate of the range test.
        highest: Highest rate.
        points: Rates of the range test.
        fine: Factors of the fine grid around the best of them.
    """

    lowest: LearningRate
    highest: LearningRate
    points: Annotated[int, Field(ge=2, le=100)]
    fine: Several[Factor]

    @model_validator(mode="after")
    def _ordered(self) -> "LearningRateRange":
        if self.lowest >= self.highest:
            raise ValueError(f"lowest must be below highest ({self.highest:g})")
        return self

    @property
    def rates(self) -> tuple[float, ...]:
        """Rates of the range test, at equal ratios."""
        ratio = (self.highest / self.lowest) ** (1 / (self.points - 1))
        return tuple(float(f"{self.lowest * ratio**i:.3g}") for i in range(self.points))


class RateFactors(_Part):
    """How far the learning rate is tried anew with another setting.

    Attributes:
        usual: Factors where gradients are scaled to their size.
        sgd: Factors for plain gradients.
    """

    usual: Several[Factor]
    sgd: Several[Factor]


class ContextRange(_Part):
    """Limits of the context length.

    Attributes:
        lowest: Shortest.
        highest: Longest.
        values: Lengths that are tried whatever the data say.
    """

    lowest: Count
    highest: Count
    values: tuple[Count, ...]


class Ranges(_Part):
    """What tuning tries.

    Attributes:
        stages: Stages in their order.
        schedule: Schedules of the learning rate.
        warmup: Shares of all steps over which the rate rises.
        optimizer: Optimizers.
        batch_size: Windows per step.
        dropout: Rates on the output of every layer.
        l1: Weights of the sum of absolute weights.
        l2: Weights of half the sum of squared weights.
        weight_decay: Decoupled decays.
        clip_norm: Largest gradient norms; 0 does not clip.
        activation: Functions of the candidate and of the cell state.
        gate_activation: Functions of the gates.
        recurrent_dropout: Rates on the state between steps.
        zoneout: Rates at which a state keeps its last value.
        learning_rate: Range test and fine grid.
        rates: How far the rate is tried anew with another setting.
        context_length: Limits of the context length.
    """

    stages: tuple[Stage, ...]
    schedule: Several[Schedule]
    warmup: Several[Rate]
    optimizer: Several[OptimizerName]
    batch_size: Several[Count]
    dropout: Several[Rate]
    l1: Several[Strength]
    l2: Several[Strength]
    weight_decay: Several[Strength]
    clip_norm: Several[Strength]
    activation: Several[Activation]
    gate_activation: Several[Activation]
    recurrent_dropout: Several[Rate]
    zoneout: Several[Rate]
    learning_rate: LearningRateRange
    rates: RateFactors
    context_length: ContextRange

    @model_validator(mode="before")
    @classmethod
    def _over_the_defaults(cls, given: Any) -> Any:
        """Fill in what is not given."""
        defaults = _read_toml(_DEFAULTS)
        if not isinstance(given, dict):
            return given
        inner = {k: {**v, **given.get(k, {})} for k, v in defaults.items() if _both(v, given, k)}
        return {**defaults, **given, **inner}

    @model_validator(mode="after")
    def _stages_once(self) -> "Ranges":
        for stage in self.stages:
            if self.stages.count(stage) > 1:
                raise ValueError(f"stages must name each stage once, {stage} is named twice")
        return self


def default_ranges() -> str:
    """Return the file with the defaults, comments and all."""
    return _DEFAULTS.read_text(encoding="utf-8")


def read_ranges(path: str | Path) -> dict[str, Any]:
    """Read a file of ranges; `Ranges` checks what it holds.

    Args:
        path: TOML file.

    Returns:
        Its values.

    Raises:
        SettingsError: If it cannot be read as TOML.
    """
    try:
        return _read_toml(Path(path))
    except OSError as error:
        raise SettingsError(f"ranges: {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"ranges: {path} must be a TOML file, but {error}") from error


def _read_toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _both(value: Any, given: dict[str, Any], name: str) -> bool:
    return isinstance(value, dict) and isinstance(given.get(name, {}), dict)
