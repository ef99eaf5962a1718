"""What a trained model must remember of its data."""

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from cellwise._errors import RunError
from cellwise.data._columns import Doubles
from cellwise.data._dataset import feature_names
from cellwise.data._frequency import Frequency
from cellwise.data._prepare import Prepared

SCHEMA_VERSION = 1

Pairs = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """Scales, gains and names, enough to standardise a new table as the old one was.

    Attributes:
        target: Column that is forecast.
        past_names: Past covariates, in order.
        known_names: Known covariates, in order.
        calendar_names: Calendar features, in order.
        series: Center, scale and MASE scale of the target for each series by name.
        past_scales: Center and scale of each past covariate.
        known_scales: Center and scale of each known covariate.
        context_length: Past steps that a window holds.
        horizon: Steps ahead.
        anchor: ``last``, ``mean`` or ``none``.
        season_length: Steps of the main season; 1 where there is none.
        input_gain: What the anchored context is multiplied by.
        output_gain: What the anchored target is multiplied by.
        frequency: Step between rows; ``None`` without a time column.
    """

    target: str
    past_names: tuple[str, ...]
    known_names: tuple[str, ...]
    calendar_names: tuple[str, ...]
    series: dict[str, tuple[float, float, float]]
    past_scales: Pairs
    known_scales: Pairs
    context_length: int
    horizon: int
    anchor: str
    season_length: int
    input_gain: float
    output_gain: float
    frequency: Frequency | None

    @classmethod
    def of(cls, prepared: Prepared) -> Self:
        """Take what a model must remember from prepared data.

        Args:
            prepared: What `prepare` returned.

        Returns:
            Its scales, gains and names.
        """
        data = prepared.data
        return cls(
            target=prepared.task.target,
            past_names=data.past_names,
            known_names=data.known_names,
            calendar_names=data.calendar_names,
            series={s.name: (s.center, s.scale, s.mase_scale) for s in data.series},
            past_scales=_pairs(prepared.past_scales),
            known_scales=_pairs(prepared.known_scales),
            context_length=data.context_length,
            horizon=data.horizon,
            anchor=data.anchor,
            season_length=data.season_length,
            input_gain=data.input_gain,
            output_gain=data.output_gain,
            frequency=prepared.table.frequency,
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the input features of a step, as `ForecastData.columns`."""
        covariates = (self.past_names, self.known_names, self.calendar_names)
        return feature_names(self.target, *covariates)

    @property
    def past_array(self) -> Doubles:
        """``past_scales`` as an array, ``(Fp, 2)``."""
        return np.array(self.past_scales, dtype=np.float64).reshape(-1, 2)

    @property
    def known_array(self) -> Doubles:
        """``known_scales`` as an array, ``(Fk, 2)``."""
        return np.array(self.known_scales, dtype=np.float64).reshape(-1, 2)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that `from_dict` reads back."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Build a scaling from `to_dict` output, or from the same read back from JSON.

        Args:
            data: What `to_dict` returned; lists stand for tuples.

        Returns:
            An equal scaling.

        Raises:
            RunError: If it was written by another version of the format.
        """
        values = dict(data)
        version = values.pop("schema_version", None)
        if version != SCHEMA_VERSION:
            raise RunError(f"scaling schema_version must be {SCHEMA_VERSION}, got {version}")
        for name in ("past_names", "known_names", "calendar_names"):
            values[name] = tuple(values[name])
        for name in ("past_scales", "known_scales"):
            values[name] = tuple((center, scale) for center, scale in values[name])
        values["series"] = {name: tuple(numbers) for name, numbers in values["series"].items()}
        if values["frequency"] is not None:
            values["frequency"] = Frequency.from_dict(values["frequency"])
        return cls(**values)


def _pairs(scales: Doubles) -> Pairs:
    return tuple((float(center), float(scale)) for center, scale in scales)
